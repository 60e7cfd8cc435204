"""One record of any kind while it is entered: its head and its parts as one form.

It says what is typed, what is wrong and what is missing; it saves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from core.aggregate import is_blank
from core.catalog import Section
from core.forms.catalog import Place, came_back, loosen
from core.forms.keyed import new_key
from core.records import coding
from core.records.form import PartGrid, RecordForm, rows_stand
from core.records.kind import Kind
from core.records.part import Part
from core.records.record import Asked, Problem, Record, Rows
from core.records.register import Register
from core.records.remarks import ANSWER
from core.records.sections import Table
from core.saving import Refused

CODE_IS_RIGHT = "code_is_right"


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
    """A record as stored (`data` None) or as typed; `record` None is a new one.

    A new one may begin as another does (`source`), or as its address asks (`asked`). An entry
    `of_changes` of a stored one looks at those fields and parts only that came back otherwise than
    their page shows them; it is no page.
    """

    def __init__(
        self,
        register: Register,
        user: Any,
        record: Any = None,
        data: Any = None,
        *,
        source: Any = None,
        asked: Mapping[str, str] = MappingProxyType({}),
        of_changes: bool = False,
    ) -> None:
        self.register, self.kind, self.user = register, register.kind, user
        self.record, self.data, self.source = record, data, source
        self.of_changes = of_changes
        self.leaping_code = ""  # sent along with the form again, it is right
        made = register.form or RecordForm
        self.form: RecordForm = made(
            self.kind, user, record, data, source=source, asked=asked, of_changes=of_changes
        )
        self.parts = {
            one.name: PartGrid(one, self.form, data)
            for one in self.kind.parts
            if self.form.has_part(one) and not (of_changes and rows_stand(one, self.form))
        }

    @property
    def grids(self) -> list[PartGrid]:
        """The grids that the user may change."""
        return [grid for grid in self.parts.values() if not grid.locked]

    @property
    def mends(self) -> tuple[Kind, Any]:
        """What the form mends when that came back, with its kind: a request, else the record."""
        own, change = self.kind.changes, self.form.change
        return (own, change) if own and change else (self.kind, self.record)

    @property
    def why_locked(self) -> str:
        """The sentence why the user may change nothing of this record now, else ""."""
        form = self.form
        if self.grids or form.fields.keys() & form.catalog.by_name.keys():
            return ""
        return next((one for one in (form.locked.get(form.head), *form.locked.values()) if one), "")

    @cached_property
    def stranded(self) -> bool:
        """Say whether something was typed where an open request stands now, made meanwhile."""
        held = self.form.held.keys() & self.form.locked.keys()
        return any(name in self.data and not self.came_back(name) for name in held)

    def came_back(self, name: str) -> bool:
        """Say whether a field came as a page shows what is stored."""
        field, texts = self.form.catalog.field(name), self.data.getlist(name)
        return came_back(field, self.form.start[name], texts, self.user)

    @cached_property
    def subject(self) -> Any:
        """The record, or a blank one that shows how a new one begins."""
        return self.record or self.kind.model(created_by=self.user)

    @cached_property
    def can_submit(self) -> bool:
        """Say whether the user could submit a record in this state."""
        offers = self.kind.life.offers(self.subject, self.user)
        return any(one.name == self.kind.rules.submit and not one.problem for one in offers)

    @property
    def version(self) -> int:
        """The version that was on the screen; 0 when it did not arrive."""
        return self.form.cleaned_data.get("version") or 0

    def is_valid(self, *, submit: bool) -> bool:
        """Look at everything, with `submit` at what is missing too; errors stand in place."""
        if self.form.errors:
            self._forgive_hidden()
        if "code" in self.form.fields:
            self._ask_for_leap()
        for grid in self.grids:
            grid.is_valid()
        if any(grid.is_broken for grid in self.parts.values()):
            self._renew_broken()
        is_new = self.record is None and not submit and not self.error_count
        if is_new and not self.form.has_content and not any(grid.kept for grid in self.grids):
            self.form.add_error(None, _("Fill in at least one field."))
        for problem in self.missing() if submit or not self.kind.rules.submit else ():
            self.add_problem(problem.field, self._needed(problem), problem.row, problem.column)
        return not self.error_count

    @cached_property
    def leap(self) -> coding.Leap | None:
        """From where to where a newly typed code leaves the numbers before it, if it does."""
        code = self.form.values().get("code") or ""
        is_new = code and "code" in self.form.fields and code != self.form.start["code"]
        if not is_new or not self.form.rule:
            return None
        return coding.leap(self.kind, code, self.form.values(), self.form.rule)

    def missing(self) -> list[Problem]:
        """Give what stands between what is typed and the reviewer, but what an error tells."""
        return self._asked(self.kind.missing)

    def _asked(self, ask: Asked) -> list[Problem]:
        """Give what a rule says of what is typed, but what an error tells."""
        rows = {part.name: self._known(part) for part in self.kind.parts}
        found = ask(self.kind.rules.fill(self.form.values()), rows)
        return [problem for problem in found if not self._is_told(problem)]

    def _known(self, part: Part) -> Rows:
        """Give what is known of the rows of a part: what is typed, else what is stored."""
        grid = self._grid(part.name)
        if grid is not None:
            return grid.known()
        rows = getattr(self.record, part.name).all() if self.record else ()
        return list(map(part.catalog.typed_of, rows))

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
            wanted = grid.part.wanted if grid.kept and problem.row is None else ""
            return grid.place_of(problem.row, problem.column or wanted)
        if problem.field in self.form.fields:
            return str(self.form[problem.field].id_for_label)
        return problem.section

    def loosen(self) -> list[Problem]:
        """Let a record that is still entered keep what is not right but can be stored; give it."""
        if not self.kind.life.state(self.subject.state).is_open:
            return []
        if self.error_count:
            loosen(self.form, self.form.catalog, exact=self.form.exact)
            for grid in self.grids:
                grid.loosen()
        return self._asked(self.kind.rules.wrong)

    def typed(self) -> Record:
        """Give the valid entry as saving takes it, without what the user may not change."""
        names, marks = self.form.start.keys() & self.form.fields.keys(), self.kind.aggregate.m2m
        given = {name: self.form.cleaned_data[name] for name in self.form.start if name in names}
        return Record(
            {name: value for name, value in given.items() if name not in marks},
            {grid.part.name: grid.rows() for grid in self.grids},
            {name: given[name] for name in marks if name in names},
            self.answers,
        )

    @property
    def answers(self) -> dict[str, str]:
        """The answers that came, by the keys of the remarks."""
        names = (name for name in self.data if name.startswith(ANSWER))
        return {name.removeprefix(ANSWER): self.data[name] for name in names}

    def refuse(self, refusal: Refused) -> None:
        """Show what a service refused at the places it names, the rest on top."""
        for place, message in refusal.fields.items():
            name, _dash, rest = place.partition("-")
            row, _dash, column = rest.partition("-")
            self.add_problem(name, message, int(row) if row.isdigit() else None, column)
        for message in refusal.problems:
            if (
                message not in refusal.fields.values()
                and not refusal.fields.keys() & self.form.alone
            ):
                self.form.add_error(None, message)

    def add_problem(
        self, place: str, message: str, row: int | None = None, column: str = ""
    ) -> None:
        """Show a problem at a field or cell, unless something else is wrong with it."""
        grid = self._grid(place)
        if grid is not None:
            grid.add_problem(row, column, message)
        elif place not in self.form.fields:
            self.form.add_error(None, message)
        elif place not in self.form.errors:
            self.form.add_error(place, message)

    @property
    def error_count(self) -> int:
        """The number of places to mend."""
        return len(self.form.errors) + sum(grid.error_count for grid in self.grids)

    def blocks(self) -> list[Block]:
        """Give the sections of the form in order, each with its fields or its grid."""
        places = {part.name: part.places for part in self.form.parts()}
        grids = {grid.part.section: grid for grid in self.parts.values()}
        return [
            self._block(section, places.get(section.name, []), grids.get(section.name))
            for section in self.form.catalog.sections
            if section.name in places or section.name in grids
        ]

    def _block(self, section: Section, places: list[Place], grid: PartGrid | None) -> Block:
        reason = grid.locked if grid else _common_reason(places)
        table, typed = (grid.table(), None) if grid and grid.locked else (None, grid)
        is_locked = section.name in self.locked_sections
        return Block(section.name, section.label, places, typed, table, reason, is_locked)

    @cached_property
    def locked_sections(self) -> frozenset[str]:
        """The sections in which the user can change nothing now."""
        sections = {grid.part.section: bool(grid.locked) for grid in self.parts.values()}
        own = frozenset(sections)
        for row in filter(self.form.has, self.form.catalog):
            if row.section not in own:
                is_locked = row.name in self.form.locked
                sections[row.section] = sections.get(row.section, True) and is_locked
        return frozenset(name for name, is_locked in sections.items() if is_locked)

    def begin(self) -> None:
        """Put the cursor where entering begins, where the browser would not put it by itself."""
        form = self.form
        if self.record is None and form.head in form.fields:
            first = form.head
        else:
            first = next((name for name in form.start if name in form.fields), "")
            is_at_top = self.section_of(first) == form.catalog.sections[0].name
            first = "" if is_at_top or not self.locked_sections else first
        if first:
            form.fields[first].widget.attrs["autofocus"] = True

    def pin(self, told: Iterable[Any]) -> None:
        """Put remarks at their fields and rows, as far as the form has those."""
        for one in told:
            name, _dash, row = one.place.partition("-")
            grid = self._grid(name)
            if name in self.form.fields:
                field: Any = self.form.fields[name]
                field.ui["remark"] = one
            elif name in self.form.locked:
                self.form.remarks[name] = one
            elif grid is not None and row in ("", *grid.keys.values()):
                grid.remarks[row] = one
            else:
                continue
            one.is_placed = True

    def errors_by_section(self) -> Counter[str]:
        """Count the places to mend in every section."""
        counts = Counter({grid.part.section: grid.error_count for grid in self.grids})
        counts.update(filter(None, map(self.section_of, self.form.errors)))
        return counts

    def section_of(self, name: str) -> str:
        """Give the section in which a field stands, or goes with one that does; "" for none."""
        row = self.form.catalog.by_name.get(self.kind.rules.beside.get(name, name))
        return row.section if row else ""

    def raw(self) -> dict[str, list[str]]:
        """Give the stored record as a browser would send it."""
        rows = [one for grid in self.parts.values() for one in grid.raw().items()]
        return {**self.form.raw(), **{name: [value] for name, value in rows}}

    def _renew_broken(self) -> None:
        """Show the stored rows where it is not known which were sent: none must look removed."""
        for name, grid in self.parts.items():
            if grid.is_broken:
                self.parts[name] = fresh = PartGrid(grid.part, self.form)
                for message in grid.non_form_errors():
                    fresh.add_problem(None, "", str(message))

    def _grid(self, place: str) -> PartGrid | None:
        grid = self.parts.get(place)
        return None if grid is None or grid.locked else grid

    def _needed(self, problem: Problem) -> str:
        is_missing = is_blank(self.form.values().get(problem.field))
        if self.kind.rules.submit and is_missing and problem.field in self.form.fields:
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
            data = self.data.copy()
            data["key"] = new_key()
            self.data = self.form.data = data
            sentence = _("The form did not arrive complete; check it and send it again.")
            self.form.add_error(None, sentence)


def _common_reason(places: list[Place]) -> str:
    """Give the sentence that several fields of a section would repeat, and stands on top of it."""
    reasons = Counter(place.fixed.reason for place in places if place.fixed)
    reason, count = reasons.most_common(1)[0] if reasons else ("", 0)
    return reason if count > 1 or count == len(places) else ""
