"""What an aggregate is: a root with its children and marks, as data for core.saving and verify."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from django.db import models

from core.history import Act

Values = Mapping[str, Any]


_ALWAYS_SILENT = frozenset(
    {"updated_at", "updated_by", "created_at", "created_by", "path", "sort_path"}
    | {"code_sort", "search_key"}
    | {"id", "pk", "version"}
)


def _same(values: dict[str, Any]) -> dict[str, Any]:
    return values


class Child(Hashable, Protocol):
    """What writing must know of a child table; core/records/part.py is where one is declared."""

    @property
    def name(self) -> str:
        """Its accessor on the root."""

    @property
    def model(self) -> type[models.Model]:
        """The table."""

    @property
    def parent(self) -> str:
        """Its foreign key to the root."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that one row can have at most."""


@dataclass(frozen=True)
class Aggregate:
    """A root whose version covers all its children and many-to-many marks.

    `derive(values) -> values` adds what is computed (sort keys …) from the fields `sources`, and is
    asked when one of them changes; it is pure.
    `pending` names the column that holds the unfinished batch a row belongs to: until the row is
    released, every writer but that batch finds it Stale.
    """

    root: type[models.Model]
    children: tuple[Child, ...] = ()
    m2m: tuple[str, ...] = ()
    derive: Callable[[dict[str, Any]], dict[str, Any]] = _same
    sources: frozenset[str] = frozenset({"code", "name"})
    derived: frozenset[str] = frozenset()
    is_tree: bool = False
    extra_tables: tuple[type[models.Model], ...] = ()
    pending: str = ""

    @property
    def mark_columns(self) -> Mapping[str, str]:
        """The columns of the root that repeat its marks for indexes, by the name of the marks."""
        return getattr(self.root, "mark_columns", {})

    @property
    def subject_type(self) -> str:
        """The name under which the history knows the root."""
        return self.root._meta.label_lower

    @cached_property
    def readable(self) -> tuple[str, ...]:
        """The fields of the root that say something about it."""
        skipped = ("id", "version", self.pending)
        return tuple(f.name for f in self.root._meta.concrete_fields if f.name not in skipped)

    @cached_property
    def silent(self) -> frozenset[str]:
        """The fields that the history does not tell: they follow from others or from the act."""
        return self.derived | _ALWAYS_SILENT | {self.pending, *self.mark_columns.values()}

    def stamps(self, act: Act, *, created: bool = False) -> dict[str, Any]:
        """Give who writes the root and when, as far as it keeps that."""
        names = self._names
        stamps = {"updated_at": act.at, "updated_by": act.by} if "updated_at" in names else {}
        if created and "created_at" in names:
            stamps |= {"created_at": act.at, "created_by": act.by}
        return stamps

    def first_texts(self, values: Values) -> dict[str, list[str]]:
        """Give what the history tells of the values of a new root."""
        silent = self.silent
        return {
            name: ["", text]
            for name, value in values.items()
            if name not in silent
            and (text := value if type(value) is str else as_text(value)) not in ("", "false")
        }

    def moved_texts(self, before: Values, different: Values) -> dict[str, list[str]]:
        """Give what the history tells of the values that differ from those before."""
        return {
            name: [as_text(before.get(name)), as_text(value)]
            for name, value in different.items()
            if name not in self.silent
        }

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(field.name for field in self.root._meta.concrete_fields)

    def is_held(self, values: Values, act: Act) -> bool:
        """Say whether a row with these values is pending for a batch that the act is not of."""
        return values.get(self.pending) not in (None, act.batch)

    def tables(self) -> frozenset[str]:
        """Give every table that only core.saving may write."""
        own = {self.root, *(child.model for child in self.children), *self.extra_tables}
        through = {getattr(self.root, name).through for name in self.m2m}
        return frozenset(model._meta.db_table for model in own | through)


NEW = "new"  # begins how a row is called that has no key yet: new1, new2


@dataclass(frozen=True)
class RowInput:
    """One child row as it should be: `pk` None adds it; fields left out of `values` are kept."""

    pk: int | None
    values: Values


@dataclass
class Draft:
    """A root to create, with its child rows and marks, and its own act if it has one."""

    values: dict[str, Any]
    rows: Mapping[str, Sequence[RowInput]] = field(default_factory=dict)
    marks: Mapping[str, Sequence[models.Model]] = field(default_factory=dict)
    act: Act | None = None
    evidence: Any = None


@dataclass
class Edit:
    """What one root should become in bulk, if it still is at `version`.

    `rows` and `marks` are the full wanted lists of what they name; the rest is kept. `act` and
    `evidence` are its own, `more` is what else its entry tells; nothing is written when nothing
    differs, unless `always`. `locked` is the stored row if the caller has it
    (core.bulk.loading.locking): it becomes what is written.
    """

    pk: int
    version: int
    values: Values = field(default_factory=dict)
    rows: Mapping[str, Sequence[RowInput]] = field(default_factory=dict)
    marks: Mapping[str, Sequence[models.Model]] = field(default_factory=dict)
    act: Act | None = None
    evidence: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)
    always: bool = False
    locked: Any = None


@dataclass
class Outcome:
    """What became of the roots of a bulk change: keys in ascending order."""

    changed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)


def key_of(value: Any) -> Any:
    """Give the key of a reference, and any other value as it is."""
    return value.pk if isinstance(value, models.Model) else value


def same(old: Any, new: Any) -> bool:
    """Say whether two values of a field are one: references by their keys."""
    return old is new or bool(key_of(old) == key_of(new))


def is_blank(value: Any) -> bool:
    """Say whether nothing was given; 0 and False are something."""
    return value is None or (isinstance(value, str | Sequence) and not value)


def as_text(value: Any) -> str:
    """Give a value as history keeps it: choices and flags raw, references as people read them."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):  # 5, 5.00 and 0.05E+2 are one amount
        return f"{value.normalize():f}"
    return str(value)
