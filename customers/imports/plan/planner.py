"""Says what a document would do to the customer there is: matched, compared, judged.

What is stored was looked up by lookups.py for a chunk of documents at a time. Codes that leap far
beyond the numbers before them are mostly slips, move the counter, and so are asked about.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.utils import timezone

from core.records import code as rules
from core.records import coding, numbering
from core.records.plain import Plain, Values
from core.records.record import rows_problem
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.issues import Issue
from customers.imports.fields.targets import CHILDREN, CUSTOMERS
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout
from customers.imports.plan import children, plans
from customers.imports.plan.judging import Case, Judge, Rights
from customers.imports.plan.plans import (
    REJECT,
    SKIP,
    UPDATE,
    Decision,
    Document,
    Known,
    Options,
    Planned,
    issue_at,
)
from customers.parts import BY_NAME
from customers.rules import record
from customers.services.kinds import KIND

_SERIAL = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)", re.DOTALL)


class Leaps:
    """Judges the codes that a file brings, by the counters and by the other `codes` of the file."""

    def __init__(
        self, codes: Iterable[str], layout: Layout, vocabulary: Vocabulary, *, are_right: bool
    ) -> None:
        self._layout, self._vocabulary, self._are_right = layout, vocabulary, are_right
        self._numbers: dict[tuple[str, str], list[int]] = {}
        for code in codes:
            if found := _SERIAL.fullmatch(code):
                frame, number = (found[1], found[3]), int(found[2])
                self._numbers.setdefault(frame, []).append(number)
        for numbers in self._numbers.values():
            numbers.sort()
        rule = coding.active_rule(KIND) if self._numbers else None
        self._segments = coding.segments_of(rule) if rule else []
        self._last = dict(numbering.counters(rule)) if rule else {}
        self._parts = coding.Parts(KIND)

    def judge(self, planned: Planned, document: Document) -> None:
        """Add to a plan that its code leaps; an error until somebody says that it is right."""
        code = str(planned.new("code") or "")
        if not code or not self._segments:
            return
        known = self._parts.of({name: self._instance(planned, name) for name in KIND.coding.fields})
        serial = rules.parse(self._segments, known, code)
        if serial is None:
            return
        before = self._before(code, serial, rules.basis(self._segments, known))
        if not rules.leap(serial, before):
            return
        reason = _("The code %(code)s leaves the numbers before it: from %(before)d to %(number)d.")
        reason = reason % {"code": code, "before": before, "number": serial}
        hint = _("Mend the code if it is a slip, or say above that it is right.")
        sheets, place = self._layout.by_index, (document.sheet, document.row)
        key, is_error = "customers.code", not self._are_right
        planned.issues.append(
            issue_at(sheets, place, key, issues.LEAP, reason, hint, code, is_error=is_error)
        )
        if is_error:
            planned.action = REJECT

    def _before(self, code: str, serial: int, basis: str) -> int:
        found = _SERIAL.fullmatch(code)
        numbers = self._numbers.get((found[1], found[3]), []) if found else []
        at = bisect_left(numbers, serial)
        start = rules.serial_segment(self._segments).start
        return max(self._last.get(basis, 0), numbers[at - 1] if at else 0, start - 1)

    def _instance(self, planned: Planned, name: str) -> object:
        pk = planned.new(name)
        return self._vocabulary.instances(f"customers.{name}").get(pk) if pk else None  # type: ignore[arg-type]


class Planner:
    """Plans the documents of one file in order; remembers which customer is already spoken for."""

    def __init__(
        self, layout: Layout, options: Options, rights: Rights, vocabulary: Vocabulary
    ) -> None:
        self._layout, self._options = layout, options
        self._types = vocabulary.instances("customers.customer_type")
        self._judge = Judge(layout, options, rights, vocabulary, timezone.localdate())
        self._claimed: dict[int, tuple[int, int]] = {}

    def plan(self, document: Document, known: Known, decision: Decision | None = None) -> Planned:
        """Give what would happen, with every reason why something must not."""
        planned = _begun(document)
        if document.is_orphan:
            planned.action = plans.REJECT
            return planned
        match = children.customer(document, known)
        planned.matched_by = match.by
        pk = match.pk
        if decision is not None:
            pk = decision.pk if decision.action == UPDATE else None
            if pk is not None and pk not in known.by_pk:
                return self._refused(planned, document, _("The chosen customer is gone."))
        elif match.candidates:
            return _undecided(planned, match, known)
        case = Case(planned, document, known.by_pk.get(pk) if pk is not None else None, known)
        if reason := self._left_out(case, decision):
            planned.action, planned.reason = SKIP, reason
            planned.pk = case.current.pk if case.current else None
        elif case.current is None and not document.has_head:
            code = document.values.get("code", "")
            reason = _("There is no customer with the code “%(code)s”.") % {"code": code}
            return self._refused(planned, document, reason, issues.ORPHAN)
        else:
            self._compare(case)
        return planned

    def _left_out(self, case: Case, decision: Decision | None) -> str:
        if case.document.is_skipped or (decision is not None and decision.action == SKIP):
            told = [one.reason for one in case.document.issues if one.kind == issues.EMPTY]
            return told[0] if told else _("Left out, as you said.")
        if case.current is None and self._options.mode == plans.UPDATE_ONLY:
            return _("No customer is matched, and only updates are wanted.")
        if case.current is not None and self._options.mode == plans.ADD_ONLY:
            return _("The customer is there already, and only new ones are wanted.")
        return ""

    def _compare(self, case: Case) -> None:
        planned, current = case.planned, case.current
        before = current.values if current else _blank()
        given = self._given(case)
        merged: Values = {**before, **given}
        chosen: Any = merged.get("customer_type")
        case.kind = str(self._types[chosen].kind) if chosen in self._types else ""
        if case.is_open:
            merged = record.with_defaults(merged, kind=case.kind)
        if current is None and not merged.get("department"):
            merged["department"] = self._options.default_department
        case.merged = merged
        # Of a new customer nothing else can differ from what is blank.
        names = merged if current else dict.fromkeys((*given, "tax_number", "department"))
        planned.changes = {
            name: (before.get(name), merged[name])
            for name in names
            if merged[name] != before.get(name)
        }
        case.full = self._children(case)
        if current is not None:
            planned.pk, planned.version, planned.title = current.pk, current.version, current.title
        self._judge.judge(case)
        self._claim(case)
        self._conclude(case)

    def _given(self, case: Case) -> Values:
        """What the file says about the head: group customers looked up, empty cells as chosen."""
        document, current = case.document, case.current
        given = {name: value for name, value in document.values.items() if name != "code"}
        typed = str(document.values.get("code") or "")
        if typed and not (current and current.values.get("code")):
            given["code"] = typed
        if self._options.empty == plans.CLEAR and document.has_head:
            how = (self._options, document.bad, ("code", "name"))
            given = children.cleared(CUSTOMERS, given, *how)
        if isinstance(given.get("parent"), str):
            pk = self._judge.parent(case, str(given.pop("parent")))
            if pk is not None:
                given["parent"] = pk
        elif current is not None and "parent" in given:
            self._judge.unlink(current)
        return given

    def _children(self, case: Case) -> dict[str, list[Values]]:
        planned, document, current = case.planned, case.document, case.current
        full: dict[str, list[Values]] = {}
        for child in CHILDREN:
            stored = current.children.get(child, ()) if current else ()
            given = document.children.get(child, ())
            if not given:
                full[child] = [one.values for one in stored]
                continue
            outcome = children.Comparison(child, self._options, self._layout, document.bad)
            outcome.compare(stored, given)
            full[child] = outcome.full
            planned.issues += outcome.issues
            label = targets.CATALOGS[child].model._meta.verbose_name_plural
            if problem := rows_problem(len(outcome.full), label):
                planned.issues.append(_of_row(document, issues.CONFLICT, problem))
            if outcome.ops:
                planned.children += outcome.ops
                planned.rows[child] = outcome.wanted
        return full

    def _claim(self, case: Case) -> None:
        """Two documents of a file must not change the same customer."""
        planned, place = case.planned, (case.document.sheet, case.document.row)
        if planned.pk is None:
            return
        first = self._claimed.setdefault(planned.pk, place)
        if first != place:
            reason = _("Row %(row)d of %(sheet)s means the same customer %(title)s.") % {
                "row": first[1],
                "sheet": self._layout.by_index[first[0]].name,
                "title": planned.title,
            }
            planned.issues.append(_of_row(case.document, issues.TWICE, reason))

    def _conclude(self, case: Case) -> None:
        planned, document = case.planned, case.document
        wrong = document.bad or any(one.is_error for one in (*planned.issues, *document.issues))
        if wrong:
            planned.action = plans.REJECT
        elif case.current is None:
            planned.action = plans.CREATE
        elif planned.changes or planned.children:
            planned.action = UPDATE
        planned.submit = self._options.submit and not wrong and case.is_open

    def _refused(
        self, planned: Planned, document: Document, reason: str, kind: str = issues.UNDECIDED
    ) -> Planned:
        planned.action = plans.REJECT
        planned.issues.append(_of_row(document, kind, reason))
        return planned


def _of_row(document: Document, kind: str, reason: str) -> Issue:
    return issue_at({}, (document.sheet, document.row), "", kind, reason)


def _begun(document: Document) -> Planned:
    title = " ".join(str(document.values[n]) for n in ("code", "name") if document.values.get(n))
    if document.is_orphan:
        title = document.row_key or _first_of(document)
    return Planned(
        plans.UNCHANGED,
        document.number,
        document.sheet,
        document.row,
        title,
        source=document.rows,
        has_head=document.has_head,
    )


def _first_of(document: Document) -> str:
    """Give what the first child row is known by."""
    for child, given in document.children.items():
        for one in given:
            return str(one.values.get(BY_NAME[child].head) or "")
    return ""


def _undecided(planned: Planned, match: children.Match, known: Known) -> Planned:
    planned.action = plans.UNDECIDED
    planned.candidates = [(pk, known.by_pk[pk].title) for pk in match.candidates]
    planned.reason = _("Several customers, or one with another number, can be meant.")
    return planned


@cache
def _blank() -> Mapping[str, Plain]:
    return {one.name: one.blank for one in targets.of_sheet(CUSTOMERS) if one.row is not None}
