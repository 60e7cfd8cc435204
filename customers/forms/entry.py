"""One customer while it is entered: its head and its parts as one form.

It says what is typed, what is wrong and what is missing; it saves nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from core.catalog import Section
from core.forms.catalogue import Place
from core.forms.keyed import new_key
from core.forms.reference import References
from core.records import coding
from core.records.part import Part
from core.records.record import Problem, is_blank
from core.records.table import Table
from core.saving import Refused
from customers.forms.customer import REASON, CustomerForm
from customers.forms.parts import PartGrid, is_copied
from customers.lifecycle import OPEN_STATES
from customers.models import Customer
from customers.parts import PARTS
from customers.queries import readiness
from customers.queries.duplicate import UNIQUE_NUMBERS
from customers.queries.home import home_currency
from customers.rules import record as rules
from customers.services.customer import Record
from customers.services.kinds import CUSTOMER as KIND

CODE_IS_RIGHT = "code_is_right"
CALLED = "mobile"
NUMBERS = frozenset(UNIQUE_NUMBERS)  # a refusal of numbers stands at each of them, not on top


@dataclass(frozen=True)
class Block:
    """A section of the page: fields, or a grid, or a table to read with the sentence why.

    `reason` says why its locked fields are; `is_locked`: all of them.
    """

    name: str
    label: Any
    places: list[Place]
    grid: PartGrid | None
    table: Table | None
    reason: str
    is_locked: bool


class Entry:
    """A customer as stored (`data` None) or as typed; `customer` None is a new one."""

    def __init__(
        self,
        user: Any,
        customer: Customer | None = None,
        data: Any = None,
        *,
        source: Customer | None = None,
        branch: bool = False,
    ) -> None:
        self.user, self.customer, self.data, self.source = user, customer, data, source
        self.references = References(user)
        self.leaping_code = ""  # sent along with the form again, it is right
        self.rule, self.home = coding.active_rule(KIND), home_currency()
        self.form = CustomerForm(
            user=user, customer=customer, references=self.references, rule=self.rule,
            home=self.home, data=data, source=source, branch=branch,
        )  # fmt: skip
        self.parts = {part.name: self._grid_of(part, data) for part in PARTS}

    @property
    def grids(self) -> list[PartGrid]:
        """The grids that the user may change."""
        return [grid for grid in self.parts.values() if not grid.locked]

    @property
    def is_locked(self) -> bool:
        """Say whether the user may change nothing of this record now."""
        return not self.grids and all(
            name in self.form.locked for name in self.form.start if name != REASON
        )

    @property
    def why_locked(self) -> str:
        """The sentence why nothing can be changed."""
        return self.form.locked["name"] if self.is_locked else ""

    @cached_property
    def subject(self) -> Customer:
        """The customer, or a blank one that shows how a new one begins."""
        return self.customer or Customer(created_by=self.user)

    @cached_property
    def can_submit(self) -> bool:
        """Say whether the user could submit a record in this state."""
        offers = Customer.workflow.offers(self.subject, self.user)
        return any(offer.name == "submit" and not offer.problem for offer in offers)

    @property
    def has_strangers(self) -> bool:
        """Say whether rows came that are not this customer's."""
        return any(grid.strangers for grid in self.parts.values())

    @property
    def key(self) -> str:
        """The key of the form that is on the screen, or was."""
        return str(self.form["key"].value() or "")

    @property
    def version(self) -> int:
        """The version that was on the screen; 0 when it did not arrive."""
        return self.form.cleaned_data.get("version") or 0

    def is_valid(self, *, submit: bool) -> bool:
        """Look at everything, with `submit` at what is missing too; errors stand in place."""
        self.form.is_valid()
        self._forgive_hidden()
        self._ask_for_leap()
        for grid in self.grids:
            grid.is_valid()
        self._renew_broken()
        empty = not self.form.has_content and not any(grid.kept for grid in self.grids)
        if self.customer is None and empty and not submit and not self.error_count:
            self.form.add_error(None, _("Fill in at least one field."))
        if submit:
            for problem in self.missing():
                self._add(problem.field, problem.row, problem.column, self._needed(problem))
        return not self.error_count

    @cached_property
    def leap(self) -> coding.Leap | None:
        """From where to where a newly typed code leaves the numbers before it, if it does."""
        code = self.form.values().get("code") or ""
        is_new = code and "code" in self.form.fields and code != self.form.start["code"]
        if not is_new or not self.rule:
            return None
        return coding.leap(KIND, code, self.form.values(), self.rule)

    @property
    def has_reason(self) -> bool:
        """Say whether a reason for an equal name is given or asked for."""
        if REASON not in self.form.fields:
            return False
        return bool(self.form[REASON].value() or self.form[REASON].errors)

    def missing(self) -> list[Problem]:
        """Give what stands between what is typed and the reviewer."""
        kind = self.form.kind
        values = rules.with_defaults(self.form.values(), kind=kind)
        rows = {name: self._known(grid) for name, grid in self.parts.items()}
        found = readiness.complete(values, kind=kind, rows=rows)
        return [problem for problem in found if not self._is_told(problem)]

    def _is_told(self, problem: Problem) -> bool:
        """Say whether the place of a problem has an error already: that one is the nearer."""
        grid = self._grid(problem.field)
        if grid is not None and problem.column:
            return grid.has_problem(problem.row, problem.column)
        return self.form.is_bound and problem.field in self.form.errors

    def place_of(self, problem: Problem) -> str:
        """Give the id of the control where a problem is mended, else of its section."""
        grid = self._grid(problem.field)
        if grid is not None:
            column = problem.column or (CALLED if grid.kept and problem.row is None else "")
            return grid.place_of(problem.row, column)
        if problem.field in self.form.fields:
            return str(self.form[problem.field].id_for_label)
        return problem.section

    def loosen(self) -> bool:
        """Let a draft keep what is wrong in form only and can be stored; False for no draft."""
        if self.customer is not None and self.customer.state not in OPEN_STATES:
            return False
        for part in (self.form, *self.grids):
            part.loosen()
        return True

    def _known(self, grid: PartGrid) -> list[dict[str, Any]]:
        return (self._grid_of(grid.part, None) if grid.locked else grid).known()

    def record(self) -> Record:
        """Give the valid entry as the service takes it, without what the user may not change."""
        cleaned = self.form.cleaned_data
        values = {
            name: cleaned[name]
            for name in self.form.start
            if name in self.form.fields and name not in ("tags", REASON)
        }
        return Record(
            values,
            rows={grid.part.name: grid.rows() for grid in self.grids},
            tags=cleaned["tags"] if "tags" in self.form.fields else None,
            same_name_reason=cleaned[REASON] if REASON in self.form.fields else None,
        )

    def add_problem(self, place: str, message: str) -> None:
        """Show a problem at a field, unless something else is wrong with it."""
        self._add(place, None, "", message)

    def refuse(self, refusal: Refused) -> None:
        """Show what a service refused at the places it names, the rest on top."""
        for place, message in refusal.fields.items():
            name, _dash, rest = place.partition("-")
            row, _dash, column = rest.partition("-")
            self._add(name, int(row) if row.isdigit() else None, column, message)
        for message in refusal.problems:
            if message not in refusal.fields.values() and not refusal.fields.keys() & NUMBERS:
                self.form.add_error(None, message)

    @property
    def error_count(self) -> int:
        """The number of places to mend."""
        return len(self.form.errors) + sum(grid.error_count for grid in self.grids)

    def blocks(self) -> list[Block]:
        """Give the sections of the form in order, each with its fields or its grid."""
        places = {part.name: part.places for part in self.form.parts()}
        grids = {grid.prefix: grid for grid in self.parts.values()}
        return [
            self._block(section, places.get(section.name, []), grids.get(section.name))
            for section in self.form.catalog.sections
            if section.name in places or section.name in grids
        ]

    def _block(self, section: Section, places: list[Place], grid: PartGrid | None) -> Block:
        reason = grid.locked if grid else _common_reason(places)
        is_locked = section.name in self.locked_sections
        if grid is None or not grid.locked:
            return Block(section.name, section.label, places, grid, None, reason, is_locked)
        return Block(section.name, section.label, places, None, grid.table(), reason, is_locked)

    @cached_property
    def locked_sections(self) -> frozenset[str]:
        """The sections in which the user can change nothing now."""
        sections = {grid.prefix: bool(grid.locked) for grid in self.parts.values()}
        own = frozenset(sections)
        for row in self.form.catalog:
            if row.form and row.section not in own:
                is_locked = row.name in self.form.locked
                sections[row.section] = sections.get(row.section, True) and is_locked
        return frozenset(name for name, is_locked in sections.items() if is_locked)

    def begin(self) -> None:
        """Put the cursor into the first field that can be changed, where others come before it."""
        first = next((name for name in self.form.start if name in self.form.fields), "")
        row = self.form.catalog.by_name.get(first)
        if row and self.locked_sections and row.section != self.form.catalog.sections[0].name:
            self.form.fields[first].widget.attrs["autofocus"] = True

    def errors_by_section(self) -> dict[str, int]:
        """Count the places to mend in every section."""
        counts: dict[str, int] = {grid.prefix: grid.error_count for grid in self.grids}
        for name in self.form.errors if self.form.is_bound else ():
            row = self.form.catalog.by_name.get("name" if name == REASON else name)
            if row:
                counts[row.section] = counts.get(row.section, 0) + 1
        return counts

    def raw(self) -> dict[str, list[str]]:
        """Give the stored customer as a browser would send it."""
        rows = [one for grid in self.parts.values() for one in grid.raw().items()]
        return {**self.form.raw(), **{name: [value] for name, value in rows}}

    def _add(self, place: str, row: int | None, column: str, message: str) -> None:
        grid = self._grid(place)
        if grid is not None:
            grid.add_problem(row, column, message)
        elif place in self.form.fields:
            if place not in self.form.errors:
                self.form.add_error(place, message)
        else:
            self.form.add_error(None, message)

    def _grid_of(self, part: Part, data: Any) -> PartGrid:
        is_example = self.source is not None and is_copied(part)
        return PartGrid(
            part, user=self.user, customer=self.customer, home=self.home, data=data,
            references=self.references,
            examples=getattr(self.source, part.name).all() if is_example else (),
        )  # fmt: skip

    def _renew_broken(self) -> None:
        """Show the stored rows where it is not known which were sent: none must look removed."""
        for name, grid in self.parts.items():
            if grid.is_broken:
                self.parts[name] = _with_error(self._grid_of(grid.part, None), grid)

    def _grid(self, place: str) -> PartGrid | None:
        grid = self.parts.get(place)
        return None if grid is None or grid.locked else grid

    def _needed(self, problem: Problem) -> str:
        if problem.field in self.form.fields and is_blank(self.form.values().get(problem.field)):
            return _("Required to submit.")
        return problem.plain or problem.message

    def _ask_for_leap(self) -> None:
        """Ask once whether a code that leaps is right: the counter and later codes follow it."""
        leap, code = self.leap, self.form.cleaned_data.get("code", "")
        if leap is None or self.data.get(CODE_IS_RIGHT) == code:
            return
        self.leaping_code = code
        sentence = _(
            "This code leaps from %(before)d to %(number)d, and later codes would follow it. If it"
            " is right, save once more."
        )
        self.form.add_error("code", sentence % leap._asdict())

    def _forgive_hidden(self) -> None:
        """A lost or spoilt key or version is no field people can mend; a fresh key is given."""
        lost = [name for name in ("key", "version") if name in self.form.errors]
        for name in lost:
            del self.form.errors[name]
        if "key" in lost:
            self.data = self.form.data = self.data.copy()
            self.form.data["key"] = new_key()
            sentence = _("The form did not arrive complete; check it and send it again.")
            self.form.add_error(None, sentence)


def _common_reason(places: list[Place]) -> str:
    """Give the sentence that several fields of a section would repeat, and stands on top of it."""
    reasons = Counter(place.fixed.reason for place in places if place.fixed)
    reason, count = reasons.most_common(1)[0] if reasons else ("", 0)
    return reason if count > 1 or count == len(places) else ""


def _with_error(fresh: PartGrid, broken: PartGrid) -> PartGrid:
    for message in broken.non_form_errors():
        fresh.add_problem(None, "", message)
    return fresh
