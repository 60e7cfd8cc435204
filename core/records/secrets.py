"""What of a record is not for everybody's eyes, and what people wrote that may tell it.

Whatever leads out of here is judged by the `see` rule of the field that is covered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from core.access import mask, may_see
from core.records.part import Part, fetch

# What people put between the digits of a long number.
_GAP = r"[\s\-‐‑‒–—·.]{0,2}"  # noqa: RUF001
_LONG = rf"\d(?:{_GAP}\d){{11,}}|(?<![0-9A-Za-z])[A-Za-z]{{2}}\d{{2}}[0-9A-Za-z]{{11,30}}"
_GAPS = re.compile(_GAP.replace("{0,2}", ""))


def covers(part: Part, record: Any, user: Any) -> bool:
    """Say whether something in the rows of a part is not for this user's eyes."""
    return bool(part.covered) and not may_see(part.catalog.by_name[part.covered], user, record)


def discreet(
    parts: Iterable[Part], record: Any, user: Any, also: Iterable[str] = ()
) -> Callable[[str], str]:
    """Give what makes a text about a record one that this user may read.

    Who may not see what a part covers is shown neither what stands there, or shall (`also`),
    however it is written, nor any number as long as such ones are.
    """
    hidden = [part for part in parts if covers(part, record, user)]
    if not hidden:
        return str
    fetch(hidden, [record])
    rows = ((one.covered, row) for one in hidden for row in getattr(record, one.name).all())
    return hiding({getattr(row, name) for name, row in rows} | set(also))


def hiding(secrets: Iterable[str] = ()) -> Callable[[str], str]:
    """Give what hides these in a text, and any number as long as such ones are."""
    known = [_GAP.join(map(re.escape, text)) for text in sorted(secrets, key=len)[::-1] if text]
    pattern = re.compile("|".join([_LONG, *known]), re.IGNORECASE)
    return lambda text: pattern.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    return mask(_GAPS.sub("", found[0]))
