"""The worker process: django-tasks-db's own, with a heart, that outlives the database's absence.

SIGTERM or Ctrl-C ends it after the running chunk; a second one ends it at once.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from types import FrameType

from django.db import Error, connection
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands.db_worker import Worker as Base

from core.jobs import lease
from core.jobs.heart import Heart
from core.jobs.run import stopping

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
