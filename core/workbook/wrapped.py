"""What programs put round a text so that another program leaves it alone, or stands for a picture.

Runs in the child.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r'=\s*(?:T\(\s*)?"((?:[^"]|"")*)"\s*\)?\s*')
_PICTURE = re.compile(r"=\s*(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)


class Picture(str):
    """Stands for a picture that a program keeps in a cell; nothing of it is read."""


PICTURE = Picture("")


def unwrapped(text: str) -> str:
    """Give a text that begins with = without what guards it: ="00731" is 00731."""
    if found := _FORMULA.fullmatch(text):
        return found[1].replace('""', '"')
    return PICTURE if _PICTURE.match(text) else text
