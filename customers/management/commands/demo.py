"""Fills an empty database with an invented company, and tells who may sign in to it."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.models import User
from customers.demo import cast, loading


class Command(BaseCommand):
    """`DEMO=1 manage.py demo`."""

    help = "Loads an invented company with customers in every state into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when data exists")
        parser.add_argument("--logins", action="store_true", help="only print who may sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or only tell. Raises CommandError without DEMO=1 or when there are data."""
        if not settings.DEMO:
            raise CommandError("Demo data are for demonstrations only: set DEMO=1.")
        if options["logins"]:
            return self._tell()
        if not loading.is_empty():
            if options["if_empty"]:
                return None
            raise CommandError("This database is in use; demo data go into an empty one only.")
        started = time.monotonic()
        count = loading.load()
        self.stdout.write(f"{count:,} demo customers in {time.monotonic() - started:.0f} s.")
        return None if options["if_empty"] else self._tell()

    def _tell(self) -> None:
        """Print the demo logins that exist; ./run does so once the server is up."""
        names = [person.username for person in cast.PEOPLE if person.has_login]
        active = User.objects.filter(username__in=names, is_active=True)
        known = set(active.values_list("username", flat=True))
        if not known:
            return
        self.stdout.write(f"Sign in as (password {cast.PASSWORD}):")
        for person in cast.PEOPLE:
            if person.username in known:
                self.stdout.write(f"  {person.username:<12}{person.role:<10}{person.name}")
