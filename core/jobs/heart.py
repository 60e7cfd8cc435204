"""The thread beside a worker: shows that the worker lives, keeps its lease, sweeps, tidies up.

It has a connection of its own and survives the database being away.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from core.jobs import delivery, lease, sweep
from core.models import WorkerBeat

_HOUR = 60 * 60
_SOON = 2.0  # seconds until what failed is tried again

log = logging.getLogger(__name__)


class Heart(threading.Thread):
    """Beats until stopped; a frozen process has a frozen heart, and so loses its job."""

    def __init__(self) -> None:
        super().__init__(name="jobs-heart", daemon=True)
        self.worker = lease.this_process()
        self._stopped = threading.Event()
        self._due: dict[str, float] = {}

    def run(self) -> None:
        """Do what is due, again and again."""
        steps: list[tuple[str, Callable[[], object], float]] = [
            ("beat", self.beat, settings.JOB_BEAT),
            ("sweep", sweep.sweep, settings.JOB_SWEEP),
            ("mend", sweep.mend, settings.JOB_MEND),
            ("prune", sweep.prune, _HOUR),
        ]
        pause = min(every for _name, _step, every in steps)
        while not self._stopped.is_set():
            for name, step, every in steps:
                if time.monotonic() >= self._due.get(name, 0.0):
                    self._due[name] = time.monotonic() + self._do(name, step, every)
            self._stopped.wait(pause)
        self._say_goodbye()

    def _do(self, name: str, step: Callable[[], object], every: float) -> float:
        """Do one thing and say when it is due again; one that fails keeps no other from its turn.

        The database may be away, and then soon be back.
        """
        try:
            step()
        except Exception as problem:
            log.warning("A worker's heart missed a beat (%s): %s", name, problem)
            connection.close()
            return min(every, _SOON)
        return every

    def stop(self) -> None:
        """End the thread after what it is doing, and take the worker off the list."""
        self._stopped.set()
        self.join(timeout=10)

    def beat(self) -> None:
        """Show life, and keep the job as long as its handler shows some too."""
        WorkerBeat.objects.update_or_create(
            worker=self.worker,
            defaults={"seen_at": Now()},
            create_defaults={
                "seen_at": Now(),
                "host": socket.gethostname()[:255],
                "pid": os.getpid(),
            },
        )
        for run in list(delivery.active):
            if time.monotonic() - run.sign_of_life < settings.JOB_SILENCE:
                lease.renew(run.job)

    def _say_goodbye(self) -> None:
        try:
            WorkerBeat.objects.filter(worker=self.worker).delete()
        except Exception as problem:
            log.warning("A worker could not take itself off the list: %s", problem)
        finally:
            connection.close()
