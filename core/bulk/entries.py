"""History entries of many subjects as rows: each is put into canonical JSON once and sealed.

What rows hold is said in words, labels and texts, without model instances: making one the usual
way costs more than all else about a row; nothing made here is saved.

The shape of an entry and of its hash is core/models/change.py's; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from django.db import models
from django.db.models.base import ModelState

from core.access import roles_of
from core.aggregate import Child, Values, as_text
from core.bulk.loading import pointers
from core.bulk.tables import Row, table_of
from core.history import Act
from core.models import Change
from core.models.change import canonical, moment, sealed

Told = dict[str, Any]
_NOTHING = ("", "false")


@cache
def _defaults(model: type[models.Model]) -> Told:
    fields: Any = model._meta.concrete_fields
    return {f.attname: None if f.primary_key else f.get_default() for f in fields}


@cache
def _pointing(model: type[models.Model]) -> list[tuple[str, str, str]]:
    fields: Any = model._meta
    pointing = [fields.get_field(name) for name in pointers(model)]
    return [(one.name, one.attname, one.target_field.attname) for one in pointing]


def label_of(model: type[models.Model], values: Values) -> str:
    """Give the name of a row with these values by field name, as str() of an instance would."""
    instance = model.__new__(model)
    instance._state = ModelState()
    instance.__dict__.update(_defaults(model))
    instance.__dict__.update(values)
    for name, attname, key in _pointing(model):
        if name in values:  # its key is enough: whoever needs more asks for it
            value = values[name]
            value = getattr(value, key) if isinstance(value, models.Model) else value
            instance.__dict__[attname] = value
    return str(instance)


def told_of(child: Child, op: str, pk: int, values: Values, fields: dict[str, list[str]]) -> Told:
    """Give what the history keeps of one child row: added (add), changed (mod), deleted (del)."""
    label = label_of(child.model, values)
    return {"child": child.name, "op": op, "id": pk, "label": label, "fields": fields}


@cache
def names(child: Child) -> tuple[str, ...]:
    """Give the fields of a child that the history tells."""
    skipped = ("id", "line", child.parent)
    return tuple(f.name for f in child.model._meta.concrete_fields if f.name not in skipped)


@cache
def _first(child: Child) -> Told:
    fields: Any = child.model._meta
    texts = {name: as_text(fields.get_field(name).get_default()) for name in names(child)}
    return {name: text for name, text in texts.items() if text not in _NOTHING}


def texts_of(child: Child, values: Values, *, side: int = 1) -> dict[str, list[str]]:
    """Give [old, new] of every value that says something: new rows have side 1, deleted 0."""
    texts = _first(child).copy()
    for name, value in values.items():
        texts[name] = value if type(value) is str else as_text(value)
    return {
        name: ["", text] if side else [text, ""]
        for name, text in texts.items()
        if text not in _NOTHING
    }


class Entries:
    """Collects one entry per subject and writes them together."""

    def __init__(self, model: type[models.Model], action: str) -> None:
        self._table = table_of(Change)
        self._type = model._meta.label_lower
        self._action = action
        self._heads: dict[tuple[Any, ...], tuple[Row, str, str]] = {}
        self._rows: list[Row] = []
        place = self._table.places
        self._own = [
            place[name]
            for name in (
                "subject_id", "subject_label", "version", "changes", "prev_hash", "hash", "source",
            )
        ]  # fmt: skip

    def add(
        self,
        pk: int,
        label: str,
        *,
        version: int,
        act: Act,
        changes: Mapping[str, Any],
        prev_hash: str = "",
    ) -> None:
        """Note what an act did to a subject."""
        case = (act.by.pk, act.at, act.operation, act.reason)
        head, before, between = self._heads.get(case) or self._head(act, case)
        row = head.copy()
        label = label[:200]
        told = canonical(changes)
        body = (
            f'{before}{told}{between},"source":{encode_basestring(act.source)},"subject_id":{pk},'
            f'"subject_label":{encode_basestring(label)},'
            f'"subject_type":{encode_basestring(self._type)},"version":{version}}}'
        )
        seal = sealed(prev_hash, body)
        own = (str(pk), label, str(version), told, prev_hash, seal, act.source)
        for place, text in zip(self._own, own, strict=True):
            row[place] = self._table.text(text)
        self._rows.append(row)

    def write(self) -> None:
        """Append all entries to the history."""
        self._table.insert(self._rows)

    def _head(self, act: Act, case: tuple[Any, ...]) -> tuple[Row, str, str]:
        """Give what all entries of acts that differ in their sources alone have in common."""
        first = {"action": self._action, "actor": act.by.pk, "at": moment(act.at)}
        role = ",".join(sorted(roles_of(act.by)))[:60]
        second = {"operation": str(act.operation), "reason": act.reason, "role": role}
        row = self._table.row({
            **first, **second, "at": act.at, "operation": act.operation, "subject_type": self._type,
        })  # fmt: skip
        before = canonical(first)[:-1] + ',"changes":'
        self._heads[case] = found = (row, before, f",{canonical(second)[1:-1]}")
        return found
