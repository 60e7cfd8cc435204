"""What a handler works with: phases, and chunks whose effects and checkpoint commit together.

It never decides what becomes of the job afterwards; core/jobs/delivery.py does.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from core import faults
from core.jobs import lease
from core.jobs.lease import LeaseLost
from core.models import Job, User

SQLITE_TARGET, SQLITE_GAP, SQLITE_START = 0.25, 0.005, 500
# Seconds: after less nobody has waited long enough to need a gap of his own.
SHORT = 0.02
TARGET = 1.0
START, LEAST, MOST = 200, 10, 5_000
_STEEPEST = 2


class Pace:
    """Suggests `size` from how long the chunks before took. `Run.chunk` keeps it informed.

    SQLite has one writer at a time: chunks are short there and leave a gap in which those who wait
    look once more (config/sqlite/turn.py).
    """

    def __init__(self) -> None:
        is_sqlite = connection.vendor == "sqlite"
        self.begin(START)
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
            self.size = max(LEAST, min(fitting, self.size * _STEEPEST, MOST))


class Cancelled(Exception):
    """Somebody asked for the job to stop."""


class HandedOver(Exception):
    """This process was asked to end, or its time is over: another goes on from the checkpoint."""


class Failed(Exception):
    """The job cannot be done and trying again would not help; the message is shown to people."""


# Set when this process was asked to end.
stopping = threading.Event()


@dataclass
class Chunk:
    """One chunk: add to `done` what it does, put into `checkpoint` where the next one begins."""

    done: int
    checkpoint: dict[str, Any]


class Run:
    """A job in the hands of this process, for so many `seconds` while a request waits for it."""

    def __init__(self, job: Job, *, seconds: float | None = None) -> None:
        self.job = job
        self.is_awaited = seconds is not None
        self._until = None if seconds is None else time.monotonic() + seconds
        self.job_id: int = job.pk
        self.kind: str = job.kind
        self.params: dict[str, Any] = job.params
        self.by: User = job.created_by
        self.checkpoint: dict[str, Any] = job.checkpoint
        self.result: dict[str, Any] = job.result
        self.pace = Pace()
        self.sign_of_life = time.monotonic()
        self._first_checkpoint = copy.deepcopy(job.checkpoint)

    @property
    def ending(self) -> str:
        """Say why what was written is being taken back, or nothing."""
        return self.job.ending

    def phase(self, name: str, total: int | None) -> None:
        """Begin a phase, or go on with it after a resumption, where `done` is kept.

        Raises LeaseLost, Cancelled, HandedOver.
        """
        values: dict[str, Any] = {"phase": name, "total": total}
        if name != self.job.phase:
            values |= {"done": 0, "measured_from": 0, "measured_at": Now()}
            self.job.done = 0
        self.look_up()
        self._fence(**values)
        self.job.phase = name

    def look_up(self) -> None:
        """Say that this is a place to stop at; what is committed is kept.

        Raises HandedOver: this process is to end, or somebody has waited long enough.
        """
        if stopping.is_set() or (self._until is not None and time.monotonic() > self._until):
            raise HandedOver

    def beat(self) -> None:
        """Show life in work that writes nothing. Raises LeaseLost, Cancelled, HandedOver."""
        self.look_up()
        self._fence()

    @contextmanager
    def chunk(self) -> Iterator[Chunk]:
        """Open the one transaction of a chunk; its effects and its checkpoint commit together.

        Raises LeaseLost, Cancelled or HandedOver before anything is written.
        """
        self.look_up()
        self.pace.rest()
        step = Chunk(self.job.done, copy.deepcopy(self.checkpoint))
        with transaction.atomic(durable=True):
            self._fence()
            begun = time.monotonic()
            faults.point("jobs.chunk.begun")
            yield step
            faults.point("jobs.chunk.written")
            has_moved = step.checkpoint != self._first_checkpoint
            attempts = 1 if has_moved else self.job.attempts
            self._fence(done=step.done, checkpoint=step.checkpoint, attempts=attempts)
            faults.point("jobs.chunk.noted")
        faults.point("jobs.chunk.committed")
        self.pace.learn(step.done - self.job.done, time.monotonic() - begun)
        self.job.done, self.job.attempts, self.checkpoint = step.done, attempts, step.checkpoint
        self.job.checkpoint = self.checkpoint

    def begin_ending(self, ending: str, error: str = "") -> None:
        """Say that from now on things are taken back. Raises LeaseLost."""
        values = {"ending": ending, "error": error[:2000], "attempts": 1}
        if not lease.held(self.job).update(**values):
            raise LeaseLost
        self.job.ending, self.job.error, self.job.attempts = ending, error, 1
        self._first_checkpoint = copy.deepcopy(self.checkpoint)
        faults.point("jobs.ending")

    def _fence(self, **values: Any) -> None:
        """Renew the lease, before anything is written. Raises LeaseLost, Cancelled."""
        rows = lease.held(self.job)
        if not self.ending:
            rows = rows.filter(cancel_requested_at=None)
        until = lease.ahead(settings.JOB_LEASE)
        if not rows.update(beat_at=Now(), lease_until=until, **values):
            raise Cancelled if lease.held(self.job).exists() else LeaseLost
        self.sign_of_life = time.monotonic()


__all__ = ["Cancelled", "Failed", "HandedOver", "LeaseLost", "Run", "Chunk", "stopping"]
