"""Reads many records a block at a time and column by column, in a constant number of queries.

It reads values, never instances; what a column shows is decided where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core import extend
from core.access import is_visible
from core.fields import LongText, Money
from core.listing import Column
from core.models.base import Reference
from core.records.kind import Kind
from core.records.names import Names
from core.records.register import Register
from core.workbook import writing_cells as cells

CHUNK = 2_000
MARK = "、"

Raw = Mapping[str, Sequence[Any]]
Shown = Callable[[Raw], Sequence[Any]]


@dataclass(frozen=True)
class FileColumn:
    """One column of a file: its sheet column, the values it needs, and how they are shown."""

    column: cells.Column
    needs: tuple[str, ...]
    shown: Shown


def read(rows: models.QuerySet, sources: Sequence[FileColumn]) -> Iterator[tuple[Any, ...]]:
    """Give every row as the sources show it; the rows come in the order of the queryset."""
    names = tuple(dict.fromkeys(["pk", *(name for one in sources for name in one.needs)]))
    pending = rows.values_list(*names).iterator(chunk_size=CHUNK)
    while some := list(islice(pending, CHUNK)):
        raw = dict(zip(names, zip(*some, strict=True), strict=True))
        yield from zip(*(one.shown(raw) for one in sources), strict=True)


def sources(register: Register, columns: Iterable[Column], user: Any) -> list[FileColumn]:
    """Give what a file shows of these columns of the list."""
    own = register.columns() if register.columns else {}
    return [own.get(one.name) or _source(register.kind, one, user) for one in columns]


def _source(kind: Kind, column: Column, user: Any) -> FileColumn:
    label = str(column.label)
    if column.counter:
        sheet_column = cells.Column(label, kind=cells.NUMBER)
        return FileColumn(sheet_column, ("pk",), partial(_counted, column.counter, user))
    field = kind.catalog.field(column.name)
    if field.many_to_many:
        shown = marked(field, partial(words, field.related_model))
        return FileColumn(cells.Column(label, width=24), ("pk",), shown)
    if field.is_relation:
        key = f"{column.name}_id"
        if extend.kind_of(field.related_model):
            return FileColumn(cells.Column(label), (key,), partial(_records, field, user))
        known = partial(words, field.related_model)
        return FileColumn(cells.Column(label), (key,), pointed(key, known))
    sheet_column = cells.Column(label, kind=kind_of(field), width=_width(field))
    return FileColumn(sheet_column, (column.name,), plain(column.name, field))


def _counted(counter: extend.Counter, user: Any, raw: Raw) -> Sequence[int]:
    found = counter.count(raw["pk"], user)
    return [found[key][0] if key in found else 0 for key in raw["pk"]]


def _records(field: Any, user: Any, raw: Raw) -> Sequence[str]:
    """Give the names of other records as the person may read them."""
    keys = raw[field.attname]
    found = field.related_model._default_manager.in_bulk({key for key in keys if key})
    named = {pk: str(one) if is_visible(one, user) else one.masked for pk, one in found.items()}
    return [named.get(key, "") for key in keys]


def _width(field: Any) -> float:
    widths = {cells.AMOUNT: 16, cells.DATE: 12, cells.MOMENT: 20, cells.LONG: 40}
    return widths.get(kind_of(field), 0)


def words(model: type[models.Model]) -> dict[Any, str]:
    """Give the names; the code where several share a name, so that an import knows which it is."""
    if not issubclass(model, Reference):
        return {one.pk: str(one) for one in model._default_manager.all()}
    return Names(model._default_manager.all()).texts()


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


def marked(field: Any, words: Callable[[], dict[Any, str]]) -> Shown:
    """Give how the marks of a record are shown: all of them, in the order of their codes."""
    known, many = cache(words), field.remote_field.through._default_manager
    mark, owner = field.m2m_reverse_field_name(), field.m2m_field_name()

    def shown(raw: Raw) -> Sequence[str]:
        found: dict[int, list[str]] = {key: [] for key in raw["pk"]}
        links = many.filter(**{f"{owner}__in": raw["pk"]}).order_by(f"{mark}__code", f"{mark}_id")
        texts = known()
        for key, one in links.values_list(f"{owner}_id", f"{mark}_id"):
            found[key].append(texts[one])
        return [MARK.join(names) for names in found.values()]

    return shown


def _local(moment: Any) -> Any:
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
