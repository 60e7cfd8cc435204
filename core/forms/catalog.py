"""Builds a form from a field table: fields, order, widths, marks, and what this user may change.

It parses and explains; it saves nothing and knows no field by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import extend
from core.access import may_change, permissions_of
from core.catalog import Catalog, Row
from core.fields import DayInput, Money, Text
from core.forms.keyed import KeyedForm
from core.forms.reference import (
    LongSelect,
    ReferenceField,
    References,
    ReferencesField,
    source_for,
)
from core.models.base import Reference
from core.text import clean, listed

DASH = "—"
Modes = Mapping[Callable[[str], str], str]
Makes = Mapping[str, tuple[str, Callable[[str], Any]]]  # the right, and what makes one of a name


@dataclass(frozen=True)
class Fixed:
    """A field the user may not change here: its value in words, and the sentence why."""

    name: str
    label: Any
    value: str
    reason: str
    width: int
    note: str = ""
    remark: Any = None


@dataclass(frozen=True)
class Place:
    """One place of a section: a field to fill in, or a fixed value.

    `beside` is a field without a row of its own that goes with it.
    """

    bound: BoundField | None
    fixed: Fixed | None = None
    beside: BoundField | None = None


@dataclass(frozen=True)
class FormSection:
    """A section of the form with its places, in the order of the table."""

    name: str
    label: Any
    places: list[Place]


class CatalogForm(KeyedForm):
    """The fields of one record that the user may change; `locked` says why not for the others.

    Nothing is required: a draft may be incomplete, and whoever submits it asks for the rest.
    """

    catalog: Catalog
    modes: Modes = {}
    makes: Makes = {}
    exact: frozenset[str] = frozenset()  # fields that are stored in the right form or not at all

    def __init__(self, *, user: Any, obj: Any, start: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self.user, self.obj = user, obj
        self.start = dict(start)
        self.locked: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.remarks: dict[str, Any] = {}  # what was remarked on fields that cannot be changed
        for row in filter(self.has, self.catalog.in_form):
            if self.stands(row.name):
                continue
            reason = self.refusal(row)
            if reason:
                self.locked[row.name] = reason
                continue
            self.fields[row.name] = self.field_for(row)
            self.initial[row.name] = typed(self.start.get(row.name))

    @cached_property
    def references(self) -> References:
        """What is asked about values to choose, once for head and rows."""
        return References(self.user)

    def has(self, row: Row) -> bool:
        """Say whether a row has its place in this form."""
        return row.form

    def stands(self, name: str) -> bool:
        """Say whether a field stays as it is, so that nobody need look at it."""
        return False

    def refusal(self, row: Row) -> str:
        """Say why the user may not change this field of this record now, or ""."""
        return may_change(row, self.user, self.obj)

    def field_for(self, row: Row) -> forms.Field:
        """Make the form field of a row; some let people make new values."""
        references = self.references if self.catalog.field(row.name).is_relation else None
        made = field_for(self.catalog, row, references, self.start.get(row.name), self.modes)
        if row.name in self.makes:
            right, make = self.makes[row.name]
            if right in permissions_of(self.user):
                made.let_make(make)  # type: ignore[attr-defined]
        return made

    def clean(self) -> dict[str, Any]:
        """Ask the validators of the model, unknown to form fields."""
        super().clean()
        check(self, self.catalog)
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """Give the record as it would be: what is typed and valid over what it was."""
        given = self.cleaned_data if self.is_bound else {}
        return {**self.start, **{name: given[name] for name in given if name in self.start}}

    def parts(self) -> Iterator[FormSection]:
        """Give the sections that have fields, each place a bound field or a fixed value."""
        for section in self.catalog.sections:
            rows = [row for row in self.catalog.in_section(section.name) if self.has(row)]
            if rows:
                yield FormSection(section.name, section.label, [self.place(row) for row in rows])

    def place(self, row: Row) -> Place:
        """Give what stands in the place of a row."""
        if row.name in self.fields:
            return Place(self[row.name])
        field, value = self.catalog.field(row.name), self.start.get(row.name)
        shown = self.words(row.name, value)
        label, reason = capfirst(str(field.verbose_name)), self.locked[row.name]
        note, remark = self.notes.get(row.name, ""), self.remarks.get(row.name)
        return Place(None, Fixed(row.name, label, shown, reason, row.width, note, remark))

    def words(self, name: str, value: Any) -> str:
        """Give a value of a field as this user may read it; a dash for nothing."""
        field = self.catalog.model._meta.get_field(name)
        if isinstance(value, models.Model) and extend.kind_of(type(value)):
            return str(source_for(field).title(value, self.user))
        return in_words(field, value) or DASH

    def raw(self) -> dict[str, list[str]]:
        """Give the unchanged record as a browser would send it."""
        names = [name for name in self.fields if name in self.start]
        return {name: sent(self.catalog.field(name), self.start[name], self.user) for name in names}


def field_for(
    catalog: Catalog, row: Row, references: References | None, current: Any, modes: Modes
) -> forms.Field:
    """Make the form field of a row from its model field; `current` is the value it has now."""
    model_field = catalog.field(row.name)
    made = control(model_field, references, current)
    made.required = False
    mode = modes.get(getattr(model_field, "rule", None))
    if mode:
        made.widget.attrs["inputmode"] = mode
    is_switch = isinstance(model_field, models.BooleanField)
    ui = {"width": row.width, "kind": "switch" if is_switch else row.style}
    told = {"addon": row.unit, "hint": row.note}
    made.ui = ui | {name: text for name, text in told.items() if text}  # type: ignore[attr-defined]
    return made


def sent(field: Any, value: Any, user: Any) -> list[str]:
    """Give what a browser would send of a stored value that nobody touches."""
    if field.many_to_many:
        return [one.words for one in value]
    if isinstance(field, models.BooleanField):
        return ["on"] if value else []
    if isinstance(value, Reference):
        return [value.words]
    if isinstance(value, models.Model):
        is_record = extend.kind_of(type(value))
        return [source_for(field).title(value, user) if is_record else str(value.pk)]
    return ["" if value is None else str(typed(value))]


def typed(value: Any) -> Any:
    """Give a stored value as one types it: amounts grouped; fields find words for references."""
    return f"{value:,.2f}" if isinstance(value, Decimal) else value


def stands(field: Any, value: Any, data: Any, name: str, user: Any) -> bool:
    """Say whether data has under a name what a page shows of a stored value, which is right.

    Whoever changes nothing there need not be asked whether it may be changed, or what it means.
    Numbers and days that a column took are right. Of what came twice the last counts, as in forms.
    """
    if not came_back(field, value, data.getlist(name), user):
        return False
    try:
        return not (value and isinstance(value, str)) or field.clean(value, None) == value
    except ValidationError:
        return False


def came_back(field: Any, value: Any, texts: Sequence[str], user: Any) -> bool:
    """Say whether texts are what a page shows of a stored value."""
    given = texts if field.many_to_many else texts[-1:]
    came = [text.replace("\r\n", "\n") for text in given if text]
    return sorted(came) == sorted(filter(None, sent(field, value, user)))


def in_words(field: Any, value: Any) -> str:
    """Give a value of a model field as people read it; nothing is ""."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None or value == "":
        return ""
    if isinstance(value, str) and not field.choices:
        return value
    if field.many_to_many:
        return listed(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.2f}" if isinstance(field, Money) else str(value)


