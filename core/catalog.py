"""The field table: one row per model field says where it shows, to whom, and how it travels.

It is a table, not a language: no functions in rows, no nesting. The model owns type and label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

PICK = "pick"


@dataclass(frozen=True)
class Section:
    """A part of the form and the detail page, with the anchor that links point to.

    `tab` names the section on whose tab of the detail page it stands, "" for one of its own.
    `tab_label` is what that tab is called, where it is more than the section. What the system
    writes is shown apart, as far as it says something.
    """

    name: str
    label: Any
    tab: str = ""
    is_system: bool = False
    tab_label: Any = ""


@dataclass(frozen=True)
class Row:
    """Place and audience of one field.

    `filtered` names the kind of filter ("choices", "reference", "tree", "text", "date", "number",
    "flag"); `sort` is the NOT NULL key column to sort by; `see` and `change` name rules that
    core.access resolves; `required` is "", "always" or the name of a case that rules decide.
    `copied` says that a new record made from another one starts with its value; `size` (s, m, l)
    is the width of its column where rows are typed, the style PICK a flag of one row at most.
    `unit` is what a number counts, `note` the sentence under the field where it is typed. `bulk`
    says that it can be set for many records at once.
    """

    name: str
    section: str
    width: int = 1
    listed: bool = False
    shown: bool = False
    filtered: str = ""
    sort: str = ""
    sheet: bool = True
    required: str = ""
    controlled: bool = False
    see: str = "all"
    change: str = "general"
    style: str = ""
    form: bool = True
    copied: bool = True
    size: str = "m"
    unit: Any = ""
    note: Any = ""
    bulk: bool = False

    @property
    def pick(self) -> str:
        """What the radio buttons of a flag are called: primary for is_primary."""
        return self.name.removeprefix("is_")


@dataclass(frozen=True)
class Catalog:
    """All rows of one model; a field that is in neither `rows` nor `internal` is an error."""

    model: type[models.Model]
    sections: tuple[Section, ...]
    rows: tuple[Row, ...]
    internal: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @cached_property
    def by_name(self) -> dict[str, Row]:
        """Rows by field name."""
        return {row.name: row for row in self.rows}

    @cached_property
    def in_form(self) -> tuple[Row, ...]:
        """The rows that people type."""
        return tuple(row for row in self.rows if row.form)

    @cached_property
    def places(self) -> dict[str, str]:
        """Where a record keeps the values of its own columns; of a reference that is its key."""
        fields = (self.field(row.name) for row in self.rows)
        return {one.name: one.attname for one in fields if not one.many_to_many}

    def field(self, name: str) -> Any:
        """Give the model field of a row."""
        return self.model._meta.get_field(name)

    def label(self, name: str) -> Any:
        """Give the field's label as people read it."""
        return self.field(name).verbose_name

    def typed_of(self, instance: Any) -> dict[str, Any]:
        """Give what is stored in the fields that people type."""
        return {row.name: getattr(instance, row.name) for row in self.in_form}

    def in_section(self, section: str) -> tuple[Row, ...]:
        """Give the rows of a section in order."""
        return tuple(row for row in self.rows if row.section == section)

    def controlled(self) -> frozenset[str]:
        """Give the names of the fields that need a second pair of eyes once approved (◆)."""
        return frozenset(row.name for row in self.rows if row.controlled)

    def missing(self) -> list[str]:
        """Name the model fields nobody decided about, and the rows without a field."""
        options = self.model._meta
        fields = {field.name for field in (*options.concrete_fields, *options.many_to_many)}
        known = {row.name for row in self.rows} | set(self.internal)
        return sorted(fields - known) + sorted(f"{name} (no such field)" for name in known - fields)
