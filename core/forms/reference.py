"""Selects over reference values: each table is read once for a page, its objects come out.

A disabled value stays visible where it is chosen and cannot be chosen anew; nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.markup import format_html, format_html_join

INDENT = "\u3000"
NOT_CHOOSABLE = lazy("This value cannot be chosen; pick one from the list.")


class References:
    """The reference values that one page needs, one query for each table."""

    def __init__(self) -> None:
        self._known: dict[type, dict[int, Any]] = {}

    def of(self, model: Any) -> Mapping[int, Any]:
        """Give all values of a model by pk, in the order people read them."""
        if model not in self._known:
            values = model._default_manager.in_order()
            self._known[model] = {value.pk: value for value in values}
        return self._known[model]


class Options(forms.Select):
    """A select with hundreds of options, rendered without a template for each of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the select with the value chosen."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, _SELECTED if str(key) == chosen else "", label) for key, label in self.choices),
        )  # fmt: skip
        return format_html("<select{}>{}</select>", flatatt(attributes), options)


_SELECTED = SafeString(" selected")


class ReferenceField(forms.ChoiceField):
    """One reference value: the active ones, and the one the record has already."""

    widget = Options
    default_error_messages = {"invalid_choice": NOT_CHOOSABLE}

    def __init__(
        self, values: Mapping[int, Any], *, chosen: int | None = None, **more: Any
    ) -> None:
        self.values = _choosable(values, () if chosen is None else (chosen,))
        choices = [("", ""), *((key, option_label(value)) for key, value in self.values.items())]
        super().__init__(choices=choices, **more)

    def prepare_value(self, value: Any) -> Any:
        """Give the key of an object; a typed key stays as it is."""
        return getattr(value, "pk", value)

    def to_python(self, value: Any) -> Any:
        """Give the object of a key. Raises ValidationError for a key that is not in the list."""
        if value in self.empty_values:
            return None
        if str(value) not in self.values:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.values[str(value)]

    def validate(self, value: Any) -> None:
        """Check presence only: to_python knows the values."""
        forms.Field.validate(self, value)


class ReferencesField(forms.MultipleChoiceField):
    """Several reference values as check boxes."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": NOT_CHOOSABLE}

    def __init__(
        self, values: Mapping[int, Any], *, chosen: Collection[int] = (), **more: Any
    ) -> None:
        self.values = _choosable(values, chosen)
        choices = [(key, option_label(value)) for key, value in self.values.items()]
        super().__init__(choices=choices, **more)

    def prepare_value(self, value: Any) -> Any:
        """Give the keys of objects; typed keys stay as they are."""
        return [str(getattr(one, "pk", one)) for one in value or ()]

    def to_python(self, value: Any) -> list[Any]:
        """Give the objects of the keys, each once."""
        keys = dict.fromkeys(str(one) for one in value or ())
        if any(key not in self.values for key in keys):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return [self.values[key] for key in keys]

    def validate(self, value: Any) -> None:
        """Check presence only: to_python knows the values."""
        forms.Field.validate(self, value)


def option_label(value: Any) -> str:
    """Give a value's name, indented by its depth in a tree, and marked when disabled."""
    name = str(value) if value.is_active else _("%(name)s (disabled)") % {"name": value}
    return INDENT * getattr(value, "depth", 0) + name


def _choosable(values: Mapping[int, Any], chosen: Collection[int]) -> dict[str, Any]:
    return {str(pk): value for pk, value in values.items() if value.is_active or pk in chosen}
