"""How a measurement is asked for: what it was given, or the words about it."""

from __future__ import annotations

import sys


def arguments(about: str, *, least: int = 0) -> list[str]:
    """Return the arguments; print the words and end when asked to, or when some are missing."""
    given = sys.argv[1:]
    if {"-h", "--help"} & set(given):
        print(about)
        sys.exit(0)
    if len(given) < least:
        print(about, file=sys.stderr)
        sys.exit(2)
    return given
