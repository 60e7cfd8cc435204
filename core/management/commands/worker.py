"""`manage.py worker`: one process that carries out jobs; start as many as the database bears."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.autoreload import run_with_reloader

from core.jobs.worker import Worker


class Command(BaseCommand):
    """Carry out jobs until SIGTERM or Ctrl-C."""

    help = "Carries out jobs, one at a time, until it is asked to end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between two looks at the queue"
        )

        parser.add_argument(
            "--reload", action="store_true", help="start anew whenever code changes (developers)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        worker = Worker(interval=options["interval"])
        if options["reload"]:
            # A job that this interrupts is taken up again, as after a kill.
            run_with_reloader(worker.run)
        else:
            worker.configure_signals()
            worker.run()
