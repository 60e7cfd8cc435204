"""Judges a planned document: rights, locks, codes, numbers, what must fit, what is missing.

Pure; the rules are those of the form, each reason stands at the cell it is about.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from core.access import is_reviewed
from core.records import code as code_rules
from core.records import plain
from core.records.changes.wanted import in_another
from core.records.plain import Plain, Values
from core.said import items
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.targets import CUSTOMERS
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout
from customers.imports.plan.plans import (
    ChildOp,
    Document,
    Known,
    Options,
    Planned,
    Snapshot,
    issue_at,
)
from customers.lifecycle import LIFE, NUMBERS_RESERVED, OPEN_STATES
from customers.parts import BY_NAME
from customers.queries import duplicate, group, readiness
from customers.rules import record
from customers.rules.identity import normalised_name
from customers.services.kinds import KIND

_POINTING = {
    sheet: frozenset(
        one.name for one in targets.of_sheet(sheet) if one.kind in (plain.REFERENCE, plain.TAGS)
    )
    for sheet in targets.SHEETS
}


@dataclass(slots=True)
class Case:
    """A document beside what is stored: the values it would hold, its kind, all its child rows."""

    planned: Planned
    document: Document
    current: Snapshot | None
    known: Known
    merged: Values = field(default_factory=dict)
    kind: str = ""
    full: Mapping[str, Sequence[Values]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Say whether the record is still being entered."""
        return self.current is None or self.current.state in OPEN_STATES


class Rights:
    """Which fields a user may change or ask for; asked once for each rule and record."""

    def __init__(self, user: Any) -> None:
        self._user = user
        self._known: dict[tuple[str, bool, str, int], str] = {}

    def problem(self, sheet: str, name: str, current: Any) -> str:
        """Say why a field of a record (None: a new one) may be neither changed nor asked for."""
        row = targets.by_name(sheet)[name].row
        if row is None:
            return ""
        state, creator = (current.state, current.created_by_id) if current else ("", 0)
        case = (row.change, row.controlled, state, creator)
        if case not in self._known:
            self._known[case] = str(KIND.may(row, self._user, current))
        return self._known[case]


def is_asked(sheet: str, name: str, current: Any) -> bool:
    """Say whether a field of a stored customer changes by a change request; of a part all of it."""
    row = targets.by_name(sheet)[name].row
    return row is not None and is_reviewed(row, current)


