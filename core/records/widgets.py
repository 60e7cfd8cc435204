"""How a text becomes the value of a field, and a value a text: widgets of django-import-export.

Every failure is a ValueError with the sentence for its cell; nothing here queries.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from import_export import widgets

from core.choosing import Source
from core.forms.reference import References, sentence_of, source_of
from core.records import plain
from core.records.names import Found, Names
from core.records.plain import Plain, Target
from core.said import in_languages, items, of_error
from core.said import said as _
from core.text import clean, fold_width, without_point_zero

TAG_SEPARATORS = re.compile(r"[、,，;；\n]")
TAG_JOINER = "、"
_TRUE = {"true", "1", "yes", "y", "是", "启用", "√", "✓", "✔", "对"}
_FALSE = {"false", "0", "no", "n", "否", "禁用", "停用", "×", "✗", "x"}
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})[日号]|(\d{2})(\d{2}))(?:[ T]0?0:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_MOST_TEXT = 500


class FieldWidget(widgets.Widget):
    """A cell whose value the model field checks."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.field = field

    def checked(self, value: Any) -> Any:
        """Give the value as the field stores it."""
        try:
            return self.field.clean(value, None)
        except ValidationError as error:
            raise ValueError(of_error(error)) from error


class TextWidget(FieldWidget):
    """A text cell, cleaned by the model field and by the rule of its kind."""

    def __init__(self, field: Any, rule: Any = None) -> None:
        super().__init__(field)
        self.rule = rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "")
        try:
            if self.rule and text:
                text = self.rule(text)
        except ValidationError as error:
            raise ValueError(of_error(error)) from error
        return str(self.checked(text))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class ChoiceWidget(FieldWidget):
    """One of the choices of a field, by its word in any language or by its key."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
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
    """Yes or no, and what an empty cell means."""

    def __init__(self, *, empty: bool = True) -> None:
        super().__init__()
        self.empty = empty

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = fold_width(str(value or "")).strip().casefold()
        if text and text not in _TRUE | _FALSE:
            raise ValueError(_("Expected yes or no."))
        return text in _TRUE if text else self.empty

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return _("Yes") if value else _("No")


class DecimalWidget(FieldWidget):
    """An amount as people write it; the model field says what else must hold."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = _one_line(value)
        return self.checked(text) if text else None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{Decimal(value):.2f}"


class IntegerWidget(FieldWidget):
    """A whole number; the model field says what else must hold."""

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


class UnknownValue(ValueError):
    """A text that stands for no value, or for several; `found` says what comes near."""

    def __init__(self, text: str, found: Found) -> None:
        self.text, self.found = text, found
        if found.candidates:
            sentence = _("“%(value)s” can mean several values.")
        else:
            sentence = _("There is no “%(value)s”.")
        super().__init__(sentence % {"value": text})


