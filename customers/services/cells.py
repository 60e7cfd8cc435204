"""Cells of reference sheets: how a text becomes a value, and a value a text.

Every failure is a ValueError with the sentence for its cell; nothing here queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import widgets

_TRUE = {"true", "1", "yes", "y", "是", "启用", "√"}
_FALSE = {"false", "0", "no", "n", "否", "禁用", "停用", "×"}


def in_languages(text: Any) -> set[str]:
    """Give a lazy text in every language of the site, folded for comparing."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(str(text).strip().casefold())
    return found


class TextWidget(widgets.Widget):
    """A text cell, cleaned by the model field and by the rule of its kind."""

    def __init__(self, field: Any, rule: Any = None) -> None:
        super().__init__()
        self.field, self.rule = field, rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "")
        try:
            if self.rule and text:
                text = self.rule(text)
            return str(self.field.clean(text, None))
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class ChoiceWidget(widgets.Widget):
    """One of the choices of a field, by its word in any language or by its key."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.labels = dict(field.flatchoices)
        self.keys = {
            word: key
            for key, label in self.labels.items()
            for word in {str(key).casefold(), *in_languages(label)}
        }
        self.default = field.get_default()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip().casefold()
        if not text:
            return self.default
        if text not in self.keys:
            known = "、".join(str(label) for label in self.labels.values())
            raise ValueError(_("Expected one of: %(known)s.") % {"known": known})
        return self.keys[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.labels.get(value, value))


class FlagWidget(widgets.Widget):
    """Yes or no; an empty cell means yes."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = str(value or "").strip().casefold()
        if text in _FALSE:
            return False
        if text and text not in _TRUE:
            raise ValueError(_("Expected yes or no."))
        return True

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return _("Yes") if value else _("No")


class PointerWidget(widgets.Widget):
    """A reference by code (people by account) among rows that are loaded once."""

    def __init__(self, known: Mapping[str, Any], name: str, rule: Any = str) -> None:
        super().__init__()
        self.known, self.name, self.rule = known, name, rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = self.known.get(self.rule(text))
        except ValidationError:
            found = None
        if found is None:
            raise ValueError(_("There is no “%(value)s”.") % {"value": text})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(getattr(value, self.name)) if value else ""
