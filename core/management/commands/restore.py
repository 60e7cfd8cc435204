"""`manage.py restore FILE`: back to a backup, and the proof that what is there now agrees."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.backup import whole
from core.backup.archive import Unusable


class Command(BaseCommand):
    """Restore a backup."""

    help = "Puts a backup in the place of what is there, which is kept, and verifies it."
    # They would open the database, which may be damaged.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="a file that `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore. Raises CommandError when nothing was changed; exits with 1 on findings."""
        try:
            before = whole.restore(options["file"].absolute())
        except Unusable as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("Restored.")
        if before:
            self.stdout.write(f"What was there before is kept in {before}.")
        call_command("verify", stdout=self.stdout)
