"""An office at work: 20 clerks write, 10 people read, 2 review from the queue, one import runs.

Everybody asks again as soon as they are answered (a closed loop), over HTTP, of gunicorn as ./run
starts it. `--beside OLD` measures another checkout in turn, each round the other one first.

python -m bench.desk DATABASE_URL [--beside OLD OLD_URL] [--seconds 20] [--rounds 3] [--alone 30]

The databases are their own: new or empty ones, filled up to --customers here. `--alone` times each
page without others, by the processor time of the server and of its backends of PostgreSQL.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlparse

from bench.measuring import percentile, table
from bench.office import CLERKS, LIST, READERS, REVIEWERS, ROLES, Person

HERE = Path(__file__).resolve().parents[1]
WARM = 3  # answers that everybody had before the clock starts

# Runs in the checkout that is measured: only what both of them have is named here.
PREPARE = """
import json, sys, django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
from bench import generate, measuring
from bench.imports import World as Imported, filled
from bench.waiting import checked
from core.models import User
from customers.models import Customer
world = generate.World()
roles = dict(clerk=%(clerks)d, viewer=%(readers)d, reviewer=%(reviewers)d)
people = {role: [world._user(f"bench-{role}-{n}", role, world.units[n + 1] if role == "clerk"
          else world.units[0].parent) for n in range(count)] for role, count in roles.items()}
for start in range(Customer.objects.count(), %(customers)d, generate.CHUNK):
    world.write(range(start, min(start + generate.CHUNK, %(customers)d)))
imported = Imported()
batch = checked(filled(%(imported)d, imported, with_codes=True), imported.user)
sessions = {role: [measuring.browser(user).session.session_key for user in users]
            for role, users in people.items()}
print(json.dumps({"batch": batch.pk, "cookie": settings.SESSION_COOKIE_NAME, **sessions}))
"""
BEGIN = """
import sys, django
django.setup()
from bench import waiting
from customers.models import ImportBatch
waiting.begun.__globals__["PATIENCE"] = 0
batch = ImportBatch.objects.get(pk=int(sys.argv[1]))
if batch.state == "checked":
    waiting.begun(batch, batch.by)
"""


@dataclass
class Server:
    """One checkout with its database, served."""

    name: str
    root: Path
    url: str
    port: int
    about: dict[str, Any] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Give what its processes are started with."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("KEHU")}
        var = Path(mkdtemp.__globals__["gettempdir"]()) / f"bench-desk-{self.port}"
        return {
            **kept, "DATABASE_URL": self.url, "KEHU_VAR": str(var), "PYTHONPATH": str(self.root),
            "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR", "DEMO": "0",
            "MALLOC_ARENA_MAX": "2",
        }  # fmt: skip

    def run(self, *arguments: str) -> str:
        """Run Python in the checkout to its end; give its output."""
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=self.environment(), text=True,
            stdout=subprocess.PIPE, check=True,
        ).stdout  # fmt: skip

    def prepare(self, customers: int, imported: int) -> None:
        """Fill the database, store and check a file, sign everybody in."""
        self.run("manage.py", "migrate", "-v0")
        self.run("manage.py", "collectstatic", "--noinput", "-v0")
        asked = {"clerks": CLERKS, "readers": READERS, "reviewers": REVIEWERS}
        code = PREPARE % {**asked, "customers": customers, "imported": imported}
        self.about = json.loads(self.run("-c", code).splitlines()[-1])

    @contextmanager
    def serving(self, *, imports: bool) -> Iterator[None]:
        """Serve as ./run does, with a worker that writes the import."""
        address = f"127.0.0.1:{self.port}"
        self._start("-m", "gunicorn", "--config", "python:config.running.server", "-b", address)
        try:
            _wait(self.port)
            if imports:
                self._start("manage.py", "worker", "--interval", "0.05")
                self._start("-c", BEGIN, str(self.about["batch"]))
            yield
        finally:
            for process in self.processes:
                process.terminate()
            for process in self.processes:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=20)
            self.processes.clear()

    def _start(self, *arguments: str) -> None:
        quiet = subprocess.DEVNULL
        self.processes.append(
            subprocess.Popen([sys.executable, *arguments], cwd=self.root, env=self.environment(),
                             stdout=quiet, stderr=quiet if "-c" in arguments else None)
        )  # fmt: skip

    def spent(self, *, backends: bool = False) -> float:
        """Give the seconds of processor time that serving took so far."""
        pids = _children(self.processes[0].pid)
        if backends:
            pids += _backends(urlparse(self.url).path.strip("/"))
        return sum(map(_seconds, pids))


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _seconds(pid: int) -> float:
    spent = 0.0
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent


def _backends(database: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                line = (entry / "cmdline").read_bytes()
                if line.startswith(b"postgres: ") and f" {database} ".encode() in line:
                    found.append(int(entry.name))
    return found


def _wait(port: int) -> None:
    for _try in range(400):
        with suppress(OSError):
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
            return
        time.sleep(0.1)
    sys.exit("The server did not start.")


def crowd(server: Server, seconds: float) -> dict[str, Any]:
    """Let everybody work at once; give what was answered within the seconds."""
    people = [
        (Person(server.port, server.about, role, number, time.monotonic), act)
        for role, (count, act) in ROLES.items()
        for number in range(count)
    ]
    over = threading.Event()

    def work(person: Person, act: Callable[[Person], None]) -> None:
        while not over.is_set():
            act(person)

    threads = [threading.Thread(target=work, args=one) for one in people]
    for thread in threads:
        thread.start()
    while any(len(person.noted) < WARM for person, _act in people):
        time.sleep(0.1)
    began, before = time.monotonic(), server.spent()
    time.sleep(seconds)
    spent, ended = server.spent() - before, time.monotonic()
    over.set()
    for thread in threads:
        thread.join()
    noted = [one for person, _act in people for one in person.noted if began < one[1] <= ended]
    pages = defaultdict(list)
    for name, _at, took, _status in noted:
        pages[name].append(took * 1000)
    broken = sum(status >= 500 for *_rest, status in noted)
    refused = [one for person, _act in people for one in person.refused]
    if refused:
        print(f"{server.name}: {len(refused)} refused, the first: {refused[0]}", file=sys.stderr)
    return {"requests": len(noted), "cpu": spent, "broken": broken, "pages": pages}


def alone(server: Server, times: int) -> dict[str, list[float]]:
    """Let one person at a time ask for everything; give milliseconds of the server's processor."""
    found = defaultdict(list)
    for role, (_count, act) in ROLES.items():
        person = Person(server.port, server.about, role, 0, lambda: server.spent(backends=True))
        person.turn = 5000
        for turn in range(times + 3):
            if turn == 3:
                person.noted.clear()
            act(person)
        for name, _at, took, _status in person.noted:
            found[name].append(took * 1000)
    return found