def check(form: forms.Form, catalog: Catalog) -> None:
    """Ask the validators of the model about what is typed; the first answer counts."""
    for name in [name for name in form.cleaned_data if name in catalog.by_name]:
        problem, value = checked(catalog.field(name), form.cleaned_data[name])
        if problem:
            form.add_error(name, problem)
        else:
            form.cleaned_data[name] = value


def loosen(form: forms.Form, catalog: Catalog, *, exact: Collection[str] = ()) -> None:
    """Take as typed what is wrong in form only and can be stored, but for what is `exact`."""
    for name in [name for name in form.errors if name in form.fields and name not in exact]:
        text = as_typed(catalog.field(name), form[name].data) if name in catalog.by_name else None
        if text is not None:
            del form.errors[name]
            form.cleaned_data[name] = text


def checked(field: Any, value: Any) -> tuple[str, Any]:
    """Give the first objection of the model field's validators, and the value as it is stored.

    Where the table cannot do without a value, its default stands for nothing.
    """
    if field.many_to_many or value in field.empty_values:
        if value is not None or field.null:
            return "", value
        return ("", field.get_default()) if field.has_default() else (_("Required."), value)
    try:
        field.run_validators(value)
    except ValidationError as error:
        return error.messages[0], value
    if isinstance(field, Money):
        value = value.quantize(Decimal("0.01"))
    return "", value


def as_typed(field: Any, data: Any) -> str | None:
    """Give a text as it can be stored although its rule refuses it, None where it cannot be."""
    if not isinstance(field, Text) or not isinstance(data, str) or field.choices:
        return None
    try:
        text = clean(data, fold=field.fold)
    except ValidationError:
        return None
    return text if len(text) <= (field.max_length or 0) else None


def control(model_field: Any, references: Any, current: Any) -> forms.Field:
    """Make the form field of a model field; `current` is the value it has now."""
    label = capfirst(str(model_field.verbose_name))
    related = model_field.related_model
    if related is not None and (issubclass(related, Reference) or extend.kind_of(related)):
        source = source_for(model_field)
        if model_field.many_to_many:
            return ReferencesField(source, references, chosen=current or (), label=label)
        return ReferenceField(source, references, chosen=current, label=label)
    if model_field.choices:
        blank = [("", ""), *model_field.flatchoices]
        return forms.ChoiceField(choices=blank, widget=LongSelect, label=label)
    if isinstance(model_field, models.DateField):
        return DayInput(label=label)
    if isinstance(model_field, models.IntegerField):
        widget = forms.TextInput({"inputmode": "numeric"})
        return model_field.formfield(widget=widget, label=label)
    made = model_field.formfield(label=label)
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 3
    return made
