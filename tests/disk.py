"""A database that has no room, or is away, for as long as a file says so; for worker processes.

Real full disks fail inside SQLite and PostgreSQL in the same way: whatever writes is refused.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

FULL, AWAY = "full", "away"
_VARIABLE = "KEHU_TEST_DISK"
_WRITING = ("INSERT", "UPDATE", "DELETE")


def sentence() -> str:
    """Say what is wrong with the database now, or nothing."""
    place = os.environ.get(_VARIABLE, "")
    try:
        trouble = Path(place).read_text(encoding="utf-8") if place else ""
    except FileNotFoundError:
        return ""
    return {FULL: "database or disk is full", AWAY: "unable to open database file"}.get(trouble, "")


def install() -> None:
    """Let every connection of this process fail while the file says so."""
    connection_created.connect(_watch, dispatch_uid="tests.disk")


def _watch(sender: Any, connection: Any, **more: Any) -> None:
    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        trouble = sentence()
        if trouble and (trouble.startswith("unable") or sql.lstrip().startswith(_WRITING)):
            raise OperationalError(trouble)
        return execute(sql, params, many, context)

    def commit() -> Any:
        if trouble := sentence():
            raise OperationalError(trouble)
        return really_commit()

    really_commit, connection._commit = connection._commit, commit
    if execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(execute)


class Disk:
    """What the test says about the disk of the workers that know its file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "disk"

    @property
    def environment(self) -> dict[str, str]:
        """What a worker must be given to know it."""
        return {_VARIABLE: str(self.file)}

    def becomes(self, trouble: str) -> None:
        """Fill the disk, or take the database away."""
        part = self.file.with_suffix(".part")
        part.write_text(trouble, encoding="utf-8")
        part.replace(self.file)

    def is_well(self) -> None:
        """Make room again."""
        self.file.unlink(missing_ok=True)


def lacking() -> str:
    """Say why there can be no small disk here, or nothing."""
    if connection.vendor != "sqlite":
        return "the server's disk is not ours to fill"
    return "" if os.geteuid() == 0 else "only root mounts a disk"


class SmallDisk:
    """A disk of a few megabytes in memory, with a database; a file fills what is left."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"

    @classmethod
    @contextmanager
    def mounted(cls, place: Path) -> Iterator[SmallDisk]:
        """Mount it, let this process and its workers use the database on it, and undo all that."""
        disk = cls(place / "small")
        disk.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(disk.folder)]
        subprocess.run(command, check=True)
        before = connection.settings_dict["NAME"]
        try:
            _turn_to(str(disk.folder / "kehu.sqlite3"))
            from tests import guard  # the models exist only now

            with guard.resetting():
                call_command("migrate", verbosity=0)
            yield disk
        finally:
            _turn_to(before)
            subprocess.run(["umount", "--lazy", str(disk.folder)], check=True)

    def becomes(self, _trouble: str) -> None:
        """Fill it to the last byte."""
        with self.filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                return

    def is_well(self) -> None:
        """Make room again."""
        self.filler.unlink()


def _turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
