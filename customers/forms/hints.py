"""What the form tells while it is filled in: expected code, equal numbers and names, gaps.

It only reads, and takes whatever was typed; the same answers stand on the page without script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.workflow import State
from customers.catalog import CUSTOMER
from customers.forms.customer import REASON, Slot
from customers.forms.entry import CHILDREN, Entry
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.lifecycle import DRAFT
from customers.queries import duplicate
from customers.rules import code as code_rules
from customers.rules import identity
from customers.rules import record as rules
from customers.services import coding


@dataclass(frozen=True)
class Match:
    """Another customer with an equal number or name, as far as the user may know it."""

    hit: duplicate.Hit
    state: State
    labels: list[str]
    is_blocking: bool


@dataclass(frozen=True)
class Gap:
    """Something that is missing, and where to give it."""

    label: str
    href: str
    section: str


@dataclass(frozen=True)
class Hints:
    """Everything the server has to say about what is typed."""

    expected_code: str
    slots: list[Slot]
    matches: list[Match]
    gaps: list[Gap]
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
    expected = "" if values.get("code") else _expected(values)
    note, can_redraw = _code_note(entry, values)
    gaps = [_gap(entry, problem) for problem in entry.missing()]
    done, needed = _progress(entry, values)
    slots = [
        Slot("short_name", "pinyin", _pinyin(values)),
        Slot("code", "code", _("Expected code: %(code)s") % {"code": expected} if expected else ""),
        Slot("code", "code-note", note, "t-warn"),
        *(_taken(field, hits) for field in (*duplicate.UNIQUE_NUMBERS, "name")),
    ]
    return Hints(
        expected_code=expected,
        slots=slots,
        matches=_matches(hits),
        gaps=gaps,
        done=done,
        needed=needed,
        has_same_name=any(hit.field == "name" for hit in hits),
        can_redraw=can_redraw,
    )


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
    return [
        *duplicate.same_numbers(values, exclude_pk=own, user=entry.user),
        *duplicate.same_names(key, exclude_pk=own, user=entry.user),
    ]


def _taken(field: str, hits: list[duplicate.Hit]) -> Slot:
    hit = next((hit for hit in hits if hit.field == field), None)
    sentence = ""
    if hit and field == "name":
        sentence = _("Same name as %(who)s.") % {"who": hit}
    elif hit:
        sentence = _("Already used by %(who)s.") % {"who": hit}
    return Slot(field, f"taken-{field}", sentence, "t-danger" if field != "name" else "t-warn")


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
    letters = identity.initials(values.get("short_name") or values.get("name") or "", limit=20)
    return _("Pinyin initials: %(letters)s") % {"letters": letters} if letters else ""


def _expected(values: Mapping[str, Any]) -> str:
    try:
        return coding.expected(values)
    except ValidationError:  # longer than a code may be: the save will say so
        return ""


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
    if stored_fits:
        return _("Region, type or category changed; the code stays as it was given."), False
    return "", False


def _fits(entry: Entry, values: Mapping[str, Any]) -> bool:
    assert entry.customer is not None
    if entry.rule is None:
        return True
    segments, parts = coding.segments_of(entry.rule), coding.parts_of(values)
    try:
        return code_rules.parse(segments, parts, entry.customer.code) is not None
    except ValidationError:
        return True


def _gap(entry: Entry, problem: rules.Problem) -> Gap:
    section = CHILDREN.get(problem.field, problem.section)
    if problem.field not in CUSTOMER.by_name:
        return Gap(problem.message, f"#{section}", section)
    label = capfirst(str(CUSTOMER.label(problem.field)))
    blank = rules.is_blank(entry.form.values().get(problem.field))
    href = f"#id_{problem.field}" if problem.field in entry.form.fields else f"#{section}"
    return Gap(label if blank else f"{label}：{problem.message}", href, section)


def _progress(entry: Entry, values: Mapping[str, Any]) -> tuple[int, int]:
    kind = entry.form.kind
    complete = rules.with_defaults(values, kind=kind)
    asked = [
        row.name
        for row in CUSTOMER
        if row.required and rules.is_needed(row.required, values, kind=kind)
    ]
    filled = sum(not rules.is_blank(complete.get(name)) for name in asked)
    callable_ = any(row.get("mobile") or row.get("phone") for row in entry.contacts.known())
    return filled + callable_, len(asked) + 1
