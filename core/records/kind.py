"""A kind of record, as data: what happens to records is written once over it.

It holds no option that switches behaviour; what a kind does of its own stands by name in its
lifecycle, and pages that need more than it says are the app's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.text import capfirst

from core import extend
from core.access import is_visible, may_ask, may_change
from core.aggregate import Aggregate, is_blank
from core.catalog import Catalog, Row
from core.prepared import Prepared, put
from core.records.part import Part
from core.records.record import Problem, Rows, Rules, Values
from core.said import said as _
from core.workflow import Workflow


@dataclass(frozen=True)
class History:
    """What the history of a kind tells beside the plain words.

    `looks` are its own actions: label, icon, tone. `told` are fields that are told although the
    system writes them. `names(names, user)` gives names of its records as a person may read them
    who does not see all; `evidence(changes, user)` gives a function that tells stored evidence.
    """

    looks: Mapping[str, tuple[Any, str, str]] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    names: Callable[[Iterable[str], Any], Mapping[str, str]] | None = None
    evidence: Callable[[Sequence[Any], Any], Callable[[Any], Any]] | None = None


@dataclass(frozen=True)
class Piece:
    """What of a record may stand in its code: `text(value)` of what is in a field, "" for none.

    `examples()` gives a few values to show a rule with.
    """

    name: str
    label: Any
    field: str
    text: Callable[[Any], str]
    examples: Callable[[], Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Coding:
    """What may stand in the codes of a kind, and the tables of its rules and of all codes given.

    `anything` is an example of a code that no piece stands in; `nothing` says that no value has
    what a rule needs.
    """

    rules: type[models.Model]
    ledger: type[models.Model]
    pieces: tuple[Piece, ...]
    anything: Any
    nothing: Any

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a code is made from."""
        return tuple(piece.field for piece in self.pieces)

    @property
    def names(self) -> tuple[str, ...]:
        """What segments of a rule may be beside what any may."""
        return tuple(piece.name for piece in self.pieces)


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of record; `app` and `stem` name its addresses, templates and permissions.

    `related` is what its moves look at beside the row; `changes` the kind of the requests by which
    the ◆ fields of its records in force change (core.records.changes). `places(record)` gives where
    remarks on one can be pinned (core.records.places), unless at all its fields and rows;
    `title(record)` what one is called beside its code.
    """

    app: str
    stem: str
    icon: str
    aggregate: Aggregate
    catalog: Catalog
    parts: tuple[Part, ...]
    life: Workflow
    related: tuple[str, ...] = ()
    history: History = History()
    code: Coding | None = None
    rules: Rules = Rules()
    changes: Kind | None = None
    places: Callable[[Any], Any] | None = None
    title: Callable[[Any], str] = str

    @cached_property
    def model(self) -> type[models.Model]:
        """The table of its roots."""
        return self.aggregate.root

    @property
    def subject(self) -> str:
        """What its records are called where tables of several kinds point to them."""
        return self.aggregate.subject_type

    @property
    def coding(self) -> Coding:
        """How its records get their codes; only for a kind that has them."""
        assert self.code is not None, self.stem
        return self.code

    @cached_property
    def known(self) -> tuple[str, ...]:
        """What is read with a row that moves or is saved: `related`, what its code is made of."""
        made_of = self.code.fields if self.code else ()
        pointing = (name for name in made_of if self.catalog.field(name).many_to_one)
        return tuple(dict.fromkeys((*self.related, *pointing)))

    @property
    def label(self) -> str:
        """How people call one of them."""
        return str(self.model._meta.verbose_name)

    @property
    def state_label(self) -> str:
        """How people call where one stands in its life."""
        return capfirst(str(self.catalog.label("state")))

    @property
    def plural(self) -> str:
        """How people call many of them."""
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def pointing(self) -> dict[str, Kind]:
        """The fields of its field table that point to other records, with the kinds of those."""
        fields = (self.catalog.field(row.name) for row in self.catalog)
        pairs = ((one.name, extend.kind_of(one.related_model)) for one in fields if one.many_to_one)
        return {name: kind for name, kind in pairs if kind}

    def missing(self, values: Values, rows: Mapping[str, Rows]) -> list[Problem]:
        """Give what stands between filled values and a submit, else a save: then all with a ★."""
        found = self.rules.missing(values, rows)
        if self.rules.submit:
            return found
        said = _("Required.")
        own = [
            Problem(row.name, said, row.section)
            for row in self.catalog.in_form
            if row.required and self.rules.is_needed(row, values)
            if is_blank(values.get(row.name))
        ]
        cells = [
            Problem(part.name, said, part.section, index, name, said)
            for part in self.parts
            for index, given in enumerate(rows.get(part.name, ()))
            for name in part.needs
            if is_blank(given.get(name))
        ]
        return [*own, *cells, *found]

    def part_of_section(self, section: str) -> Part | None:
        """Give the part that fills a section, or None for one of fields."""
        return next((part for part in self.parts if part.section == section), None)

    def may(self, row: Row, user: Any, record: Any) -> str:
        """Say why the user may neither change a field of a record nor ask for it now, or ""."""
        return (may_ask if self.changes else may_change)(row, user, record)

    def right(self, verb: str) -> str:
        """Give the permission to do something with them: view, add, change, export …"""
        return f"{self.app}.{verb}_{self.stem}"

    def url(self, page: str, *args: Any, query: Mapping[str, Any] | None = None) -> str:
        """Give the address of one of its pages. Raises NoReverseMatch if there is none."""
        return reverse(f"{self.app}:{self.stem}-{page}", args=args, query=query)

    def templates(self, page: str) -> list[str]:
        """Give the app's own template of a page, then the common one."""
        return [f"{self.app}/{self.stem}/{page}.html", f"record/{page}.html"]

    def find(self, pk: int, user: Any) -> Any:
        """Give a record the user may see with everything that a page about it reads, or None."""
        whole, beside = self._questions
        found = whole.first(pk)
        pending = self.aggregate.pending
        is_held = pending and getattr(found, pending, None) is not None
        if found is None or is_held or not is_visible(found, user):
            return None
        for name, rows in beside.items():
            put(found, name, rows(pk))
        return found

    @cached_property
    def _questions(self) -> tuple[Prepared, dict[str, Prepared]]:
        """Give what asks for a record, and what for the rows beside it by accessor."""
        related = [field.name for field in self.model._meta.concrete_fields if field.many_to_one]
        rows = self.model._default_manager
        whole = Prepared(lambda pk: rows.filter(pk=pk).select_related(*related))
        beside = {part.name: Prepared(part.of) for part in self.parts}
        return whole, beside | {name: _marks(self.model, name) for name in self.aggregate.m2m}

    def seen_by(self, user: Any) -> Any:
        """Give the records that a person may see."""
        return self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]


def _marks(root: type[models.Model], name: str) -> Prepared:
    field: Any = root._meta.get_field(name)
    manager, back = field.related_model._default_manager, field.related_query_name()
    return Prepared(lambda pk: manager.filter(**{back: pk}))
