"""`manage.py backup FILE`: everything in one file, while Kehu goes on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.backup import whole
from core.backup.archive import Unusable


class Command(BaseCommand):
    """Write a backup."""

    help = "Writes database, secret key and stored files to one file; Kehu may go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, help="a new file, or a folder to write one into")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it. Raises CommandError when it cannot be written."""
        try:
            made = whole.backup(options["file"])
        except Unusable as problem:
            raise CommandError(str(problem)) from problem
        size = made.stat().st_size
        self.stdout.write(f"{made} ({size:,} bytes). It holds the secret key: keep it safe.")
