"""Compares pages by the processor time they take, ours with those of a stock admin.

A process for us and one for the stock admin answer in turn, each through its own WSGI application.
python -m bench.cpu [ROUNDS] [USER]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import measuring
from bench.usage import arguments

HERE = "--answer"
OURS, STOCK = "config.wsgi", "bench.stock.wsgi"
USER = "bench-super"
PAGES = (
    (STOCK, "stock admin, columns only", "/bare/customers/customer/"),
    (STOCK, "stock admin with search and filters", "/usual/customers/customer/"),
    (OURS, "list", "/customers/"),
    (STOCK, "stock admin, columns only, enabled", "/bare/customers/customer/?state__exact=enabled"),
    (OURS, "list, enabled", "/customers/?state=enabled"),
    (OURS, "entry form, new", "/customers/add/"),
    (OURS, "entry form, a draft", "/customers/{draft}/edit/"),
    (OURS, "detail", "/customers/{enabled}/"),
    (OURS, "review", "/review/{submitted}/"),
    (OURS, "dashboard", "/"),
)


def answer(application: str) -> None:
    """Be one of the two processes: read an address, tell milliseconds, bytes and queries."""
    from importlib import import_module

    serve = import_module(application).application

    from django.conf import settings
    from django.db import connection

    from core.models import User
    from customers.models import Customer

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    name = os.environ["BENCH_USER"]
    user = measuring.superuser(name) if name == USER else User.objects.get(username=name)
    key = measuring.browser(user).session.session_key
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}"
    known = {
        state: Customer.objects.visible_to(user).filter(state=state).order_by("pk").first()
        for state in ("draft", "submitted", "enabled")
    }
    places = {state: one.pk if one else 0 for state, one in known.items()}
    connection.settings_dict["CONN_MAX_AGE"] = connection.close_at = None
    backend = _backend(connection)
    for line in sys.stdin:
        address = json.loads(line).format(**places)
        with measuring.captured() as asked:
            before = time.process_time(), _spent(backend)
            body, status = _ask(serve, address, cookie)
            after = time.process_time(), _spent(backend)
        told = [(now - then) * 1000 for now, then in zip(after, before, strict=True)]
        print(json.dumps([*told, len(body), len(asked), status]), flush=True)


def main(rounds: str = "40", user: str = USER) -> None:
    """Ask both processes in turn and print the table."""
    processes = {name: _start(name, user) for name in (OURS, STOCK)}
    found: dict[str, list[Any]] = {}
    for round_ in range(int(rounds) + 3):
        for application, title, address in PAGES:
            told = _told(processes[application], address)
            if told[-1] == 200 and round_ > 2:
                found.setdefault(title, []).append(told)
    _print(found)
    for process in processes.values():
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)


def _print(found: dict[str, list[Any]]) -> None:
    rows, rivals = [], {}
    for application, title, address in PAGES:
        if not (lines := found.get(title)):
            continue
        web, database = (median(line[at] for line in lines) for at in (0, 1))
        filtered = "?" in address
        if application == STOCK:
            rivals.setdefault(filtered, web + database)
        rows.append(
            (
                title, f"{web:.1f}", f"{min(line[0] for line in lines):.1f}", f"{database:.1f}",
                f"{lines[0][2] / 1000:.1f}", lines[0][3],
                f"{rivals[filtered] / (web + database):.1f}",
            )
        )  # fmt: skip
    head = ("page", "CPU ms", "least", "database ms", "kB", "queries", "x columns only")
    measuring.table(head, rows)


def _ask(serve: Any, address: str, cookie: str) -> tuple[bytes, int]:
    path, _mark, query = address.partition("?")
    status = 0

    def start(line: str, headers: Any, _problem: Any = None) -> None:
        nonlocal status
        status = int(line[:3])

    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "HTTP_COOKIE": cookie, "REMOTE_ADDR": "127.0.0.1",
        "HTTP_ACCEPT": "text/html", "wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer,
    }  # fmt: skip
    response = serve(environ, start)
    body = b"".join(response)
    response.close()
    return body, status


def _backend(connection: Any) -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _spent(pid: int) -> float:
    """Give the seconds of processor time of a process of this machine."""
    if not pid:
        return 0
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _start(application: str, user: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "LOG_LEVEL": "ERROR", "KEHU_PROCESS": "web", "BENCH_USER": user}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen(
        [sys.executable, "-m", "bench.cpu", HERE, application], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def _told(process: subprocess.Popen[str], address: str) -> list[Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(address) + "\n")
    process.stdin.flush()
    told: list[Any] = json.loads(process.stdout.readline())
    return told


if __name__ == "__main__":
    answer(sys.argv[2]) if HERE in sys.argv else main(*arguments(str(__doc__), least=0))
