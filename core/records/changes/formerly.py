"""What a request asked for at a place before, and what it asks for now, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import pgettext

from core import extend
from core.forms.catalog import in_words
from core.forms.reference import source_for
from core.records import sections
from core.records.changes.applying import Instances, fill, instances_of
from core.records.changes.wanted import DEL, FieldWish, RowWish, Wanted, columns, header
from core.records.kind import Kind
from core.records.part import Part
from core.records.places import Stored, split
from core.records.secrets import covers
from core.text import clauses
from core.timeline import Pair


def pairs(
    kind: Kind, record: Any, place: str, was: Sequence[Stored], now: Sequence[Stored], user: Any
) -> tuple[Pair, ...]:
    """Give label, old and new of what is otherwise in two contents of one place.

    They are what a request keeps of a field with those beside it, or of rows of one part.
    """
    part, _key = split(kind, place)
    gone, come = _read(part, was, now), _read(part, now, was)
    both = [SimpleNamespace(asks=one) for one in (gone, come)]
    known: Instances = defaultdict(lambda: None, instances_of(kind, both))
    old, new = (_told(kind, record, one, known, user) for one in (gone, come))
    labels = dict.fromkeys((*old, *new))
    return tuple((label, old.get(label, ""), new.get(label, "")) for label in labels)


def _read(part: Part | None, some: Iterable[Stored], others: Sequence[Stored]) -> Wanted:
    """Give what of some is not in the others."""
    left = [one for one in some if one not in others]
    if part is None:
        return Wanted(tuple(FieldWish(one["name"], None, one["new"]) for one in left))
    return Wanted((), tuple(RowWish(part.name, old={}, **one) for one in left))


def _told(kind: Kind, record: Any, wanted: Wanted, known: Instances, user: Any) -> dict[str, str]:
    """Give by label what is asked for: a field, or the rows of a part."""
    after, targets = kind.model(), header(kind)
    fill(targets, after, {one.name: one.new for one in wanted.fields}, known)
    found = {
        str(capfirst(str(targets[one.name].label))): _word(targets[one.name].field, after, user)
        for one in wanted.fields
    }
    for part in kind.parts:
        is_covered = covers(part, record, user)
        rows = [one for one in wanted.rows if one.part == part.name]
        if lines := [_line(part, one, known, is_covered=is_covered) for one in rows]:
            found[part.title] = clauses(lines)
    return found


def _line(part: Part, wish: RowWish, known: Instances, *, is_covered: bool) -> str:
    if wish.op == DEL:
        return pgettext("row", "removed")
    row = part.model()
    fill(columns(part), row, wish.new, known)
    shown = [one for one in part.catalog if one.name in wish.new]
    return " ".join(filter(None, (sections.text(part, one, row, is_covered) for one in shown)))


def _word(field: Any, record: Any, user: Any) -> str:
    value = getattr(record, field.name)
    if isinstance(value, models.Model) and extend.kind_of(type(value)):
        return str(source_for(field).title(value, user))
    return in_words(field, value)
