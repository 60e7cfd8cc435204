#!/usr/bin/env python
"""Runs a management command against this checkout.

Commands may take long, so they ask the database for no statement limit (see config/env.py).
"""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line."""
    process = {"runserver": "web", "worker": "worker"}.get("".join(sys.argv[1:2]), "command")
    os.environ.setdefault("KEHU_PROCESS", process)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
