"""What a database error tells when the database itself is in trouble: away, full, read-only, busy.

Reads errors only; what a page, a probe or a command makes of it is theirs.
"""

from __future__ import annotations

import errno
from enum import Enum

from django.db import DatabaseError, InterfaceError


class Outage(Enum):
    """What is wrong with the database, as far as people need to know."""

    AWAY = "away"
    FULL = "full"
    READ_ONLY = "read_only"
    BUSY = "busy"


# Of SQLite: what its messages begin with or hold. Of PostgreSQL: classes and codes of SQLSTATE.
_SQLITE = {
    "database or disk is full": Outage.FULL,
    "attempt to write a readonly database": Outage.READ_ONLY,
    "unable to open database file": Outage.AWAY,
    "disk i/o error": Outage.FULL,
    "database is locked": Outage.BUSY,
    "database table is locked": Outage.BUSY,
}
_POSTGRESQL = {
    "08": Outage.AWAY,
    "57P": Outage.AWAY,
    "3D000": Outage.AWAY,
    "28": Outage.AWAY,
    "53300": Outage.BUSY,
    "53": Outage.FULL,
    "25006": Outage.READ_ONLY,
    "55P03": Outage.BUSY,
    "40P01": Outage.BUSY,
    "40001": Outage.BUSY,
}
_CUT = (
    *("connection", "server closed", "could not translate host name", "cursor already closed"),
    *("ssl", "invalid "),
)


def outage_of(error: BaseException | None) -> Outage | None:
    """Say what is wrong with the database when that caused the error, else None."""
    while error is not None:
        if isinstance(error, DatabaseError | InterfaceError) and (found := _outage(error)):
            return found
        error = error.__cause__ or error.__context__
    return None


def _outage(error: Exception) -> Outage | None:
    text = str(error).lower().strip()
    code = getattr(error.__cause__, "pgcode", None) or ""
    for start, meaning in _POSTGRESQL.items():
        if code.startswith(start):
            return meaning
    for words, meaning in _SQLITE.items():
        if text.startswith(words):
            return meaning
    is_cut = not code and hasattr(error.__cause__, "pgcode") and text.startswith(_CUT)
    return Outage.AWAY if is_cut or "connection already closed" in text else None


def sentence(error: Exception) -> str:
    """Return what to tell whoever started a command, or nothing for another kind of error."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
        return f"A file cannot be written: {where}{error.strerror}." if is_full else ""
    found = outage_of(error)
    said = str(error).strip().partition("\n")[0].removesuffix(".")
    if found is Outage.AWAY:
        is_missing = " database " in said and "does not exist" in said
        hint = "make it with createdb" if is_missing else "see DATABASE_URL"
        return f"The database cannot be reached: {said} ({hint})."
    if found is Outage.FULL:
        return f"The database cannot be written: {said}. Make room on its disk."
    if found is Outage.READ_ONLY:
        return f"The database cannot be written: {said}. Make its file and folder writable."
    if found is Outage.BUSY:
        return f"The database is busy: {said}. Try again."
    if said.startswith(("file is not a database", "database disk image is malformed")):
        return f"The database is damaged: {said}. Restore a backup (docs/operations.md)."
    return ""