def main() -> None:
    """Read the command line, measure in turn, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--beside", nargs=2, metavar=("CHECKOUT", "URL"))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", type=int, default=30)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--imported", type=int, default=20_000)
    options = parser.parse_args()
    servers = [Server("new", HERE, options.url, 8441)]
    if options.beside:
        servers.insert(0, Server("old", Path(options.beside[0]), options.beside[1], 8442))
    for server in servers:
        server.prepare(options.customers, options.imported)
    crowds: dict[str, list[dict[str, Any]]] = {server.name: [] for server in servers}
    costs: dict[str, dict[str, list[float]]] = {
        server.name: defaultdict(list) for server in servers
    }
    for round_ in range(options.rounds):
        for server in servers[:: -1 if round_ % 2 else 1]:
            with server.serving(imports=False):
                for name, took in alone(server, options.alone).items():
                    costs[server.name][name] += took
            with server.serving(imports=True):
                crowds[server.name].append(crowd(server, options.seconds))
    report(crowds, costs, options.seconds)


def report(
    crowds: dict[str, list[dict[str, Any]]],
    costs: dict[str, dict[str, list[float]]],
    seconds: float,
) -> None:
    """Print requests, then each page: milliseconds in the crowd, and its cost alone."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{CLERKS} clerks, {READERS} readers, {REVIEWERS} reviewers, an import;")
    print(f"{seconds:.0f} s a round; load average {load}\n")
    rows, first = [], (0.0, 0.0)
    for name, rounds in crowds.items():
        served = [one["requests"] for one in rounds]
        rate = [one["requests"] / (one["cpu"] or 1) for one in rounds]
        first = first if all(first) else (median(served), median(rate))
        ratio = f"{median(served) / first[0]:.2f} and {median(rate) / first[1]:.2f}"
        told = ", ".join(map(str, served)), ", ".join(f"{one:.1f}" for one in rate)
        rows.append((name, *told, sum(one["broken"] for one in rounds), ratio))
    table(("", "requests", "a second of processor", "errors", "ratio of medians"), rows)
    print()
    heads = [f"{name}: {what}" for name in crowds for what in ("p50 / p95", "alone", "× list")]
    pages = dict.fromkeys(page for one in crowds.values() for part in one for page in part["pages"])
    table(("page", *heads), ([page, *_cells(page, crowds, costs)] for page in pages))


def _cells(
    page: str, crowds: dict[str, list[dict[str, Any]]], costs: dict[str, dict[str, list[float]]]
) -> Iterator[str]:
    for name, rounds in crowds.items():
        took = sorted(ms for one in rounds for ms in one["pages"].get(page, ()))
        cost = median(costs[name][page]) if costs[name].get(page) else 0.0
        base = median(costs[name][LIST])
        yield f"{percentile(took, 0.5):.0f} / {percentile(took, 0.95):.0f}" if took else ""
        yield f"{cost:.1f}"
        yield f"{cost / base:.2f}"


if __name__ == "__main__":
    main()
