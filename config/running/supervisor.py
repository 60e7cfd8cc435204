"""Prepares the database and the static files, serves until a signal, restarts a dead worker.

./run becomes this. What the server and the worker do is not its business.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from config import env
from config.running import port, records
from config.running.household import STEP, WINDOWS, Ended, Household, Process

try:
    import fcntl
except ImportError:  # Windows, where nobody starts two at once
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[2]
UNTIL_UP = 60.0
LONGEST_PAUSE = 60
QUIET = 60.0  # a worker that lived so long has recovered


def main(*, is_dev: bool = False) -> int:
    """Serve until asked to end; return the exit status. Nothing is left running.

    For developers (`is_dev`) server and worker start anew whenever code changes.
    """
    os.environ.setdefault("DEMO", "1")
    # Threads come and go between few requests: room that glibc keeps for each of them is wasted.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    started = time.monotonic()
    folder = env.folder("KEHU_VAR", ROOT / "var")
    for sentence in records.end_orphans(folder / "running"):
        say(sentence)
    listening = port.opened(lambda number: _owner(folder, number))
    number = listening.getsockname()[1]
    record = records.Record(folder / "running", port=number)
    household = Household(record)
    household.obey_signals()
    record.open()
    try:
        with _one_at_a_time(folder, household):
            _prepare(folder, household, is_dev=is_dev)
        return _serve(household, listening, number, started, is_dev=is_dev)
    except Ended:
        say("\nStopping ...")
        return 0
    except OSError as problem:
        if problem.errno not in env.FULL:
            raise
        env.stop(f"{folder} cannot be written: {problem.strerror}.")
    finally:
        household.end()
        record.close()


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    with contextlib.suppress(OSError):  # whoever read it is gone
        print(line, flush=True)


class Worker:
    """The process that carries out jobs, started again when it dies, later each time."""

    def __init__(self, household: Household, *options: str) -> None:
        self._household, self._options = household, options
        self.deaths, self.wait_until = 0, 0.0
        self._start()

    def _start(self) -> None:
        self.began = time.monotonic()
        self.process = self._household.start("worker", "manage.py", "worker", *self._options)

    def look_after(self) -> None:
        """Start it again when it died and its time has come."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if not self.wait_until:
            self.deaths = 0 if now - self.began > QUIET else self.deaths
            pause = min(2**self.deaths, LONGEST_PAUSE)
            say(f"The worker ended with {self.process.returncode}; again in {pause} s.")
            self.deaths, self.wait_until = self.deaths + 1, now + pause
            self._household.forget(self.process)
        elif now >= self.wait_until:
            self.wait_until = 0.0
            self._start()


def _prepare(folder: Path, household: Household, *, is_dev: bool) -> None:
    """Migrate, collect static files (served as they are to developers), fill an empty database."""
    household.call("migration", "manage.py", "migrate", "--noinput", "--verbosity", "0")
    if not is_dev:
        _collect_static(folder, household)
    if env.flag("DEMO"):
        household.call("loading of the demo", "manage.py", "demo", "--if-empty")


def _serve(
    household: Household, listening: socket.socket, number: int, started: float, *, is_dev: bool
) -> int:
    server = _started_server(household, listening, number, is_dev=is_dev)
    worker = Worker(household, *(["--reload"] if is_dev else []))
    if not _is_up(household, server, number):
        say("The server did not answer within a minute.")
        return server.returncode or 1
    took = time.monotonic() - started
    say(f"\nKehu is at http://{port.HOST}:{number}/   (ready in {took:.0f} s)")
    if env.flag("DEMO"):
        household.call("list of logins", "manage.py", "demo", "--logins")
    say("Ctrl-C stops it.")
    while server.poll() is None:
        worker.look_after()
        household.pause(0.5, server)
    say(f"The server ended with {server.returncode}.")
    return server.returncode if server.returncode > 0 else 1


def _started_server(
    household: Household, listening: socket.socket, number: int, *, is_dev: bool
) -> Process:
    """Hand the port to gunicorn; to Django's server for developers and on Windows."""
    with listening:
        if not WINDOWS and not is_dev:
            command = ("-m", "gunicorn", "--config", "python:config.running.server")
            bind = ("--bind", f"fd://{listening.fileno()}")
            return household.start("server", *command, *bind, fds=[listening.fileno()])
    say("This is Django's own server, good for trying Kehu out, not for an office.")
    options = [] if is_dev else ["--noreload"]
    address = f"{port.HOST}:{number}"
    return household.start("server", "manage.py", "runserver", *options, address)


def _is_up(household: Household, server: Process, number: int) -> bool:
    """Say whether the server answers, whatever it says, waiting up to a minute."""
    deadline = time.monotonic() + UNTIL_UP
    while time.monotonic() < deadline and server.poll() is None:
        probe = http.client.HTTPConnection(port.HOST, number, timeout=2)
        with contextlib.closing(probe), contextlib.suppress(OSError, http.client.HTTPException):
            probe.request("GET", "/healthz")
            probe.getresponse()
            return True
        household.pause(STEP, server)
    return False


def _collect_static(folder: Path, household: Household) -> None:
    """Collect the static files when one of them, or a package that brings some, has changed."""
    stamp = folder / "static.stamp"
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    parts = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    parts += [(ROOT / "requirements.txt").read_text(encoding="utf-8"), str(folder)]
    wanted = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    known = stamp.read_text(encoding="ascii") if stamp.exists() else ""
    if known != wanted or not (folder / "static").is_dir():
        arguments = ("collectstatic", "--noinput", "--verbosity", "0")
        household.call("collecting of static files", "manage.py", *arguments)
        stamp.write_text(wanted, encoding="ascii")


def _owner(folder: Path, number: int) -> str:
    for told in records.living(folder / "running"):
        if told.get("port") == number:
            return f"another ./run of this folder (process {told['pid']})"
    return "another program"


@contextlib.contextmanager
def _one_at_a_time(folder: Path, household: Household) -> Iterator[None]:
    """Let no two prepare one database at once."""
    with (folder / "preparing.lock").open("w") as lock:
        while fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                household.pause(STEP)
        yield
