"""Says in words what rows hold, for the history: labels and texts, without model instances.

Making an instance the usual way costs more than all else about a row; nothing made here is saved.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.base import ModelState

from core.aggregate import Child, Values
from core.children import names
from core.history import as_text


class Labels:
    """Gives the rows of a model their names, as str() of an instance would."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model: Any = model
        self._defaults = {
            field.attname: None if field.primary_key else field.get_default()
            for field in model._meta.concrete_fields
        }

    def of(self, values: Values) -> str:
        """Give the name of a row: its values by field name, references as instances."""
        instance = self._model.__new__(self._model)
        instance._state = ModelState()
        instance._state.fields_cache = values
        instance.__dict__.update(self._defaults)
        instance.__dict__.update(values)
        return str(instance)


class ChildTexts:
    """Gives what the history tells of new or deleted rows of a child table."""

    def __init__(self, child: Child) -> None:
        fields: Any = child.model._meta
        self._defaults = {
            name: text
            for name in names(child)
            if (text := as_text(fields.get_field(name).get_default())) not in ("", "false")
        }

    def of(self, values: Values, side: int = 1) -> dict[str, list[str]]:
        """Give [old, new] of every value that says something: new rows have side 1, deleted 0."""
        texts = self._defaults.copy()
        for name, value in values.items():
            texts[name] = as_text(value)
        return {
            name: ["", text] if side else [text, ""]
            for name, text in texts.items()
            if text not in ("", "false")
        }
