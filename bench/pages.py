"""Compares our list page with a stock admin changelist in requests a second.

Same database, user, columns, rows a page and server (gunicorn), rounds in turn; needs wrk.
python -m bench.pages
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bench import measuring  # noqa: E402
from customers.models import Customer  # noqa: E402

SUPERUSER = "bench-super"
OURS, STOCK = 8431, 8432
PAGES = (
    ("stock admin, columns only", STOCK, "/bare/customers/customer/"),
    ("stock admin with search and filters", STOCK, "/usual/customers/customer/"),
    ("our list page", OURS, "/customers/"),
    ("stock admin, columns only, state = enabled", STOCK,
     "/bare/customers/customer/?state__exact=enabled"),
    ("our list page, state = enabled", OURS, "/customers/?state=enabled"),
)  # fmt: skip


def main() -> None:
    """Start both servers, let wrk ask them in turn, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cookie = f"{settings.SESSION_COOKIE_NAME}={_session()}"
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name, _port, _path in PAGES}
    count = Customer.objects.count()
    connection.close()
    with _serving("config.wsgi", OURS), _serving("bench.stock.wsgi", STOCK):
        for round_ in range(options.rounds + 1):
            for name, port, path in PAGES:
                url = f"http://127.0.0.1:{port}{path}"
                seconds = options.seconds if round_ else 2
                result = _wrk(url, cookie, seconds), *_size(url, cookie)
                if round_:
                    found[name].append((result[0][0], result[0][1], result[1]))
    _print(found, count, options)


def _print(
    found: dict[str, list[tuple[float, float, int]]], count: int, options: argparse.Namespace
) -> None:
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{connection.vendor}, {count:,} customers, gunicorn 2 workers x 4 threads, wrk -t1 -c8,")
    print(f"{options.rounds} rounds of {options.seconds} s in turn; load average {load}\n")
    rates = {name: median(rate for rate, _p95, _size in rows) for name, rows in found.items()}
    first = rates[PAGES[0][0]]
    rows = [
        (
            name,
            f"{rates[name]:.1f}",
            f"{median(p95 for _rate, p95, _size in lines):.0f}",
            f"{lines[0][2] / 1024:.0f}",
            f"{rates[name] / first:.1f}",
        )
        for name, lines in found.items()
    ]
    measuring.table(("page", "requests/s", "p95 ms", "kB", "x columns only"), rows)


def _session() -> str:
    """Give the session of a superuser, who may enter both sites."""
    return str(measuring.browser(measuring.superuser(SUPERUSER)).session.session_key)


@contextmanager
def _serving(application: str, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}",
               "--worker-class", "gthread", "--workers", "2", "--threads", "4",
               "--log-level", "warning"]  # fmt: skip
    environment = {**os.environ, "KEHU_PROCESS": "web"}
    environment.pop("DJANGO_SETTINGS_MODULE")
    server = subprocess.Popen(command, env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}/", server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _try in range(240):
        if server.poll() is not None:
            sys.exit("A server could not start.")
        try:
            urllib.request.urlopen(url, timeout=10)  # noqa: S310 - our own address
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.25)
        else:
            return


def _size(url: str, cookie: str) -> tuple[int]:
    request = urllib.request.Request(url, headers={"Cookie": cookie})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        body = answer.read()
    if answer.status != 200 or body.count(b"<tr") < 50:
        sys.exit(f"{url} does not show 50 rows.")
    return (len(body),)


def _wrk(url: str, cookie: str, seconds: int) -> tuple[float, float]:
    """Give requests a second and the 95th percentile in ms."""
    script = os.path.join(os.path.dirname(__file__), "percentiles.lua")
    told = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", "--timeout", "20s", "-s", script,
         "-H", f"Cookie: {cookie}", url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in told:
        sys.exit(f"{url} answered with errors:\n{told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    p95 = re.search(r"p95 ([\d.]+)", told)
    assert rate, told
    assert p95, told
    return float(rate[1]), float(p95[1])


if __name__ == "__main__":
    main()
