"""Says in words what rows hold, for the history: labels and texts, without model instances.

Making an instance the usual way costs more than all else about a row; nothing made here is saved.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.db.models.base import ModelState

from core.aggregate import Child, Values, key_of
from core.bulk.reading import pointers
from core.history import as_text

Told = dict[str, Any]
_NOTHING = ("", "false")


@cache
def _defaults(model: type[models.Model]) -> Told:
    fields: Any = model._meta.concrete_fields
    return {f.attname: None if f.primary_key else f.get_default() for f in fields}


@cache
def _pointing(model: type[models.Model]) -> list[tuple[str, str]]:
    return [(name, f"{name}_id") for name in pointers(model)]


def label_of(model: type[models.Model], values: Values) -> str:
    """Give the name of a row with these values by field name, as str() of an instance would."""
    instance = model.__new__(model)
    instance._state = ModelState()
    instance.__dict__.update(_defaults(model))
    instance.__dict__.update(values)
    for name, attname in _pointing(model):
        if name in values:  # its key is enough: whoever needs more asks for it
            instance.__dict__[attname] = key_of(values[name])
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
    texts = {**_first(child), **{name: as_text(value) for name, value in values.items()}}
    return {
        name: ["", text] if side else [text, ""]
        for name, text in texts.items()
        if text not in _NOTHING
    }
