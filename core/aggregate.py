"""What an aggregate is: a root with its children and marks, as data for core.saving and verify."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from core.history import Act

Values = Mapping[str, Any]


def _same(values: dict[str, Any]) -> dict[str, Any]:
    return values


@dataclass(frozen=True)
class Child:
    """A child table: its accessor on the root, its foreign key, and its only-one flags."""

    name: str
    model: type[models.Model]
    parent: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aggregate:
    """A root whose version covers all its children and many-to-many marks.

    `derive(values) -> values` adds what is computed (sort keys …); it is pure.
    """

    root: type[models.Model]
    children: tuple[Child, ...] = ()
    m2m: tuple[str, ...] = ()
    derive: Callable[[dict[str, Any]], dict[str, Any]] = _same
    derived: frozenset[str] = frozenset()
    is_tree: bool = False
    extra_tables: tuple[type[models.Model], ...] = ()

    @property
    def mark_columns(self) -> Mapping[str, str]:
        """The columns of the root that repeat its marks for indexes, by the name of the marks."""
        return getattr(self.root, "mark_columns", {})

    @property
    def subject_type(self) -> str:
        """The name under which the history knows the root."""
        return self.root._meta.label_lower

    def tables(self) -> frozenset[str]:
        """Give every table that only core.saving may write."""
        own = {self.root, *(child.model for child in self.children), *self.extra_tables}
        through = {getattr(self.root, name).through for name in self.m2m}
        return frozenset(model._meta.db_table for model in own | through)


@dataclass(frozen=True)
class RowInput:
    """One child row as it should be: `pk` None adds it; fields left out of `values` are kept."""

    pk: int | None
    values: Values


@dataclass
class Draft:
    """A root to create in bulk, with its children and marks, and its own act if it has one."""

    values: dict[str, Any]
    children: dict[str, list[Values]] = field(default_factory=dict)
    marks: dict[str, Sequence[models.Model]] = field(default_factory=dict)
    act: Act | None = None
