"""Rows of a sheet as records of a kind: their fields, by the rights and rules of the form.

A code names the record to change; without one a record begins in the first state. Parts, marks,
states and what not everybody sees are not among the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _

from core import extend, plans
from core.access import may_change, permissions_of
from core.aggregate import is_blank
from core.forms.reference import References
from core.history import Act
from core.records import plain, save, widgets
from core.records.kind import Kind
from core.records.plain import Target
from core.records.record import Record
from core.records.sheet import Sheet
from core.said import joined
from core.saving import Refused

MOST_ROWS = 2_000
CODE = "code"


class RecordSheet(Sheet):
    """The rows of one sheet for the records of a kind, as one person gives them."""

    most = MOST_ROWS

    def __init__(self, kind: Kind, user: Any, act: Act | None = None) -> None:
        super().__init__(act)
        self.kind, self.user, self.model = kind, user, kind.model
        self.references = References(user)
        targets = [one for one in plain.targets_of(kind.stem, kind.catalog) if _is_column(one)]
        self.needed = tuple(one.name for one in targets if one.is_needed)
        readers = {one.name: widgets.as_form(one, self.references) for one in targets}
        if kind.code is not None:
            readers = {CODE: widgets.KeyWidget(kind.catalog.field(CODE).rule), **readers}
        self.read_by(readers)
        self.pointing = [one.name for one in targets if one.field.is_relation]

    def heads(self) -> list[str]:
        """Give the first row of an empty sheet, with a mark where nothing can be left out."""
        return [f"{self.label(n)} *" if n in self.needed else self.label(n) for n in self.fields]

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The records of the rows that the person sees, by code (one query)."""
        codes = {self.code_of(self.table.named(row)) for row in self.table.rows} - {""}
        found = (
            self.kind.seen_by(self.user).filter(plans.filled("code"), code__in=codes)
            if codes
            else ()
        )
        return {one.code: one for one in found and found.select_related(*self.pointing)}

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Look up what the cells point to, each column at once."""
        for name in self.pointing:
            self.references.look_up(self.fields[name].widget.source, self.table.texts(name))

    @cached_property
    def start(self) -> dict[str, Any]:
        """What a new record of this person begins with, asked once for all rows."""
        return self.kind.rules.start(self.user)

    def init_instance(self, row: Any = None) -> Any:
        """Begin a record as the form does."""
        return self.model(**self.start)

    def import_field(self, field: Any, instance: Any, row: Any, **kwargs: Any) -> None:
        """Set a field; the code is given by rule, and a cell that says nothing new sets nothing."""
        name, text = field.attribute, str(row.get(field.column_name, "")).strip()
        if name == CODE or (instance.pk is None and not text):
            return
        stored = _known(instance, name) if name in self.pointing else None
        if stored is None or text not in (str(stored), getattr(stored, "masked", None)):
            super().import_field(field, instance, row, **kwargs)
        if _known(instance, name) is None and not (column := self._column(name)).null:
            setattr(instance, column.attname, column.get_default())

    def _column(self, name: str) -> Any:
        return self.kind.catalog.field(name)

    def problems(self, instance: Any, before: Any, row: Any) -> Mapping[str, str]:
        """Say what the form would say of the row, to this person."""
        kind, stored = self.kind, before if before.pk else None
        if stored is None and (code := self.code_of(row)):
            return {CODE: _("There is no “%(value)s”.") % {"value": code}}
        if kind.right("change" if stored else "add") not in permissions_of(self.user):
            return {"": _("You may not write these records.")}
        names = (one.name for one in kind.catalog if one.name not in kind.aggregate.m2m)
        values = {name: _known(instance, name) for name in names}
        said = {name: self._problem(name, values, stored) for name in self._given(instance, before)}
        is_open = (kind.life.state(stored.state) if stored else kind.life.initial).is_open
        crossed: Mapping[str, str] = {}
        if not is_open:
            crossed = kind.rules.problems(kind.rules.fill(values), timezone.localdate())
        return {**crossed, **{name: problem for name, problem in said.items() if problem}}

    def _given(self, instance: Any, before: Any) -> list[str]:
        """Name the fields that a row says something new about; of a new record, more than those.

        It has what it cannot lack, and what it begins with as far as the person may say that.
        """
        names = [name for name in self.fields if name != CODE]
        changed = {name for name in names if not self.is_same(instance, before, name)}
        if before.pk is None:
            begun = (n for n in names if not is_blank(_known(before, n)))
            changed |= {*self.needed, *(n for n in begun if not self._locked(n, None))}
        return [name for name in names if name in changed]

    def _locked(self, name: str, stored: Any) -> str:
        return may_change(self.kind.catalog.by_name[name], self.user, stored)

    def _problem(self, name: str, values: Mapping[str, Any], stored: Any) -> str:
        row, value, rules = self.kind.catalog.by_name[name], values[name], self.kind.rules
        is_needed = row.required and rules.is_needed(row, values)
        if (is_blank(value) and is_needed) or (value is None and not self._column(name).null):
            return _("%(label)s is missing.") % {"label": self.label(name)}
        return self._locked(name, stored) or rules.outside(name, value, self.user)

    def write(self) -> None:
        """Save the records one by one in the order of the sheet; what is refused is kept by row."""
        assert self.act is not None
        act = replace(self.act, key=None)  # the sheet as a whole has taken it
        for one in sorted([*self.new, *self.changed], key=lambda one: self.rows[id(one)]):
            before = self.before[id(one)]
            values = {name: _known(one, name) for name in self._given(one, before)}
            version = before.version if one.pk else None
            try:
                save.save(self.kind, one.pk, Record(values), version=version, submit=False, act=act)
            except Refused as refused:
                told = refused.fields or {"": joined(refused.problems)}
                self.refused[self.rows[id(one)]] = told


def _is_column(target: Target) -> bool:
    """Say whether a sheet has a field: no code, no marks, nothing that not everybody sees.

    Nor what points to a table whose values cannot be looked up.
    """
    row, model = target.row, target.field.related_model
    is_open = row is not None and row.form and row.see == "all"
    is_known = model is None or extend.has_source(model._meta.label_lower)
    return is_open and is_known and target.kind != plain.TAGS and target.name != CODE


def _known(instance: Any, name: str) -> Any:
    """Give a value, None for a reference that is not set yet."""
    try:
        return getattr(instance, name)
    except ObjectDoesNotExist:
        return None
