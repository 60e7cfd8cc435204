"""Prints one line per check of what is stored; status 1 and the rows when something is wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core import verify


class Command(BaseCommand):
    """`manage.py verify`: prove that history, versions, codes and references agree."""

    help = "Proves that history, versions, references, codes and counters agree; changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every check; end with status 1 when one of them finds something."""
        is_clean = True
        for tally in verify.run():
            verdict = "ok" if not tally.wrong else f"{tally.wrong:,} WRONG"
            self.stdout.write(f"{tally.name:<44}{tally.looked:>12,}   {verdict}")
            for finding in tally.findings:
                self.stdout.write(f"    {finding}")
            if tally.wrong > len(tally.findings):
                self.stdout.write(f"    and {tally.wrong - len(tally.findings):,} more")
            is_clean = is_clean and not tally.wrong
        if not is_clean:
            sys.exit(1)
