"""What the form tells while it is filled in: expected code, equal numbers and names, gaps.

It only reads, and takes whatever was typed; the same answers stand on the page without script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.records import coding
from core.records.record import Problem, is_blank
from core.workflow import State
from customers.catalog import CUSTOMER
from customers.forms.customer import REASON, Slot
from customers.forms.entry import CALLED, Entry
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.lifecycle import DRAFT
from customers.parts import BY_NAME, CONTACTS
from customers.queries import duplicate
from customers.rules import identity
from customers.rules import record as rules
from customers.services.kinds import CUSTOMER as KIND


@dataclass(frozen=True)
class Match:
    """Another customer with an equal number or name, as far as the user may know it."""

    hit: duplicate.Hit
    state: State
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
class Hints:
    """Everything the server has to say about what is typed."""

    expected_code: str
    slots: list[Slot]
    matches: list[Match]
    wrong: list[Wrong]
    gaps: list[Gap]
    marks: list[Mark]
    done: int
    needed: int
    has_same_name: bool
    can_redraw: bool


def of(entry: Entry) -> Hints:
    """Give the hints for an entry; invalid fields count as not filled in."""
    if entry.form.is_bound:
        entry.form.is_valid()
    values = entry.form.values()
    hits = _hits(entry, values)
    expected = "" if values.get("code") else _expected(entry, values)
    leap = "" if entry.form.is_bound and "code" in entry.form.errors else _leap(entry)
    note, can_redraw = _code_note(entry, values)
    missing = entry.missing()
    wrong = _wrong(entry, missing, values)
    gaps = _gaps(entry, wrong, missing, hits, values)
    done, needed = _progress(entry, values)
    slots = [
        Slot("short_name", "pinyin", _pinyin(values)),
        Slot("code", "code", _("Expected code: %(code)s") % {"code": expected} if expected else ""),
        Slot("code", "code-note", note, "t-warn"),
        Slot("code", "code-leap", leap, "t-warn"),
        *(slot for field in (*duplicate.UNIQUE_NUMBERS, "name") for slot in _taken(field, hits)),
    ]
    return Hints(
        expected_code=expected,
        slots=slots,
        matches=_matches(hits),
        wrong=wrong,
        gaps=gaps,
        marks=_marks(entry, missing, gaps, values),
        done=done,
        needed=needed,
        has_same_name=any(hit.field == "name" for hit in hits),
        can_redraw=can_redraw,
    )


def kept_wrong(entry: Entry) -> list[str]:
    """Let a draft keep what is not right but can be stored; give the labels of all of it."""
    if not entry.loosen():
        return []
    values = entry.form.values()
    wrong = [one for one in entry.missing() if _is_wrong(one, values)]
    return list(dict.fromkeys(_label_of(one) for one in wrong))


def add_taken(entry: Entry) -> None:
    """Show every taken number at its field too, when something else already stops a submission."""
    for hit in _hits(entry, entry.form.values()):
        if hit.reserved and hit.field != "name":
            entry.add_problem(hit.field, _("Already used by %(who)s.") % {"who": hit})
        elif hit.field == "name" and not entry.form.values().get(REASON):
            entry.add_problem(
                REASON, _("Say why this is another company than %(who)s.") % {"who": hit}
            )


def _hits(entry: Entry, values: Mapping[str, Any]) -> list[duplicate.Hit]:
    own = entry.customer.pk if entry.customer else None
    key = identity.normalised_name(values.get("name") or "")
    found = (
        *duplicate.same_numbers(values, exclude_pk=own, user=entry.user),
        *duplicate.same_names(key, exclude_pk=own, user=entry.user),
    )
    return [hit for hit in found if hit.field in entry.form.fields]  # others are settled


def _taken(field: str, hits: list[duplicate.Hit]) -> list[Slot]:
    """Tell who has the value: in red who keeps it from others, in amber who does not (yet)."""
    hit = next((hit for hit in hits if hit.field == field), None)
    if field == "name":
        same = _("Same name as %(who)s.") % {"who": hit} if hit else ""
        return [Slot(field, "taken-name", same, "t-warn")]
    holds = hit is not None and hit.reserved
    held = _("Already used by %(who)s.") % {"who": hit} if holds else ""
    shared = _("%(who)s, not submitted yet, has it too.") % {"who": hit} if hit else ""
    return [
        Slot(field, f"taken-{field}", held, "t-danger"),
        Slot(field, f"shared-{field}", "" if holds else shared, "t-warn"),
    ]


def _matches(hits: list[duplicate.Hit]) -> list[Match]:
    by_pk: dict[int, list[duplicate.Hit]] = {}
    for hit in hits:
        by_pk.setdefault(hit.pk, []).append(hit)
    return [
        Match(
            found[0],
            WORKFLOW.state(found[0].state),
            [_("Same %(label)s") % {"label": CUSTOMER.label(hit.field)} for hit in found],
            any(hit.reserved and hit.field != "name" for hit in found),
        )
        for found in by_pk.values()
    ]


def _pinyin(values: Mapping[str, Any]) -> str:
    name = values.get("short_name") or values.get("name") or ""
    letters = "" if name.isascii() else identity.initials(name, limit=20)
    return _("Pinyin initials: %(letters)s") % {"letters": letters} if letters else ""


def _expected(entry: Entry, values: Mapping[str, Any]) -> str:
    try:
        return coding.expected(KIND, values, entry.rule)
    except ValidationError:  # longer than a code may be: the save will say so
        return ""


def _leap(entry: Entry) -> str:
    """Say that a typed code leaves the numbers before it."""
    if entry.leap is None:
        return ""
    sentence = _("This code leaps from %(before)d to %(number)d, and later codes follow it.")
    return sentence % entry.leap._asdict()


def _code_note(entry: Entry, values: Mapping[str, Any]) -> tuple[str, bool]:
    """Say when region, type or category moved away from the code, and whether it may be redrawn."""
    customer = entry.customer
    if customer is None or not customer.code or values.get("code") != customer.code:
        return "", False
    if _fits(entry, values):
        return "", False
    is_fresh = customer.state == DRAFT and customer.submitted_at is None
    stored_fits = _fits(entry, entry.form.start)
    if is_fresh and stored_fits:
        return _("Region, type or category changed; save, then draw a new code."), False
    if is_fresh:
        return _("The code does not fit region, type and category."), True
    if stored_fits or coding.has_strayed(KIND, customer.code, values, entry.rule):
        return _("Region, type or category changed; the code stays as it was given."), False
    return "", False


def _fits(entry: Entry, values: Mapping[str, Any]) -> bool:
    assert entry.customer is not None
    if entry.rule is None:
        return True
    return coding.fits(KIND, entry.customer.code, values, entry.rule)


def _wrong(entry: Entry, missing: list[Problem], values: Mapping[str, Any]) -> list[Wrong]:
    """Give every control whose value is not right, with the sentence a save would give."""
    found = [
        Wrong(bound.id_for_label, str(bound.label), " ".join(map(str, errors)), row.section)
        for name, errors in (entry.form.errors.items() if entry.form.is_bound else ())
        if (row := CUSTOMER.by_name.get(name)) and (bound := entry.form[name])
    ]
    for grid in entry.grids if entry.form.is_bound else ():
        found += [
            Wrong(
                form[name].id_for_label,
                "",
                _in_row(number, form[name].label, " ".join(map(str, errors))),
                grid.prefix,
            )
            for number, form in enumerate(grid.forms, start=1)
            for name, errors in form.errors.items()
            if name in form.fields
        ]
    return found + [
        Wrong(entry.place_of(one), "" if one.column else _label_of(one), one.message, one.section)
        for one in missing
        if _is_wrong(one, values)
    ]


def _in_row(number: int, label: Any, text: str) -> str:
    return _("Row %(row)s, %(label)s: %(text)s") % {"row": number, "label": label, "text": text}


def _label_of(problem: Problem) -> str:
    catalog, name = CUSTOMER, problem.field
    if problem.column:
        catalog, name = BY_NAME[problem.field].catalog, problem.column
    return capfirst(str(catalog.label(name))) if name in catalog.by_name else ""


def _gaps(
    entry: Entry, wrong: list[Wrong], missing: list[Problem], hits: list[duplicate.Hit],
    values: Mapping[str, Any],
) -> list[Gap]:  # fmt: skip
    """Give what stands between the form and the reviewer, in the order of the sections."""
    found = [Gap(_told(one.label, one.text), f"#{one.id}", one.section) for one in wrong]
    places = {gap.href for gap in found}
    for problem in missing:
        href = f"#{entry.place_of(problem)}"
        if href in places and _is_wrong(problem, values):
            continue
        words = _label_of(problem) if not problem.column else problem.message
        words = words or problem.message
        then = _first_call(entry) if problem.field == CONTACTS.name else ""
        found.append(Gap(words, href, problem.section, then))
    found += _taken_gaps(entry, hits, values)
    order = {section.name: place for place, section in enumerate(CUSTOMER.sections)}
    return sorted(found, key=lambda gap: order[gap.section])


def _first_call(entry: Entry) -> str:
    """Give the cell of the first number to call, where the name alone does not do."""
    grid = entry.parts[CONTACTS.name]
    return "" if grid.locked else f"#{grid.place_of(None, CALLED)}"


def _taken_gaps(entry: Entry, hits: list[duplicate.Hit], values: Mapping[str, Any]) -> list[Gap]:
    """Numbers that others hold, and an equal name without a reason, stop a submission too."""
    found = [
        Gap(
            _told(
                capfirst(str(CUSTOMER.label(hit.field))),
                _("Already used by %(who)s.") % {"who": hit},
            ),
            f"#id_{hit.field}",
            CUSTOMER.by_name[hit.field].section,
        )
        for hit in hits
        if hit.reserved and hit.field != "name"
    ]
    named = [hit for hit in hits if hit.field == "name"]
    if named and not values.get(REASON):
        words = _("Say why this is another company than %(who)s.") % {"who": named[0]}
        found.append(Gap(words, f"#id_{REASON}", CUSTOMER.by_name["name"].section))
    return found


def _told(label: str, text: str) -> str:
    return _("%(label)s: %(text)s") % {"label": label, "text": text} if label else text


def _marks(
    entry: Entry, missing: list[Problem], gaps: list[Gap], values: Mapping[str, Any]
) -> list[Mark]:
    """Say of every section whether it is complete; of an empty new form nothing is said."""
    filled = {grid.prefix for grid in entry.parts.values() if grid.kept}
    is_begun = (
        entry.customer is not None
        or bool(filled)
        or (entry.form.is_bound and entry.form.has_content)
    )
    filled |= {
        row.section
        for row in CUSTOMER
        if row.form and values.get(row.name) and not is_blank(values.get(row.name))
    }
    open_sections = {gap.section for gap in gaps}
    counts = Counter(entry.errors_by_section())
    counts.update(one.section for one in missing if _is_wrong(one, values))
    return [
        Mark(one.name, counts[one.name], is_begun and one.name in filled - open_sections)
        for one in CUSTOMER.sections
    ]


def _is_wrong(problem: Problem, values: Mapping[str, Any]) -> bool:
    """Say whether something stands at the place of a problem, so that it is not just missing."""
    return bool(problem.column) or not is_blank(values.get(problem.field))


def _progress(entry: Entry, values: Mapping[str, Any]) -> tuple[int, int]:
    kind = entry.form.kind
    complete = rules.with_defaults(values, kind=kind)
    asked = [
        row.name
        for row in CUSTOMER
        if row.required and rules.is_needed(row.required, values, kind=kind)
    ]
    errors = entry.form.errors if entry.form.is_bound else {}
    filled = sum(not is_blank(complete.get(name)) and name not in errors for name in asked)
    contacts = entry.parts[CONTACTS.name].known()
    callable_ = any(row.get("mobile") or row.get("phone") for row in contacts)
    return filled + callable_, len(asked) + 1
