#!/usr/bin/env python
"""Runs a management command against this checkout.

Commands may take long, so they ask the database for no statement limit (see config/env.py).
"""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError, InterfaceError

from config.running import lifeline
from core import outage


def main() -> None:
    """Run the command named on the command line; a database in trouble is told in a sentence."""
    process = {"runserver": "web", "worker": "worker"}.get("".join(sys.argv[1:2]), "command")
    os.environ.setdefault("KEHU_PROCESS", process)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    lifeline.watch()
    try:
        execute_from_command_line(sys.argv)
    except (DatabaseError, InterfaceError, OSError) as problem:
        told = "" if "--traceback" in sys.argv else outage.sentence(problem)
        if not told:
            raise
        sys.exit(told)


if __name__ == "__main__":
    main()
