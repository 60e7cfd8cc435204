"""The history of a record without secrets (reference values, users, rules) as people read it.

It words stored entries; records with masked fields bring a timeline of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import extend, history
from core.aggregate import Aggregate
from core.models import Change

MOST = 20

_LOOKS = {
    "create": (lazy("Created"), "plus", ""),
    "change": (lazy("Changed"), "pencil", ""),
    "enable": (lazy("Enabled"), "check-circle", "success"),
    "disable": (lazy("Disabled"), "ban", "warn"),
    "activate": (lazy("Put into force"), "power", "success"),
    "password": (lazy("Gave a new password"), "lock", "warn"),
}
_SOURCES = {
    "form": "",
    "import": lazy("from an Excel file"),
    "admin": lazy("on the support site"),
}

Pair = tuple[str, str, str]


@dataclass(frozen=True)
class Entry:
    """One action as the timeline tag prints it."""

    label: Any
    icon: str
    tone: str
    actor: str
    at: datetime
    source: str
    reason: str
    changes: tuple[Pair, ...]
    rows: tuple[tuple[str, str, tuple[Pair, ...]], ...]


def entries(model: type[models.Model], pk: int, *, most: int = MOST) -> list[Entry]:
    """Give the newest entries about a record, newest first, in one query."""
    known = {one.subject_type: one for one in extend.aggregates()}
    aggregate = known.get(model._meta.label_lower)
    stored = history.of(model._meta.label_lower, pk)[:most]
    return [_entry(change, model, aggregate) for change in stored]


def _entry(change: Change, model: type[models.Model], aggregate: Aggregate | None) -> Entry:
    label, icon, tone = _LOOKS.get(change.action, (change.action, "history", ""))
    tables = {child.name: child.model for child in aggregate.children} if aggregate else {}
    return Entry(
        label=label,
        icon=icon,
        tone=tone,
        actor=str(change.actor),
        at=change.at,
        source=str(_SOURCES.get(change.source, change.source)),
        reason=change.reason,
        changes=_pairs(model, change.changes.get("fields", {})),
        rows=tuple(_row(tables[row["child"]], row) for row in change.changes.get("rows", ())),
    )


def _row(table: type[models.Model], row: Mapping[str, Any]) -> tuple[str, str, tuple[Pair, ...]]:
    return row["op"], str(table._meta.verbose_name), _pairs(table, row["fields"])


def _pairs(model: type[models.Model], fields: Mapping[str, Iterable[str]]) -> tuple[Pair, ...]:
    return tuple(_pair(model, name, pair) for name, pair in fields.items())


def _pair(model: type[models.Model], name: str, pair: Iterable[str]) -> Pair:
    if name == "roles":
        old, new = (_role_labels(text) for text in pair)
        return _("Roles"), old, new
    try:
        column: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        old, new = pair
        return name, old, new
    old, new = (_words(column, text) for text in pair)
    return capfirst(str(column.verbose_name)), old, new


def _words(column: Any, text: str) -> str:
    if text and isinstance(column, models.BooleanField):
        return _("Yes") if text == "true" else _("No")
    if text and column.choices:
        return str(dict(column.flatchoices).get(text, text))
    return text


def _role_labels(text: str) -> str:
    known = extend.roles()
    names = [name for name in text.split(",") if name]
    return "、".join(str(known[name].label) if name in known else name for name in names)
