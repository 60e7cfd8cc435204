"""Compares whole pages in two databases: python -m bench.growth SMALL_URL LARGE_URL [runs].

Each database has a process of its own; they answer in turn, so that noise falls on both alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from bench.usage import arguments

HERE = "--answer"
ADDRESSES = (
    ("list", "/customers/"),
    ("list, state", "/customers/?state=enabled"),
    ("list, last page", "/customers/?end=1"),
    ("list, by name", "/customers/?sort=name"),
    ("dashboard", "/"),
    ("review queue", "/review/"),
)
USERS = ("bench-admin", "bench-clerk")


def answer() -> None:
    """Be one of the two processes: read (user, address), tell milliseconds and queries."""
    import django

    django.setup()

    from django.core.cache import cache

    from bench import measuring
    from core.models import User

    clients = {name: measuring.browser(User.objects.get(username=name)) for name in USERS}
    for line in sys.stdin:
        name, address = json.loads(line)
        cache.clear()
        with measuring.captured() as statements:
            began = time.perf_counter()
            response = clients[name].get(address)
            spent = (time.perf_counter() - began) * 1000
        print(json.dumps([spent, len(statements), response.status_code]), flush=True)


def main(small: str, large: str, count: str = "60") -> None:
    """Ask both processes in turn and print the table."""
    runs = int(count)
    processes = [_start(url) for url in (small, large)]
    print(f"| page | user | small p50 | large p50 | ratio | queries |\n|{'---|' * 6}")
    for user in USERS:
        for title, address in ADDRESSES:
            found = [_ask(process, user, address) for process in processes]
            if any(status != 200 for _ms, _count, status in found):
                continue
            spent: list[list[float]] = [[], []]
            counts: list[int] = [0, 0]
            for _run in range(runs):
                for number, process in enumerate(processes):
                    ms, counts[number], _status = _ask(process, user, address)
                    spent[number].append(ms)
            middle = [sorted(one)[runs // 2] for one in spent]
            print(f"| {title} | {user} | {middle[0]:.1f} | {middle[1]:.1f} "
                  f"| {middle[1] / middle[0]:.2f} | {counts[0]} / {counts[1]} |")  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)


def _start(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.growth", HERE]
    return subprocess.Popen(
        command, env={**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def _ask(process: subprocess.Popen[str], user: str, address: str) -> tuple[float, int, int]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([user, address]) + "\n")
    process.stdin.flush()
    spent, count, status = json.loads(process.stdout.readline())
    return spent, count, status


if __name__ == "__main__":
    answer() if HERE in sys.argv else main(*arguments(str(__doc__), least=2))
