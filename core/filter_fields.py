"""Form fields that filters read an address with: keys of rows, a node of a tree, a range.

They accept what a page of ours can send and refuse everything else with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.choosing import Option, Source
from core.combobox import candidates, chips, text_input
from core.markup import format_html, format_html_join

MOST_VALUES, MOST_BOXES = 100, 12
WORDS, TYPED = "_is", "="

_KEY = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_UNKNOWN = lazy("There is no such value.")
_SEVERAL = lazy("Several values fit; choose the one you mean.")


class KeysWidget(forms.Widget):
    """Boxes of what is chosen, and a text that is looked up for one more: `<name>_is`."""

    values: Callable[[], list[tuple[int, str]] | None]
    named: Callable[[list[str]], list[tuple[int, str]]]
    source: Source
    candidates: Collection[Option] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the boxes, of a short list all of them, with the field to type into."""
        typed = [text for text in value or () if text.startswith(TYPED)]
        keys = [text for text in value or () if _KEY.fullmatch(text)]
        every = self.values()
        shown = self.named(keys) if every is None else every
        boxes = chips(name, ((key, label, str(key) in keys) for key, label in shown))
        if every is not None and len(every) <= MOST_BOXES:
            return format_html('<span class="row">{}</span>', boxes)
        words = "".join(typed).removeprefix(TYPED)
        attributes = {**(attrs or {}), "name": name + WORDS, "class": "input"}
        address = reverse("core:choose", args=[self.source.key])
        return format_html(
            '<span class="combo combo--many" data-combo="{}?every=1" data-many="known"'
            ' data-keys="{}">{}{}{}</span>',
            address, name, boxes, text_input(attributes, words),
            candidates(name + WORDS, self.candidates),
        )  # fmt: skip

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Give the keys, and the typed words with a mark before them."""
        words = data.getlist(name + WORDS)[-1:]
        return [*data.getlist(name), *(TYPED + text for text in words if text.strip())]


class KeysField(forms.Field):
    """Rows of a table by their keys, small whole numbers, or by what people type for one."""

    widget = KeysWidget

    def __init__(self, *, source: Source, user: Any, **more: Any) -> None:
        super().__init__(**more)
        self.source, self.user = source, user
        self.widget.source, self.widget.values = source, self._values
        self.widget.named = self._named

    def clean(self, value: Any) -> Any:
        """Give the rows as a list. Raises ValidationError."""
        keys = {text for text in value or () if text and not text.startswith(TYPED)}
        words = [text.removeprefix(TYPED) for text in value or () if text.startswith(TYPED)]
        if not all(_KEY.fullmatch(str(key)) for key in keys):
            raise ValidationError(_UNKNOWN)
        if len(keys) > MOST_VALUES:
            raise ValidationError(_("Choose %(n)d values at most.") % {"n": MOST_VALUES})
        found = self.source.keyed(self.user, keys) if keys else []
        if len(found) != len({int(key) for key in keys}):
            raise ValidationError(_UNKNOWN)
        return found + [row for word in words if (row := self._meant(word)) not in found]

    def _meant(self, word: str) -> Any:
        meant = self.source.resolve(self.user, [word])[word]
        if meant.value is None:
            self.widget.candidates = meant.candidates
            raise ValidationError(_SEVERAL if meant.candidates else _UNKNOWN)
        return meant.value

    def _values(self) -> list[tuple[int, str]] | None:
        rows = self.source.short(self.user)
        return None if rows is None else [(row.pk, str(row)) for row in rows]

    def _named(self, keys: list[str]) -> list[tuple[int, str]]:
        return [(row.pk, str(row)) for row in self.source.keyed(self.user, keys)]


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
