"""A field for another record: chosen by typing among those a person sees, never from a list of all.

What cannot be chosen here is shown with why not; what a record names already stays.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from core import extend
from core.fields import CleanCharField
from core.forms.reference import SEVERAL, Chooser


class RecordField(CleanCharField):
    """One record of a source (core.records.picking); `current` is the one that is named already."""

    def __init__(self, source: Any, user: Any, current: Any = None, **more: Any) -> None:
        super().__init__(required=False, max_length=200, widget=Chooser, **more)
        self.widget.source, self.widget.few = source.key, lambda: None
        self.source, self.user, self.current = source, user, current

    def prepare_value(self, value: Any) -> Any:
        """Give the words for the record; what was typed stays as it is."""
        is_record = isinstance(value, self.source.kind.model)
        return self.source.title(value, self.user) if is_record else value

    def clean(self, value: Any) -> Any:
        """Give the record that is meant. Raises ValidationError if none, several or barred."""
        text = super().clean(value)
        if not text:
            return None
        if self.current is not None and text == self.source.title(self.current, self.user):
            return self.current
        found = self.source.resolve(self.user, [text])[text]
        if found.value is None:
            self.widget.candidates = found.candidates
            raise ValidationError(found.why or SEVERAL)
        return found.value


def source_for(field: Any) -> Any:
    """Give the source of a foreign key to a record; those of other kinds take usable ones only."""
    label = field.related_model._meta.label_lower
    return extend.source(label if field.related_model is field.model else f"{label}.usable")
