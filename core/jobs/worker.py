"""The worker process: django-tasks-db's own, with a heart, that outlives the database's absence.

The heart is a thread with a connection of its own: it keeps the lease, sweeps and tidies up.
SIGTERM or Ctrl-C ends the worker after the running chunk; a second one ends it at once.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.conf import settings
from django.db import Error, connection
from django.db.models.functions import Now
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands.db_worker import Worker as Base

from core.jobs import delivery, lease, sweep
from core.jobs.run import stopping
from core.models import WorkerBeat

_HOUR = 60 * 60
_SOON = 2.0  # seconds until what failed is tried again


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


LONGEST_PAUSE = 10.0

log = logging.getLogger(__name__)


class Worker(Base):
    """Takes one job at a time until it is asked to end."""

    def __init__(self, *, interval: float = 0.5) -> None:
        super().__init__(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            interval=interval,
            batch=False,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=lease.this_process(),
            excluded_queue_names=[],
        )

    def run(self) -> None:
        """Work until asked to end; while the database is away, try again and again."""
        heart = Heart()
        heart.start()
        pause = 0.5
        try:
            while self.running:
                begun = time.monotonic()
                try:
                    super().run()
                except Error as problem:
                    log.warning("The worker lost the database and tries again: %s", problem)
                    connection.close()
                    pause = 0.5 if time.monotonic() - begun > LONGEST_PAUSE else pause * 2
                    stopping.wait(min(pause, LONGEST_PAUSE))
        finally:
            heart.stop()
            connection.close()

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End after the running chunk; nothing is interrupted, so no delivery is half taken."""
        if not self.running:
            self.reset_signals()
            sys.exit(1)
        log.info("Worker received %s and ends after the running chunk.", signal.strsignal(signum))
        self.running = False
        stopping.set()