class KeyWidget(widgets.Widget):
    """A text that joins rows: cleaned, with plain width and no length to speak of."""

    def __init__(self, rule: Any = None) -> None:
        super().__init__()
        self.rule = rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = _cleaned(value, fold=True)
        if len(text) > plain.ROW_KEY_LENGTH:
            sentence = _("Give at most %(most)d characters.")
            raise ValueError(sentence % {"most": plain.ROW_KEY_LENGTH})
        try:
            return self.rule(text) if self.rule and text else without_point_zero(text)
        except ValidationError as error:
            raise ValueError(of_error(error)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class ReferenceWidget(widgets.Widget):
    """A reference by code or name; the value is its primary key. Raises UnknownValue."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = names

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = _cleaned(value)
        return self.one(text) if text else None

    def one(self, text: str) -> int:
        """Give the key of the value that a text means. Raises UnknownValue."""
        found = self.names.find(text)
        if found.pk is None:
            raise UnknownValue(text, found)
        return found.pk

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else self.names.text(getattr(value, "pk", value))


class TagsWidget(ReferenceWidget):
    """Several values in one cell, separated by 、 , ; or a line break."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "")
        return sorted({self.one(part) for part in self.parts(text)}) or None

    def parts(self, text: str) -> list[str]:
        """Give the texts of the single values; a value whose name has a separator is one."""
        whole = _cleaned(text)
        if whole and self.names.find(whole).pk is not None:
            return [whole]
        return [part for piece in TAG_SEPARATORS.split(text) if (part := _cleaned(piece))]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        keys = [getattr(one, "pk", one) for one in value or ()]
        texts = [self.names.text(pk) for pk in keys]
        if len(keys) > 1:  # a separator in a name would make two values of it
            codes = [self.names.instances[pk].code for pk in keys]
            texts = [
                code if TAG_SEPARATORS.search(text) else text
                for text, code in zip(texts, codes, strict=True)
            ]
            if self._means(TAG_JOINER.join(texts)) != sorted(keys):
                texts = codes
        return TAG_JOINER.join(texts)

    def _means(self, text: str) -> list[int]:
        return sorted({pk for part in self.parts(text) if (pk := self.names.find(part).pk)})


class RecordWidget(widgets.Widget):
    """Another record by code or name; the value stays a text until somebody looks it up."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return _cleaned(value) or None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(getattr(value, "code", "") or value)


class ChosenWidget(widgets.Widget):
    """A reference as the form reads it: what the person may choose, by code, name or path."""

    def __init__(self, source: Source, references: References) -> None:
        super().__init__()
        self.source, self.references = source, references

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip()
        found = self.references.find(self.source, text) if text else None
        if found is not None and not found.is_sure:
            raise ValueError(str(sentence_of(found)))
        return found and found.value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


_PLAIN: Mapping[str, Any] = {
    plain.RECORD: RecordWidget,
    plain.FLAG: FlagWidget,
    plain.DATE: DateWidget,
}
_BY_FIELD: Mapping[str, Any] = {
    plain.CHOICE: ChoiceWidget,
    plain.DECIMAL: DecimalWidget,
    plain.INTEGER: IntegerWidget,
}


def of(target: Target, names: Mapping[str, Names]) -> widgets.Widget:
    """Give what reads and shows the values of a target; `names` are those of all, by key."""
    if target.kind == plain.KEY:
        return KeyWidget(target.field.rule if target.field else None)
    if target.kind == plain.REFERENCE:
        return ReferenceWidget(names[target.key])
    if target.kind == plain.TAGS:
        return TagsWidget(names[target.key])
    if target.kind in _PLAIN:
        return _PLAIN[target.kind]()
    return _BY_FIELD.get(target.kind, TextWidget)(target.field)


def as_form(target: Target, references: References) -> widgets.Widget:
    """Give what reads a target as the form does: what it points to as a person may choose it."""
    if target.kind in (plain.REFERENCE, plain.RECORD, plain.TAGS):
        return ChosenWidget(source_of(target.field.related_model), references)
    return FlagWidget(empty=False) if target.kind == plain.FLAG else of(target, {})


@dataclass(frozen=True)
class Reader:
    """Reads texts for a target as plain values, and shows these as texts."""

    target: Target
    widget: widgets.Widget

    def parse(self, text: str) -> Plain:
        """Give the plain value of a text, None for nothing. Raises ValueError with the sentence."""
        value = self.widget.clean(text)
        return None if value is None or value == "" else plain.of(self.target, value)

    def show(self, value: Plain) -> str:
        """Give the text of a plain value; parse() understands it as this value again."""
        if value is None or value in ("", []):
            return ""
        return self.widget.render(value)  # type: ignore[no-any-return]


def readers(known: Iterable[Target], names: Mapping[str, Names]) -> dict[str, Reader]:
    """Give the readers of targets by their keys."""
    return {target.key: Reader(target, of(target, names)) for target in known}


def _one_line(value: Any) -> str:
    """Give a short text without what is invisible in it; raises ValueError with the sentence."""
    text = str(value or "")
    if len(text) > _MOST_TEXT:
        raise ValueError(_("The text is longer than 500 characters."))
    return _cleaned(text, fold=True)


def _cleaned(value: Any, *, fold: bool = False) -> str:
    try:
        return clean(str(value or ""), fold=fold)
    except ValidationError as error:
        raise ValueError(of_error(error)) from error
