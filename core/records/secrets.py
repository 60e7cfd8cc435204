"""What of a record is not for everybody's eyes, and what people wrote that may tell it.

Whatever leads out of here is judged by the `see` rule of the field that is covered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from core.access import mask, may_see
from core.records.part import Part, fetch
from core.text import fold_width

# What people put between the digits of a long number.
_GAP = r"[\s\-‐‑‒–—·.]{0,2}"  # noqa: RUF001
_SIGN = r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]"  # noqa: RUF001
_LETTER = r"[A-Za-zＡ-Ｚａ-ｚ]"  # noqa: RUF001
_BEGUN = rf"(?<!{_SIGN}){_LETTER}{{2}}\d{{2}}"
_WHOLE = rf"{_BEGUN}{_SIGN}{{11,30}}"
_GROUPS = rf"(?P<groups>{_BEGUN}(?:{_GAP}{_SIGN}{{4}}){{2,7}}(?:{_GAP}{_SIGN}{{1,3}})?(?!{_SIGN}))"
_LONG = rf"\d(?:{_GAP}\d){{11,}}|{_WHOLE}|{_GROUPS}"
_GAPS = re.compile(_GAP.replace("{0,2}", ""))
_FEW = 8  # words that look like an IBAN in groups have fewer digits


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
    known = [_GAP.join(map(_written, text)) for text in sorted(secrets, key=len)[::-1] if text]
    pattern = re.compile("|".join([_LONG, *known]), re.IGNORECASE)
    own = re.compile("|".join(known) or "(?!)", re.IGNORECASE)

    def hidden(found: re.Match[str]) -> str:
        is_word = found["groups"] and sum(map(str.isdigit, found[0])) < _FEW
        return own.sub(_masked, found[0]) if is_word else _masked(found)

    return lambda text: pattern.sub(hidden, text)


def _written(sign: str) -> str:
    """Give the pattern of a sign, in full width, too."""
    wide = chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign
    return f"[{re.escape(sign)}{re.escape(wide)}]"


def _masked(found: re.Match[str]) -> str:
    return mask(fold_width(_GAPS.sub("", found[0])))
