"""Keeps the migrated database of a session on SQLite, so that the next one begins in a second.

It lies in .venv under a name made of all that migrations read: a change there makes a new one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.architecture.tree import ROOT

FOLDER = ROOT / ".venv"
READ = (
    "*/migrations/*.py", "tests/parcel/migrations/*.py", "*/data/*", "*/seeds.py", "*/rules/*.py",
    "core/text.py", "core/append_only.py", "constraints.txt",
)  # fmt: skip
# The site of tests/parcel has a database of its own.
PREFIX = f"migrated-{settings.ROOT_URLCONF.partition('.')[0]}"
_NAME = settings.DATABASES["default"].get("TEST", {}).get("NAME", "")


@cache
def kept() -> Path:
    """Give the file of the database as the migrations of now leave it; it need not be there."""
    files = sorted(path for pattern in READ for path in ROOT.glob(pattern))
    parts = [path.name.encode() + path.read_bytes() for path in files]
    return FOLDER / f"{PREFIX}-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}.sqlite3"


def take() -> bool:
    """Put the kept database where the tests expect theirs; say whether there was one."""
    if connection.vendor != "sqlite":
        return False
    with suppress(FileNotFoundError):
        shutil.copyfile(kept(), _NAME)
        return True
    return False


def keep() -> None:
    """Keep the database as it is, before the first test, instead of the one kept before."""
    if connection.vendor != "sqlite" or not FOLDER.is_dir() or kept().exists():
        return
    made = FOLDER / f"{PREFIX}-{os.getpid()}.new"
    with closing(sqlite3.connect(_NAME)) as database:
        database.execute("VACUUM INTO ?", [str(made)])
    for old in FOLDER.glob(f"{PREFIX}-*.sqlite3"):
        old.unlink(missing_ok=True)
    made.replace(kept())