class Judge:
    """Adds to a plan every reason against it."""

    def __init__(
        self, layout: Layout, options: Options, rights: Rights, vocabulary: Vocabulary,
        today: datetime.date,
    ) -> None:  # fmt: skip
        self._layout, self._options, self._rights = layout, options, rights
        self._vocabulary, self._today = vocabulary, today
        self._free: set[tuple[Any, ...]] = set()
        # Who would stand above whom; what the file says goes before what is stored.
        self._above: dict[int, int | None] = {}
        self._known: Known | None = None
        # Where something is disabled at all.
        self._wary = {
            sheet: {name for name in names if vocabulary.names[f"{sheet}.{name}"].inactive}
            for sheet, names in _POINTING.items()
        }

    def judge(self, case: Case) -> None:
        """Add what speaks against the changes; a record that does not change is left in peace."""
        self._code(case)
        if case.current is None:
            self._new(case)
        elif not case.planned.changes and not case.planned.children:
            return
        self._locks(case)
        if case.current is not None:
            self._asks(case, case.current)
        self._references_active(case)
        self._unfinished(case)
        self._crossed(case)
        if case.current is not None and LIFE.state(case.current.state).is_in_force:
            self._lost(case)
        if self._options.submit and case.is_open:
            self._incomplete(case)
            self._same_name(
                case, _("Import it as a draft and say there why it is another company.")
            )
        elif "name" in case.planned.asked:
            self._same_name(
                case, _("Change it on its form and say there why it is another company.")
            )
        self._numbers(case)

    def parent(self, case: Case, text: str) -> int | None:
        """Give the group customer that a text means; None after adding what is wrong with it."""
        known, current = case.known, case.current
        hits = known.parents.get(parent_key(text), ()) or known.parents.get(name_key(text), ())
        if len(hits) != 1:
            kind = issues.AMBIGUOUS if hits else issues.UNKNOWN_VALUE
            reason = (
                _("“%(value)s” can mean several values.") if hits else _("There is no “%(value)s”.")
            )
            hint = items(known.by_pk[pk].title for pk in hits if pk in known.by_pk)
            hint = (
                _("Give the code instead: %(candidates)s.") % {"candidates": hint}
                if hint
                else _("Import the group customer first, then the customers below it.")
            )
            self._tell(case, "parent", kind, reason % {"value": text}, hint, text)
            return None
        if current is not None:
            self._look_up(known)
            if group.is_below(hits[0], current.pk, self._above):
                self._tell(case, "parent", issues.CROSS, group.circle_sentence(), value=text)
                return None
            self._above[current.pk] = hits[0]
        return hits[0]

    def unlink(self, current: Snapshot) -> None:
        """Note that a customer belongs to nobody any more, as far as the file goes."""
        self._above[current.pk] = None

    def _look_up(self, known: Known) -> None:
        """Take over who stands above whom, once for each chunk of documents."""
        if known is not self._known:
            self._known = known
            self._above = {**known.above, **self._above}

    def _code(self, case: Case) -> None:
        typed = str(case.document.values.get("code") or "")
        stored = str(case.current.values.get("code") or "") if case.current else ""
        if not typed or typed == stored:
            return
        reason = ""
        if stored:
            reason = _("This customer has the code %(code)s, which does not change any more.") % {
                "code": stored
            }
        elif not case.known.is_typed:
            reason = _("Codes are given by the code rule and cannot be typed.")
        elif typed in case.known.used_codes or ("code", typed) in case.known.owners:
            reason = _("The code %(code)s is used or was used before.") % {"code": typed}
        if reason:
            self._tell(case, "code", issues.CODE, reason, _("Leave the cell empty."), typed)

    def _new(self, case: Case) -> None:
        if not case.document.values.get("name") and "customers.name" not in case.document.bad:
            reason = _("%(label)s is missing.") % {"label": targets.by_name(CUSTOMERS)["name"].head}
            self._tell(case, "name", issues.MISSING, reason)

    def _locks(self, case: Case) -> None:
        planned, given, current = case.planned, case.document.values, case.current
        names = [name for name in planned.changes if current or name in given]
        touched = (*names, *((op.child, *op.changes) for op in planned.children))
        if current is None and touched in self._free:
            return
        before = len(planned.issues)
        for name in names:  # of a new customer without the defaults: they are not the user's word
            if problem := self._rights.problem(CUSTOMERS, name, current):
                hint = _("Leave the cell as it is stored.")
                self._tell(case, name, issues.LOCKED, problem, hint, _text(given.get(name)))
        for op in planned.children:
            for name in list(op.changes) if op.op == "mod" else [BY_NAME[op.child].head]:
                if problem := self._rights.problem(op.child, name, current):
                    self._tell_child(case, op, name, issues.LOCKED, problem)
        if current is None and len(planned.issues) == before:
            self._free.add(touched)

    def _asks(self, case: Case, current: Snapshot) -> None:
        """Note what goes by a change request; nothing does that stands in an open one already."""
        planned = case.planned
        touched = dict.fromkeys(op.child for op in planned.children)
        planned.asked = [
            *(name for name in planned.changes if is_asked(CUSTOMERS, name, current)),
            *(child for child in touched if is_asked(child, BY_NAME[child].head, current)),
        ]
        others = case.known.requests.get(current.pk, ())
        held = in_another(KIND, planned.wanted, others) if planned.asked and others else {}
        hint = _("Leave the cell as it is stored until that request is decided on.")
        for name, reason in held.items():
            if name not in BY_NAME:
                value = _text(case.document.values.get(name))
                self._tell(case, name, issues.LOCKED, reason, hint, value)
                continue
            for op in planned.children:
                if op.child == name:
                    self._tell_child(case, op, BY_NAME[name].head, issues.LOCKED, reason)

    def _references_active(self, case: Case) -> None:
        changes = case.planned.changes
        for name in self._wary[CUSTOMERS].intersection(changes):
            for reason, text in self._disabled(CUSTOMERS, name, *changes[name]):
                self._tell(case, name, issues.DISABLED, reason, value=text)
        for op in case.planned.children:
            for name in self._wary[op.child].intersection(op.changes):
                for reason, text in self._disabled(op.child, name, *op.changes[name]):
                    self._tell_child(case, op, name, issues.DISABLED, reason, text)

    def _unfinished(self, case: Case) -> None:
        """A draft keeps what it holds in a wrong form; nobody else gets it."""
        if not self._vocabulary.unfinished:
            return
        problem = self._vocabulary.unfinished.problem
        for name, (_old, new) in case.planned.changes.items():
            if wrong := problem(f"{CUSTOMERS}.{name}", new):
                self._tell(case, name, wrong.kind, wrong.reason, wrong.hint, wrong.value)
        for op in case.planned.children:
            for name, (_old, new) in op.changes.items():
                if wrong := problem(f"{op.child}.{name}", new):
                    self._tell_child(case, op, name, wrong.kind, wrong.reason)

    def _disabled(self, sheet: str, name: str, old: Plain, new: Plain) -> list[tuple[str, str]]:
        keys: list[Plain] = list(new) if isinstance(new, list) else [new]
        names = self._vocabulary.names[f"{sheet}.{name}"]
        if names.inactive.isdisjoint(keys):
            return []
        had = old if isinstance(old, list) else [old]
        sentence = _("“%(value)s” is disabled: it cannot be chosen anew.")
        return [
            (sentence % {"value": names.instances[pk].name}, names.text(pk))
            for pk in keys
            if isinstance(pk, int) and pk not in had and pk in names.inactive
        ]

    def _crossed(self, case: Case) -> None:
        natives: dict[str, object] = dict(case.merged)
        founded = natives.get("founded_date")
        if isinstance(founded, str) and founded:
            natives["founded_date"] = datetime.date.fromisoformat(founded)
        crossed = record.cross_problems(natives, kind=case.kind, today=self._today)
        given = case.document.values
        if "uscc" in crossed and "tax_number" not in given:
            crossed.pop("tax_number", None)  # taken over from the credit code, so wrong once
        for name, reason in crossed.items():
            self._tell(case, name, issues.CROSS, reason, value=_text(given.get(name)))

    def _incomplete(self, case: Case) -> None:
        found = case.planned.issues
        crossed = {one.field.partition(".")[2] for one in found if one.kind == issues.CROSS}
        # A new record has passed the rules of form, cell by cell; a draft may hold what has not.
        lacking = readiness.complete if case.current else readiness.of_values
        for problem in lacking(case.merged, kind=case.kind, rows=case.full):
            if problem.field in crossed or f"{CUSTOMERS}.{problem.field}" in case.document.bad:
                continue
            hint = _("Required to submit; until then it stays a draft.")
            self._tell(case, problem.field, issues.INCOMPLETE, problem.message, hint)

    def _lost(self, case: Case) -> None:
        """Tell what a customer in force would lose that it must have."""
        emptied = {n for n, (old, new) in case.planned.changes.items() if not new and old}
        emptied |= {
            one.child
            for one in case.planned.children
            if any(not new and old for old, new in one.changes.values())
        }
        for problem in (
            readiness.of_values(case.merged, kind=case.kind, rows=case.full) if emptied else ()
        ):
            if problem.field in emptied and problem.field not in case.planned.asked:
                hint = _("A customer in use must keep it. Give another value, or leave it out.")
                self._tell(case, problem.field, issues.INCOMPLETE, problem.message, hint)

    def _same_name(self, case: Case, hint: str) -> None:
        current = case.current
        if current is not None and "name" not in case.document.values:
            return
        if current is not None and duplicate.is_explained(current.same_name_reason):
            return
        name = str(case.merged.get("name") or "")
        if self._others(case, "name", normalised_name(name)):
            reason = _("There is a customer of the same name.")
            self._tell(case, "name", issues.TAKEN, reason, hint, name)

    def _numbers(self, case: Case) -> None:
        """A number that a reserved record has: an error for one that is, or becomes, reserved."""
        current, by_pk = case.current, case.known.by_pk
        becomes = self._options.submit or (
            current is not None and current.state in NUMBERS_RESERVED
        )
        for name in ("uscc", "tax_number"):
            value = str(case.merged.get(name) or "")
            others = self._others(case, name, value) if value else []
            if not others or (name not in case.planned.changes and not becomes):
                continue
            reason = _("%(label)s is already used by %(who)s.") % {
                "label": targets.by_name(CUSTOMERS)[name].head,
                "who": by_pk[others[0]].title if others[0] in by_pk else _("a customer"),
            }
            self._tell(case, name, issues.TAKEN, reason, value=value, is_error=becomes)

    def _others(self, case: Case, name: str, value: str) -> list[int]:
        """Give the stored customers but this one that have a value nobody else may have."""
        own = case.current.pk if case.current else None
        return [pk for pk in case.known.owners.get((name, value), ()) if pk != own]

    def _tell(
        self, case: Case, name: str, kind: str, reason: str, hint: str = "", value: str = "",
        is_error: bool = True,
    ) -> None:  # fmt: skip
        document = case.document
        key = f"{CUSTOMERS}.{name}" if name in targets.by_name(CUSTOMERS) else ""
        sheets = self._layout.by_index if document.has_head else {}
        place = (document.sheet, document.row)
        case.planned.issues.append(
            issue_at(sheets, place, key, kind, reason, hint, value, is_error=is_error)
        )

    def _tell_child(
        self, case: Case, op: ChildOp, name: str, kind: str, reason: str, value: str | None = None
    ) -> None:
        """Tell of a cell of a child row; of one that is not in the file at the customer's row."""
        sheets, place = self._layout.by_index, (op.sheet, op.row)
        if op.sheet < 0:
            sheets, place, value = {}, (case.document.sheet, case.document.row), value or ""
        elif value is None:
            value = _text(op.changes.get(name, ("", ""))[1])
        key = f"{op.child}.{name}"
        case.planned.issues.append(issue_at(sheets, place, key, kind, reason, value=value))


def parent_key(text: str) -> str:
    """Give a text as a code of a group customer, "" when it can be none."""
    try:
        return code_rules.stored(text)
    except ValidationError:
        return ""


def name_key(text: str) -> str:
    """Give a text as the name of a group customer; marked, so that no code equals it."""
    return f"={normalised_name(text)}"


def _text(value: Plain) -> str:
    return value if isinstance(value, str) else ("" if value is None else str(value))
