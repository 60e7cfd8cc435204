"""Who has an SQLite database open: a lock file beside it, shared by all, had alone for a restore.

The system frees the lock of a process that died, so no killed one keeps a restore away.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

try:
    import fcntl
except ImportError:  # Windows: whoever restores has to know
    fcntl = None  # type: ignore[assignment]

_files: dict[tuple[int, str], int] = {}


def enter(database: str) -> bool:
    """Say that this process uses the database, until it ends; no while somebody has it alone."""
    key = (os.getpid(), database)
    if fcntl is None or key in _files:
        return True
    try:
        file = os.open(f"{database}-open", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # a disk that is full or read-only: reading must go on
        return True
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        _files[key] = file
        return True
    os.close(file)
    return False


@contextlib.contextmanager
def alone(database: str) -> Iterator[bool]:
    """Say whether nobody else uses the database, and keep others away in the block if so."""
    if fcntl is None:
        yield True
        return
    key = (os.getpid(), database)
    if key not in _files:
        _files[key] = os.open(f"{database}-open", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(_files[key], fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_alone = True
    except BlockingIOError:
        is_alone = False
    try:
        yield is_alone
    finally:
        fcntl.flock(_files[key], fcntl.LOCK_SH)
