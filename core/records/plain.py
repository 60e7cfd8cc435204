"""What values can be given for: the fields of a kind and of its parts, made from the field tables.

In a file's run a value travels in its plain form, which JSON can hold: text "", flags, integers
and keys of references as they are, amounts "1200.00", dates "2024-05-01", tags a list of keys;
None is nothing. Records as a whole, which leave (record.py), name references by their codes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models

from core.catalog import Catalog, Row
from core.models.base import Reference
from core.said import label

TEXT, LONG, CHOICE, FLAG, DECIMAL = "text", "long", "choice", "flag", "decimal"
INTEGER, DATE, KEY = "integer", "date", "key"
REFERENCE, RECORD, TAGS = "reference", "record", "tags"
ROW_KEY_LENGTH = 60

Plain = str | int | bool | list[int] | None
Values = dict[str, Plain]


@dataclass(frozen=True)
class Target:
    """What a value is given for; `field` and `row` are None for the keys that join rows.

    `sheet` names the fields that stand together: those of the root, or of a part.
    """

    sheet: str
    name: str
    kind: str
    label: Any
    field: Any = None
    row: Row | None = None

    @cached_property
    def key(self) -> str:
        """Give the name that mappings and issues use, such as lines.name."""
        return f"{self.sheet}.{self.name}"

    @property
    def head(self) -> str:
        """Give the label as it stands in the first row of a template, without the mark."""
        return label(self.label)

    @property
    def is_needed(self) -> bool:
        """Say whether a record cannot do without (★), in whatever case."""
        return self.row is not None and self.row.required == "always"

    @cached_property
    def blank(self) -> Plain:
        """Give the plain form of a cleared value."""
        if self.kind == FLAG:
            return False
        if self.kind == TAGS:
            return []
        return "" if self.kind in (TEXT, LONG, CHOICE, KEY) else None


def targets_of(sheet: str, catalog: Catalog) -> tuple[Target, ...]:
    """Give what a field table takes from files, in its order."""
    rows = ((row, catalog.field(row.name)) for row in catalog if row.sheet)
    return tuple(
        Target(sheet, row.name, _kind(field), field.verbose_name, field, row) for row, field in rows
    )


def target_of(field: Any) -> Target:
    """Give a field without a row of its own as something that values are given for."""
    return Target("", field.name, _kind(field), field.verbose_name, field)


def of(target: Target, value: Any) -> Plain:
    """Give the plain form of a value as the model holds it (of a reference: its key or itself)."""
    if target.kind == TAGS:
        return sorted(getattr(one, "pk", one) for one in value)
    if target.kind in (REFERENCE, RECORD):
        return getattr(value, "pk", value)  # type: ignore[no-any-return]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return target.blank if value is None else value


def native(kind: str, instances: Mapping[int, Any]) -> Callable[[Any], Any] | None:
    """Give what makes of a plain value that says something what the model holds, None: nothing.

    `instances` turns keys into references; it raises KeyError.
    """
    ways: dict[str, Callable[[Any], Any]] = {
        DECIMAL: Decimal,
        DATE: datetime.date.fromisoformat,
        REFERENCE: instances.__getitem__,
        RECORD: instances.__getitem__,
        TAGS: lambda keys: [instances[pk] for pk in keys],
    }
    return ways.get(kind)


def _kind(field: Any) -> str:
    if isinstance(field, models.ManyToManyField):
        return TAGS
    if isinstance(field, models.ForeignKey):
        return REFERENCE if issubclass(field.related_model, Reference) else RECORD
    if field.choices:
        return CHOICE
    kinds: tuple[tuple[type[models.Field], str], ...] = (
        (models.BooleanField, FLAG),
        (models.DecimalField, DECIMAL),
        (models.DateField, DATE),
        (models.IntegerField, INTEGER),
        (models.TextField, LONG),
    )
    return next((kind for known, kind in kinds if isinstance(field, known)), TEXT)
