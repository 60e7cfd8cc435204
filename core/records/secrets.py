"""What of a record is not for everybody's eyes, and what people wrote that may tell it.

Whatever leads out of here is judged by the `see` rule of the field that is covered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any

from core.access import mask, may_see
from core.bulk.loading import in_parts
from core.models import Change
from core.prepared import Prepared
from core.records.kind import Kind
from core.records.part import Part
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


class Discretion:
    """Makes texts about some records ones that a user may read.

    Who may not see what a part covers is shown neither what stands there, did once, or was asked
    for, however short it is and however it is written, nor any number as long as such ones are.
    """

    def __init__(self, kind: Kind, records: Iterable[Any], user: Any) -> None:
        self._kind, self._user = kind, user
        self._keys = sorted({one.pk for one in records if one.pk is not None})

    def of(self, record: Any, also: Iterable[str] = ()) -> Callable[[str], str]:
        """Give what makes a text about one of them fit to be read; `also` is hidden in it, too."""
        if not any(covers(part, record, self._user) for part in self._kind.parts):
            return str
        more = set(also)

        def hide(text: str) -> str:
            if not any(map(str.isdigit, text)):
                return text  # no number is in it: nothing is looked up
            return hiding(self._known.get(record.pk, set()) | more)(text)

        return hide

    @cached_property
    def _known(self) -> dict[int, set[str]]:
        return once_there(self._kind, self._keys)


def once_there(kind: Kind, keys: Iterable[int]) -> dict[int, set[str]]:
    """Give by record what is, was, or was asked for in its covered fields, at any time."""
    hidden = {part.name: part.covered for part in kind.parts if part.covered}
    found: dict[int, set[str]] = defaultdict(set)
    for some in in_parts(sorted(set(keys))) if hidden else ():
        for part in kind.parts:
            for pk, text in _standing(part)(list(some)) if part.covered else ():
                found[pk].add(text)
        for pk, changes in _ENTRIES(kind.subject, list(some)):
            for row in changes["rows"]:
                found[pk].update(row["fields"].get(hidden.get(row["child"], ""), ()))
        for one in _requests(kind)(list(some)) if kind.changes else ():
            found[one.record_id] |= _asked_for(hidden, one.asks.rows)
    return found


def _asked_for(hidden: Mapping[str, str], wishes: Iterable[Any]) -> set[str]:
    told = ((hidden.get(one.part, ""), one) for one in wishes)
    return {str(row[name]) for name, one in told for row in (one.old, one.new) if row.get(name)}


_ENTRIES = Prepared(
    lambda subject, keys: Change.objects.filter(
        subject_type=subject, subject_id__in=keys, changes__has_key="rows"
    ).values_list("subject_id", "changes")
)


@cache
def _standing(part: Part) -> Prepared:
    rows, owner = part.model._default_manager, f"{part.parent}_id"
    return Prepared(
        lambda keys: rows.filter(**{f"{part.parent}__pk__in": keys}).values_list(
            owner, part.covered
        )
    )


@cache
def _requests(kind: Kind) -> Prepared:
    assert kind.changes is not None
    rows = kind.changes.model._default_manager.exclude(area="")
    return Prepared(lambda keys: rows.filter(record__pk__in=keys).only("record_id", "wanted"))


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
