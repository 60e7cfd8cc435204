"""How many rows the next chunk should have, and how long others get before it begins.

SQLite has one writer at a time: chunks are short there and leave a gap in which those who wait
look once more (config/sqlite/turn.py). It measures transactions, it does not open them.
"""

from __future__ import annotations

import time

from django.db import connection

SQLITE_TARGET, SQLITE_GAP, SQLITE_START = 0.25, 0.005, 500
# Seconds: after less nobody has waited long enough to need a gap of his own.
SHORT = 0.02
TARGET = 1.0
_STEEPEST = 2


class Pace:
    """Suggests `size` from how long the chunks before took. `Run.chunk` keeps it informed."""

    def __init__(self, *, start: int = 200, least: int = 10, most: int = 5_000) -> None:
        is_sqlite = connection.vendor == "sqlite"
        self.least, self.most = least, most
        self.begin(start)
        self.target = SQLITE_TARGET if is_sqlite else TARGET
        self.gap = SQLITE_GAP if is_sqlite else 0.0
        self._ended: float | None = None

    def begin(self, size: int) -> None:
        """Let the first chunk have this size, where a writer may take his time."""
        is_sqlite = connection.vendor == "sqlite"
        self.size = min(size, SQLITE_START) if is_sqlite else size

    def rest(self) -> None:
        """Wait until others had their gap since the last chunk; the caller's own work counts."""
        if self._ended is not None:
            left = self._ended + self.gap - time.monotonic()
            if left > 0:
                time.sleep(left)

    def learn(self, rows: int, seconds: float) -> None:
        """Take in a chunk: smaller at once when it took too long, larger step by step."""
        self._ended = time.monotonic() if seconds >= SHORT else None
        if rows > 0:
            fitting = int(rows * self.target / max(seconds, 0.001))
            self.size = max(self.least, min(fitting, self.size * _STEEPEST, self.most))
