"""What the form tells while it is filled in: expected code, what is wrong, what is missing.

It only reads, and takes whatever was typed; the same answers stand on the page without script.
What an app finds out beside that, it gives as `Own`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.aggregate import is_blank
from core.records import coding
from core.records.entry import Entry
from core.records.form import Slot
from core.records.record import Problem
from core.workflow import State

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Match:
    """Another record with an equal value, as far as the user may know it: masked, or to open."""

    pk: int
    code: str
    name: str
    state: State
    is_visible: bool
    labels: list[str]
    is_blocking: bool


@dataclass(frozen=True)
class Wrong:
    """A control in which something stands that is not right."""

    id: str
    label: str
    text: str
    section: str


@dataclass(frozen=True)
class Gap:
    """Something that is missing or wrong, and where to mend it; `then` is a second place."""

    label: str
    href: str
    section: str
    then: str = ""


@dataclass(frozen=True)
class Mark:
    """How far a section is: the number of wrong fields, or that it is complete."""

    section: str
    errors: int
    is_done: bool


@dataclass(frozen=True)
class Own:
    """What an app finds out about what is typed.

    Sentences under fields, records to compare (and what was compared), the blocks of its own
    templates that are to be seen, and by field why the record cannot be submitted.
    """

    slots: Sequence[Slot] = ()
    matches: Sequence[Match] = ()
    compared: Any = ""
    blocks: Mapping[str, bool] = field(default_factory=dict)
    barriers: Sequence[tuple[str, str]] = ()

    @property
    def shown(self) -> list[str]:
        """The blocks that are to be seen."""
        return [name for name, is_shown in self.blocks.items() if is_shown]


@dataclass(frozen=True)
class Hints:
    """Everything the server has to say about what is typed."""

    own: Own
    expected_code: str
    slots: list[Slot]
    wrong: list[Wrong]
    gaps: list[Gap]
    marks: list[Mark]
    done: int
    needed: int
    can_redraw: bool


def of(entry: Entry) -> Hints:
    """Give the hints for an entry; invalid fields count as not filled in."""
    if entry.form.is_bound:
        entry.form.is_valid()
    values = entry.form.values()
    own, missing = own_of(entry), entry.missing()
    expected, slots, can_redraw = _of_code(entry, values) if entry.kind.code else ("", [], False)
    wrong = _wrong(entry, missing, values)
    gaps = _gaps(entry, wrong, missing, own, values)
    done, needed = _progress(entry, missing, values)
    return Hints(
        own=own,
        expected_code=expected,
        slots=[*slots, *own.slots],
        wrong=wrong,
        gaps=gaps,
        marks=_marks(entry, missing, gaps, values),
        done=done,
        needed=needed,
        can_redraw=can_redraw,
    )


def own_of(entry: Entry) -> Own:
    """Give what the app finds out about what is typed."""
    return entry.register.hints(entry) if entry.register.hints else Own()


def labels_of(entry: Entry, problems: Iterable[Problem]) -> list[str]:
    """Give the labels of the places of some problems, each once."""
    return list(dict.fromkeys(_label_of(entry, one) for one in problems))


def add_barriers(entry: Entry) -> None:
    """Show what else stops a submission at its field, when something stops it already."""
    for name, sentence in own_of(entry).barriers:
        entry.add_problem(name, sentence)


def _of_code(entry: Entry, values: Values) -> tuple[str, list[Slot], bool]:
    """Give the code to be expected, what stands under the field, whether it may be drawn anew."""
    form, leap, expected = entry.form, "", ""
    if not values.get("code"):
        expected = coding.expected(entry.kind, values, form.rule)
    if entry.leap is not None and not (form.is_bound and "code" in form.errors):
        sentence = _("This code leaps from %(before)d to %(number)d, and later codes follow it.")
        leap = sentence % entry.leap._asdict()
    note, can_redraw = _code_note(entry, values)
    told = _("Expected code: %(code)s") % {"code": expected} if expected else ""
    slots = [
        Slot("code", "code", told),
        Slot("code", "code-note", note, "t-warn"),
        Slot("code", "code-leap", leap, "t-warn"),
    ]
    return expected, slots, can_redraw


def _code_note(entry: Entry, values: Values) -> tuple[str, bool]:
    """Say when a record moved away from its code, and whether that may be drawn anew."""
    record, kind, rule = entry.record, entry.kind, entry.form.rule
    if record is None or not record.code or values.get("code") != record.code:
        return "", False
    if rule is None or coding.fits(kind, record.code, values, rule):
        return "", False
    stored_fits = coding.fits(kind, record.code, entry.form.start, rule)
    labels = {"fields": coding.sources(kind)}
    if not coding.is_settled(kind, record):
        if stored_fits:
            return _("The code does not fit %(fields)s; save, then draw a new one.") % labels, False
        return _("The code does not fit %(fields)s.") % labels, True
    if stored_fits or coding.has_strayed(kind, record.code, values, rule):
        return _("The code does not fit %(fields)s; it stays as it was given.") % labels, False
    return "", False


def _wrong(entry: Entry, missing: list[Problem], values: Values) -> list[Wrong]:
    """Give every control whose value is not right, with the sentence a save would give."""
    form, by_name = entry.form, entry.kind.catalog.by_name
    found = [
        Wrong(form[name].id_for_label, str(form[name].label), _text(errors), by_name[name].section)
        for name, errors in form.errors.items()
        if name in by_name
    ]
    for grid in entry.grids if form.is_bound else ():
        found += [
            Wrong(
                row[name].id_for_label,
                "",
                _("Row %(row)s, %(label)s: %(text)s")
                % {"row": number, "label": row[name].label, "text": _text(errors)},
                grid.part.section,
            )
            for number, row in enumerate(grid.forms, start=1)
            for name, errors in row.errors.items()
            if name in row.fields
        ]
    return found + [
        Wrong(
            entry.place_of(one),
            "" if one.column else _label_of(entry, one),
            one.message,
            one.section,
        )
        for one in missing
        if one.is_wrong(values)
    ]


def _text(errors: Any) -> str:
    return " ".join(map(str, errors))


def _label_of(entry: Entry, problem: Problem) -> str:
    catalog, name = entry.kind.catalog, problem.field
    if problem.column:
        part = next(part for part in entry.kind.parts if part.name == problem.field)
        catalog, name = part.catalog, problem.column
    return capfirst(str(catalog.label(name))) if name in catalog.by_name else ""


def _gaps(
    entry: Entry, wrong: list[Wrong], missing: list[Problem], own: Own, values: Values
) -> list[Gap]:
    """Give what stands between the form and the reviewer, in the order of the sections."""
    found = [Gap(_told(one.label, one.text), f"#{one.id}", one.section) for one in wrong]
    places = {gap.href for gap in found}
    for problem in missing:
        href = f"#{entry.place_of(problem)}"
        if href in places and problem.is_wrong(values):
            continue
        words = "" if problem.column else _label_of(entry, problem)
        found.append(Gap(words or problem.message, href, problem.section, _then(entry, problem)))
    catalog = entry.kind.catalog
    for name, sentence in own.barriers:
        label = capfirst(str(catalog.label(name))) if name in catalog.by_name else ""
        found.append(Gap(_told(label, sentence), f"#id_{name}", entry.section_of(name)))
    order = {section.name: place for place, section in enumerate(catalog.sections)}
    return sorted(found, key=lambda gap: order[gap.section])


def _then(entry: Entry, problem: Problem) -> str:
    """Give the cell of what one row must have at least, where the first place alone does not do."""
    grid = entry.parts.get(problem.field)
    if grid is None or grid.locked or not grid.part.wanted:
        return ""
    return f"#{grid.place_of(None, grid.part.wanted)}"


def _told(label: str, text: str) -> str:
    return _("%(label)s: %(text)s") % {"label": label, "text": text} if label else text


def _marks(entry: Entry, missing: list[Problem], gaps: list[Gap], values: Values) -> list[Mark]:
    """Say of every section whether it is complete; of an empty new form nothing is said."""
    filled = {grid.part.section for grid in entry.parts.values() if grid.kept}
    is_begun = (
        entry.record is not None or bool(filled) or (entry.form.is_bound and entry.form.has_content)
    )
    filled |= {row.section for row in entry.kind.catalog.in_form if values.get(row.name)}
    open_sections = {gap.section for gap in gaps}
    counts = entry.errors_by_section()
    counts.update(one.section for one in missing if one.is_wrong(values))
    return [
        Mark(one.name, counts[one.name], is_begun and one.name in filled - open_sections)
        for one in entry.kind.catalog.sections
    ]


def _progress(entry: Entry, missing: list[Problem], values: Values) -> tuple[int, int]:
    """Count what is there of the fields with a ★ and of what parts must have at least."""
    rules, errors = entry.kind.rules, entry.form.errors
    complete = rules.fill(values)
    asked = [
        row.name for row in entry.kind.catalog if row.required and rules.is_needed(row, values)
    ]
    filled = sum(not is_blank(complete.get(name)) and name not in errors for name in asked)
    wanting = [part.name for part in entry.kind.parts if part.wanted]
    lacking = {one.field for one in missing if one.row is None}
    return filled + len(set(wanting) - lacking), len(asked) + len(wanting)
