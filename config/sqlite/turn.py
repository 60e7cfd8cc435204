"""Whose turn it is to write: a lock file beside an SQLite database, held for one transaction.

SQLite lets waiting writers sleep longer and longer, so that with twenty of them one may never get
in; here all ask in the same rhythm. The system frees the lock of a process that died.
"""

from __future__ import annotations

import os
import time

try:
    import fcntl
except ImportError:  # Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

RHYTHM = 0.003  # seconds


class Turn:
    """The turn of one connection; takes and frees are idempotent."""

    def __init__(self, database: str) -> None:
        self._path = f"{database}-turn"
        self._file: int | None = None

    def take(self, patience: float) -> bool:
        """Wait `patience` seconds at most for the turn; say whether it came."""
        if fcntl is None or self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + patience
        while not _locked(file):
            if time.monotonic() >= end:
                os.close(file)
                return False
            time.sleep(RHYTHM)
        self._file = file
        return True

    def free(self) -> None:
        """Let the next one write."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
