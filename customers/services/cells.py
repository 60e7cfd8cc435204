"""Cells of sheets: how a text becomes a value, and a value a text.

Every failure is a ValueError with the sentence for its cell; nothing here queries.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import override
from import_export import widgets

from core.said import items, of_error
from core.said import said as _
from core.text import clean, fold_width, without_point_zero

_TRUE = {"true", "1", "yes", "y", "是", "启用", "√", "✓", "✔", "对"}
_FALSE = {"false", "0", "no", "n", "否", "禁用", "停用", "×", "✗", "x"}
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})[日号]|(\d{2})(\d{2}))(?:[ T]0?0:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_MOST_TEXT = 500


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
            raise ValueError(of_error(error)) from error

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
            known = items(self.labels.values())
            raise ValueError(_("Expected one of: %(known)s.") % {"known": known})
        return self.keys[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.labels.get(value, value))


class FlagWidget(widgets.Widget):
    """Yes or no; an empty cell means yes."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = fold_width(str(value or "")).strip().casefold()
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


class DecimalWidget(widgets.Widget):
    """An amount as people write it; the model field says what else must hold."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.field = field

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = _one_line(value)
        if not text:
            return None
        try:
            return self.field.clean(text, None)
        except ValidationError as error:
            raise ValueError(of_error(error)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{Decimal(value):.2f}"


class IntegerWidget(widgets.Widget):
    """A whole number; the model field says what else must hold."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.field = field

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = without_point_zero(_one_line(value))
        if not text:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text, re.ASCII):
            raise ValueError(_("Give a whole number such as 30."))
        try:
            return self.field.clean(int(text), None)
        except ValidationError as error:  # the field's rule speaks first, the column repeats it
            raise ValueError(of_error(ValidationError(error.error_list[:1]))) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class DateWidget(widgets.Widget):
    """A day: 2024-05-01, 2024/5/1, 2024.5.1, 2024年5月1日, 20240501; midnight may follow."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime.date | None:
        text = _one_line(value)
        if not text:
            return None
        found = _DATE.fullmatch(re.sub(r"\s*([年月日号])\s*", r"\1", text))
        if found is None:
            raise ValueError(_("Give a date such as 2024-05-01."))
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            return datetime.date(year, month, day)
        except ValueError:
            raise ValueError(_("There is no such day in the calendar.")) from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if isinstance(value, datetime.date):
            return value.isoformat()
        return str(value or "")


def _one_line(value: Any) -> str:
    """Give a short text without what is invisible in it; raises ValueError with the sentence."""
    text = str(value or "")
    if len(text) > _MOST_TEXT:
        raise ValueError(_("The text is longer than 500 characters."))
    try:
        return clean(text, fold=True)
    except ValidationError as error:
        raise ValueError(of_error(error)) from error
