"""The columns of a sheet as a django-import-export resource: heads, and widgets that read and show.

Its row loop is not used: values.py parses column by column, and asks the widgets once per text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from import_export import fields, resources, widgets

from core.records.names import Found
from core.said import of_error
from core.said import said as _
from core.text import clean, without_point_zero
from customers.imports.fields import targets
from customers.imports.fields.references import Names, References
from customers.imports.fields.targets import Plain, Target
from customers.services.cells import (
    ChoiceWidget,
    DateWidget,
    DecimalWidget,
    FlagWidget,
    IntegerWidget,
    TextWidget,
)

TAG_SEPARATORS = re.compile(r"[、,，;；\n]")
TAG_JOINER = "、"


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
        try:
            text = clean(str(value or ""), fold=True)
            if len(text) > targets.ROW_KEY_LENGTH:
                sentence = _("Give at most %(most)d characters.")
                raise ValueError(sentence % {"most": targets.ROW_KEY_LENGTH})
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
    """Another customer by code or name; the value stays a text until the plan looks it up."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return _cleaned(value) or None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(getattr(value, "code", "") or value)


class SheetResource(resources.Resource):
    """One sheet of the import: its fields stand in the order of the template."""

    sheet: str

    @property
    def targets(self) -> tuple[Target, ...]:
        """Give the columns of the sheet."""
        return targets.of_sheet(self.sheet)

    def heads(self, wanted: Sequence[str] | None = None) -> list[str]:
        """Give the heads of the columns in the language of the moment; `wanted` names fields."""
        return [one.head for one in self.targets if wanted is None or one.name in wanted]

    def parse(self, name: str, text: str) -> Plain:
        """Give the plain value of a text, None for nothing. Raises ValueError with the sentence."""
        target = targets.by_name(self.sheet)[name]
        value = self.fields[name].widget.clean(text)
        if value is None or value == "":
            return None
        return targets.plain(target, value)

    def show(self, name: str, value: Plain) -> str:
        """Give the text of a plain value; parse() understands it as this value again."""
        target = targets.by_name(self.sheet)[name]
        if value is None or value == "" or (target.kind == targets.TAGS and not value):
            return ""
        return self.fields[name].widget.render(value)


def of_sheet(sheet: str, references: References) -> SheetResource:
    """Make the resource of a sheet with the values that its cells can point to."""
    own: dict[str, Any] = {
        target.name: fields.Field(
            attribute=target.name, column_name=target.name, widget=_widget(target, references)
        )
        for target in targets.of_sheet(sheet)
    }
    made = type(f"{sheet.title().replace('_', '')}Resource", (SheetResource,), own)
    resource: SheetResource = made()
    resource.sheet = sheet
    return resource


def of_all(references: References) -> Mapping[str, SheetResource]:
    """Make the resources of all sheets."""
    return {sheet: of_sheet(sheet, references) for sheet in targets.SHEETS}


def _widget(target: Target, references: References) -> widgets.Widget:
    if target.kind == targets.KEY:
        return KeyWidget(target.field.rule if target.field else None)
    if target.kind == targets.REFERENCE:
        return ReferenceWidget(references.names(target.key))
    if target.kind == targets.TAGS:
        return TagsWidget(references.names(target.key))
    if target.kind == targets.RECORD:
        return RecordWidget()
    if target.kind == targets.FLAG:
        return FlagWidget()
    if target.kind == targets.DATE:
        return DateWidget()
    makers = {
        targets.CHOICE: ChoiceWidget,
        targets.DECIMAL: DecimalWidget,
        targets.INTEGER: IntegerWidget,
    }
    return makers.get(target.kind, TextWidget)(target.field)


def _cleaned(value: Any) -> str:
    try:
        return clean(str(value or ""))
    except ValidationError as error:
        raise ValueError(of_error(error)) from error
