"""`manage.py worker`: one process that carries out jobs; start as many as the database bears."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.jobs.worker import Worker


class Command(BaseCommand):
    """Carry out jobs until SIGTERM or Ctrl-C."""

    help = "Carries out jobs, one at a time, until it is asked to end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between two looks at the queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        worker = Worker(interval=options["interval"])
        worker.configure_signals()
        worker.run()
