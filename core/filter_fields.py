"""Form fields that filters read an address with: keys of rows, a node of a tree, a range.

They accept what a page of ours can send and refuse everything else with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.markup import format_html_join

MOST_VALUES = 100

_KEY = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_UNKNOWN = lazy("There is no such value.")


class ReferencesField(forms.ModelMultipleChoiceField):
    """Primary keys from an address: small whole numbers of rows that are there."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        """Give the rows as a list. Raises ValidationError."""
        keys = set(value or ())
        if not all(_KEY.fullmatch(str(key)) for key in keys):
            raise ValidationError(_UNKNOWN)
        if len(keys) > MOST_VALUES:
            raise ValidationError(_("Choose %(n)d values at most.") % {"n": MOST_VALUES})
        rows = self.queryset
        found = list(rows.filter(pk__in=keys)) if keys and rows is not None else []
        if len(found) != len({int(key) for key in keys}):
            raise ValidationError(_UNKNOWN)
        return found


class NodeField(forms.ModelChoiceField):
    """One node of a tree, its place shown by the indent."""

    def clean(self, value: Any) -> Any:
        """Give the node or None. Raises ValidationError."""
        if value and not _KEY.fullmatch(str(value)):
            raise ValidationError(_UNKNOWN)
        return super().clean(value)

    def label_from_instance(self, obj: Any) -> str:
        """Give the name, one blank further in for each level."""
        return f"{'　' * obj.depth}{obj}"


class RangeWidget(forms.MultiWidget):
    """The two inputs of a range, each with its label around it."""

    def decompress(self, value: Any) -> list[Any]:
        """Give both ends."""
        return list(value or (None, None))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the labelled inputs."""
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        return format_html_join(
            "",
            '<label class="row nowrap"><span class="range__end">{}</span>{}</label>',
            ((one["attrs"]["title"], self._input(one, renderer)) for one in parts),
        )

    def _input(self, one: dict[str, Any], renderer: Any) -> SafeString:
        template = one["template_name"]
        return self._render(template, {"widget": one}, renderer)  # type: ignore[attr-defined]


class RangeField(forms.MultiValueField):
    """Two ends of which one may be missing; in the address `<name>_<end>`."""

    def __init__(
        self, part: Callable[[], forms.Field], ends: tuple[str, str], **kwargs: Any
    ) -> None:
        parts = (part(), part())
        names = {"from": _("From"), "to": _("To"), "min": _("At least"), "max": _("At most")}
        widget = RangeWidget({end: one.widget for end, one in zip(ends, parts, strict=True)})
        for end, one in zip(ends, widget.widgets, strict=True):
            one.attrs = {**one.attrs, "class": "input", "title": names[end]}
        super().__init__(parts, require_all_fields=False, widget=widget, **kwargs)

    def compress(self, data_list: list[Any]) -> tuple[Any, Any] | None:
        """Give both ends, or None when neither was given. Raises ValidationError."""
        low, high = data_list or (None, None)
        if low is not None and high is not None and low > high:
            raise ValidationError(_("The range ends before it begins."))
        return None if low is None and high is None else (low, high)
