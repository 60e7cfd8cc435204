"""A part: one child table of a record, said once for its pages, files, import and history.

It is data. What a row needs, its only-one flags and who may see it stand in the field table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.utils.text import capfirst

from core.catalog import PICK, Catalog, Row
from core.prepared import Prepared, put

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Same:
    """A way in which a given row means a stored one: both have the same `key`.

    And of other fields: `equal`, be they empty; `one_of` given and the same; `unsaid` not given;
    `apart` not given on both sides. What rests on silence holds only where one stored row fits.
    """

    key: str
    equal: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it looks at."""
        return (self.key, *self.equal, *self.one_of, *self.unsaid, *self.apart)

    @property
    def is_guess(self) -> bool:
        """Say whether it rests on what is not said."""
        return bool(self.unsaid or self.apart)

    def fits(self, given: Values, stored: Values) -> bool:
        """Say whether the given row means the stored one."""
        return (
            _same(given, stored, self.key)
            and all(given.get(name) == stored.get(name) for name in self.equal)
            and (not self.one_of or any(_same(given, stored, name) for name in self.one_of))
            and not any(given.get(name) for name in self.unsaid)
            and not any(given.get(name) and stored.get(name) for name in self.apart)
        )


def _same(given: Values, stored: Values, name: str) -> bool:
    return bool(given.get(name)) and given.get(name) == stored.get(name)


@dataclass(frozen=True, eq=False)
class Part:
    """A child table: its accessor on the root, its foreign key to it, and its field table.

    `always` names the flags that the first row gets when none has them; `same_by` how two rows
    are known as the same, best first; `rule(rows, values of the root)` gives what stands in the
    way, `wanted` is the column where it looks for what one row must have at least; `shown` are the
    columns to read (else all), `given` those that a form fills in new rows beside defaults;
    `used_from` is the day from which a row is used, where that is not at once;
    `examples` fill the sample of a template, of a column with choices by any of several words.
    """

    name: str
    parent: str
    catalog: Catalog
    always: tuple[str, ...] = ()
    same_by: tuple[Same, ...] = ()
    rule: Callable[[Sequence[Values], Values], list[Any]] | None = None
    wanted: str = ""
    note: Any = ""
    shown: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    used_from: str = ""
    examples: Values = field(default_factory=dict)

    @property
    def model(self) -> type[models.Model]:
        """The table."""
        return self.catalog.model

    @cached_property
    def section(self) -> str:
        """The section of the root's page that it fills: its anchor, and the prefix of its form."""
        return self.catalog.sections[0].name

    @property
    def label(self) -> Any:
        """How people call its rows."""
        return self.catalog.sections[0].label

    @property
    def title(self) -> str:
        """How people call one row."""
        return str(capfirst(self.model._meta.verbose_name))

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """The flags that one row can have at most."""
        return tuple(row.name for row in self.catalog if row.style == PICK)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """What no row can do without."""
        return tuple(row.name for row in self.catalog if row.required)

    @property
    def head(self) -> str:
        """The field that a row is known by."""
        return self.needs[0]

    @property
    def is_controlled(self) -> bool:
        """Whether its rows take a second pair of eyes to change (◆)."""
        return self.catalog.by_name[self.head].controlled

    @cached_property
    def columns(self) -> tuple[Row, ...]:
        """What is typed in its rows, but for flags."""
        return tuple(row for row in self.catalog if row.form and row.style != PICK)

    @cached_property
    def begun(self) -> tuple[str, ...]:
        """The columns in which something stands before anybody types in a new row."""
        defaults = ((row.name, self.catalog.field(row.name)) for row in self.columns)
        own = (name for name, one in defaults if one.has_default() and one.get_default())
        return tuple(dict.fromkeys((*own, *self.given)))

    @property
    def others(self) -> tuple[str, ...]:
        """The columns to read beside the head, without flags."""
        names = self.shown or tuple(row.name for row in self.catalog if row.name not in self.flags)
        return tuple(name for name in names if name != self.head)

    @cached_property
    def covered(self) -> str:
        """The field that not everybody sees, "" for none."""
        return next((row.name for row in self.catalog if row.see != "all"), "")

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """The fields by which two rows are told apart."""
        return tuple(dict.fromkeys(n for one in self.same_by for n in one.fields)) or self.needs

    @cached_property
    def pointing(self) -> tuple[str, ...]:
        """The fields that point to other rows, but for the root."""
        fields = self.model._meta.concrete_fields
        return tuple(f.name for f in fields if f.many_to_one and f.name != self.parent)

    def rows(self) -> models.QuerySet[Any]:
        """Give its rows in order, with what they point to."""
        found = self.model._default_manager.order_by("line", "pk")
        return found.select_related(*self.pointing) if self.pointing else found

    def of(self, root: Any) -> models.QuerySet[Any]:
        """Give the rows of a root, or of the root with this key."""
        return self.rows().filter(**{self.parent: root})


def fetch(parts: Iterable[Part], roots: Sequence[Any]) -> None:
    """Read the rows of some roots, a query for each part, and put them there where none are yet."""
    known = "_prefetched_objects_cache"
    for part in parts:
        without = {root.pk: root for root in roots if part.name not in root.__dict__.get(known, ())}
        found: dict[int, list[Any]] = {pk: [] for pk in without}
        for row in _of_many(part)(list(without)):
            pk = getattr(row, f"{part.parent}_id")
            setattr(row, part.parent, without[pk])
            found[pk].append(row)
        for pk, root in without.items():
            put(root, part.name, found[pk])


@cache
def _of_many(part: Part) -> Prepared:
    return Prepared(lambda keys: part.rows().filter(**{f"{part.parent}__pk__in": keys}))
