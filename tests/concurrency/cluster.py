"""A PostgreSQL of a test's own, on which it may do what it likes: crash it, above all."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests import guard

OWNER = "postgres"
NAME = "kehu"


def programs() -> Path | None:
    """Give the folder of the newest PostgreSQL server here, or None."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders += [file.parent for file in sorted(installed, key=_version, reverse=True)]
    return next(iter(folders), None)


def lacking() -> str:
    """Say why there can be no cluster here, or nothing."""
    if programs() is None:
        return "initdb is not installed"
    if os.geteuid() != 0:
        return ""
    if not shutil.which("runuser"):
        return "PostgreSQL refuses root, and runuser is not installed"
    if OWNER not in {one.pw_name for one in pwd.getpwall()}:
        return f"PostgreSQL refuses root, and there is no user {OWNER}"
    return ""


class Cluster:
    """A server on a port of its own, as PostgreSQL sets it up: with fsync, and checksums."""

    def __init__(self, folder: Path) -> None:
        """Make the cluster in an empty folder, which its server's user must be able to enter."""
        self.folder = folder
        self.port = _free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        self._call("initdb", "-D", "data", "-U", OWNER, "-A", "trust", "-k", "-N", "-E", "UTF8")

    def start(self) -> None:
        """Start the server; after a crash it recovers first."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._call("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)

    def crash(self) -> None:
        """End the server as a crash does: nobody is told, nothing is tidied up."""
        self._call("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")

    def prove(self) -> None:
        """Have PostgreSQL check its tables and indexes against one another, where it can."""
        if (programs() / "pg_amcheck").exists():
            address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER)
            self._call("pg_amcheck", *address, "--install-missing", "--heapallindexed", NAME)

    def create(self) -> None:
        """Make the empty database."""
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, NAME)

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        # A file, not a pipe: the server keeps it open when the command has ended.
        with tempfile.TemporaryFile("w+") as said:
            result = subprocess.run(
                command, cwd=self.folder, stdout=said, stderr=said, timeout=120, check=False
            )
            said.seek(0)
            log = self.folder / "log"
            told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            assert result.returncode == 0, f"{command}\n{said.read()}\n{told}"


@contextmanager
def running() -> Iterator[Cluster]:
    """Give a running cluster with an empty database, which is gone after the block."""
    # Not pytest's folder: nobody but root may enter it, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="kehu-pg-") as folder:
        cluster = Cluster(Path(folder))
        cluster.start()
        try:
            cluster.create()
            yield cluster
        finally:
            cluster.crash()


@contextmanager
def in_use(cluster: Cluster) -> Iterator[None]:
    """Let this process, and the workers it starts, work on the cluster; its tables are made."""
    settings = connection.settings_dict
    own = {"HOST": "127.0.0.1", "PORT": cluster.port, "USER": OWNER, "PASSWORD": "", "NAME": NAME}
    before = {name: settings[name] for name in own}
    _turn_to(own)
    try:
        with guard.resetting():
            call_command("migrate", verbosity=0)
        yield
    finally:
        _turn_to(before)


def _turn_to(values: dict[str, object]) -> None:
    connection.close()
    connection.settings_dict.update(values)
    ContentType.objects.clear_cache()


def _version(file: Path) -> float:
    return float(file.parent.parent.name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
