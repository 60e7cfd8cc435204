"""An SQLite database as one file: copied by SQLite's own way, and put in the place of another.

A copy by the system would miss what is in the -wal file, and that file beside a restored database
would damage it: both are taken care of here.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from core.backup import archive
from core.backup.archive import Unusable

PART = "database.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")


def dump(folder: Path) -> Path:
    """Copy the database, as of one moment, while others go on."""
    copy = folder / PART
    with _opened(_file()) as source, _opened(copy) as into:
        source.backup(into)
        into.execute("PRAGMA journal_mode = DELETE")
    _prove(copy)
    return copy


def restore(source: Path, _folder: Path) -> str:
    """Put the database of a backup in place; return where the one before is kept, if any."""
    file = _file()
    with _alone() as is_alone:
        if not is_alone:
            raise Unusable("Kehu is running on this database: stop it first, then restore again.")
        fresh = file.with_name(f"{file.name}.restoring")
        try:
            archive.extract(source, PART, fresh)
            _prove(fresh)
            return _exchange(file, fresh)
        finally:
            fresh.unlink(missing_ok=True)


def _exchange(file: Path, fresh: Path) -> str:
    """Keep the database there is, with what belongs to it, and put the fresh one in its place."""
    before = ""
    if file.exists():
        before = _free_name(file)
        _empty_wal(file)
        os.link(file, before)
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{file}-wal", f"{before}-wal")
    for end in BESIDE:
        Path(f"{file}{end}").unlink(missing_ok=True)
    os.replace(fresh, file)
    return before


def _empty_wal(file: Path) -> None:
    """Bring what is in the -wal file into the database, if it is not damaged."""
    with contextlib.suppress(sqlite3.Error), _opened(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _prove(file: Path) -> None:
    try:
        with _opened(file) as database:
            (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as problem:
        verdict = str(problem)
    if verdict != "ok":
        raise Unusable(f"The database in {file} is damaged: {verdict}.")


def _free_name(file: Path) -> str:
    number = 1
    while os.path.lexists(name := f"{file}.before-{number}"):
        number += 1
    return name


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _alone() -> contextlib.AbstractContextManager[bool]:
    connection.close()
    return connection.alone()  # type: ignore[attr-defined,no-any-return]


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[Any]:
    with contextlib.closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as database:
        yield database
