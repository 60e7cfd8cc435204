"""Reads many customers a block at a time and column by column, in a constant number of queries.

It reads values, never instances; what a column shows is decided where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.fields import LongText, Money
from core.workbook import writing_cells as cells

CHUNK = 2_000

Raw = Mapping[str, Sequence[Any]]
Shown = Callable[[Raw], Sequence[Any]]


@dataclass(frozen=True)
class Source:
    """One column of a file: its sheet column, the values it needs, and how they are shown."""

    column: cells.Column
    needs: tuple[str, ...]
    shown: Shown


def read(rows: models.QuerySet, sources: Sequence[Source]) -> Iterator[tuple[Any, ...]]:
    """Give every row as the sources show it; the rows come in the order of the queryset."""
    names = tuple(dict.fromkeys(["pk", *(name for one in sources for name in one.needs)]))
    pending = rows.values_list(*names).iterator(chunk_size=CHUNK)
    while some := list(islice(pending, CHUNK)):
        raw = dict(zip(names, zip(*some, strict=True), strict=True))
        yield from zip(*(one.shown(raw) for one in sources), strict=True)


def kind_of(field: Any) -> str:
    """Give how the values of a model field are written."""
    kinds: tuple[tuple[Any, str], ...] = (
        (models.DateTimeField, cells.MOMENT),
        (models.DateField, cells.DATE),
        (Money, cells.AMOUNT),
        (LongText, cells.LONG),
    )
    if isinstance(field, models.IntegerField) and not field.choices:
        return cells.NUMBER
    return next((kind for known, kind in kinds if isinstance(field, known)), cells.TEXT)


def plain(name: str, field: Any) -> Shown:
    """Give how the values of a field that points nowhere are shown."""
    if field.choices:
        words = {key: str(word) for key, word in field.flatchoices}
        return lambda raw: [words.get(value, value) for value in raw[name]]
    if isinstance(field, models.BooleanField):
        yes, no = _("Yes"), _("No")
        return lambda raw: [yes if value else no for value in raw[name]]
    if isinstance(field, models.DateTimeField):
        return lambda raw: [_local(value) for value in raw[name]]
    return lambda raw: raw[name]


def pointed(name: str, words: Callable[[], dict[Any, str]]) -> Shown:
    """Give how a reference is shown: by the words of all values, loaded once when first needed."""
    known = cache(words)
    return lambda raw: [known().get(key, "") for key in raw[name]]


def _local(moment: Any) -> Any:
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
