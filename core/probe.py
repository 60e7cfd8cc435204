"""Whether the database can be read and written now, as a supervisor asks; no row is left.

What it found good counts for a second, so that asking often costs nothing.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
import time
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection

GOOD_FOR = 1.0
LEAST_ROOM = 1024 * 1024

_lock = threading.Lock()
_good_until = 0.0


def problem() -> str:
    """Say in two words what is wrong, or nothing."""
    global _good_until
    with _lock:
        if time.monotonic() < _good_until:
            return ""
        found = _look()
        if not found:
            _good_until = time.monotonic() + GOOD_FOR
        return found


def _look() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return _unwritable_file() if connection.vendor == "sqlite" else _unwritable_server()
    except (DatabaseError, InterfaceError):
        connection.close()
        return "no database"


def _unwritable_file() -> str:
    """Write the file's header as it is: a commit like any other, without a row."""
    file = Path(connection.settings_dict["NAME"])
    if shutil.disk_usage(file.parent).free < LEAST_ROOM:
        return "disk full"
    with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as own:
        try:
            own.execute("BEGIN IMMEDIATE")
            (version,) = own.execute("PRAGMA user_version").fetchone()
            own.execute(f"PRAGMA user_version = {version:d}")
            own.execute("COMMIT")
        except sqlite3.Error as error:
            # Somebody else is writing, so it can be written.
            return "" if "locked" in str(error) else "not writable"
    return ""


def _unwritable_server() -> str:
    """Ask for the number of a transaction, which a server that cannot write does not give."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        if cursor.fetchone() == ("on",):
            return "not writable"
        cursor.execute("SELECT txid_current()")
    return ""
