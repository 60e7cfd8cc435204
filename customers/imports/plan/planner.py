"""Says what a document would do to the customer there is: matched, compared, judged.

Pure; what is stored was looked up by lookups.py for a chunk of documents at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils import timezone

from core.records.plain import Plain, Values
from core.records.record import rows_problem
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.issues import Issue
from customers.imports.fields.targets import CHILDREN, CUSTOMERS
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout
from customers.imports.plan import children, matching
from customers.imports.plan.judging import Judge
from customers.imports.plan.known import Known
from customers.imports.plan.plans import (
    ADD_ONLY,
    CLEAR,
    CREATE,
    REJECT,
    SKIP,
    UNCHANGED,
    UNDECIDED,
    UPDATE,
    UPDATE_ONLY,
    Decision,
    Document,
    Options,
    Planned,
    Snapshot,
)
from customers.imports.plan.rights import Rights
from customers.lifecycle import OPEN_STATES
from customers.parts import BY_NAME
from customers.rules import record

__all__ = ["Known", "Planner"]


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
            planned.action = REJECT
            return planned
        match = matching.customer(document, known)
        planned.matched_by = match.by
        pk = match.pk
        if decision is not None:
            pk = decision.pk if decision.action == UPDATE else None
            if pk is not None and pk not in known.by_pk:
                return self._refused(planned, document, _("The chosen customer is gone."))
        elif match.candidates:
            return _undecided(planned, match, known)
        current = known.by_pk.get(pk) if pk is not None else None
        if reason := self._left_out(document, decision, current):
            planned.action, planned.reason = SKIP, reason
            planned.pk = current.pk if current else None
            return planned
        if current is None and not document.has_head:
            code = document.values.get("code", "")
            reason = _("There is no customer with the code “%(code)s”.") % {"code": code}
            return self._refused(planned, document, reason, issues.ORPHAN)
        self._compare(planned, document, current, known)
        return planned

    def _left_out(
        self, document: Document, decision: Decision | None, current: Snapshot | None
    ) -> str:
        if document.is_skipped or (decision is not None and decision.action == SKIP):
            told = [one.reason for one in document.issues if one.kind == issues.EMPTY]
            return told[0] if told else _("Left out, as you said.")
        if current is None and self._options.mode == UPDATE_ONLY:
            return _("No customer is matched, and only updates are wanted.")
        if current is not None and self._options.mode == ADD_ONLY:
            return _("The customer is there already, and only new ones are wanted.")
        return ""

    def _compare(
        self, planned: Planned, document: Document, current: Snapshot | None, known: Known
    ) -> None:
        given = self._given(document, current, known, planned)
        kind = self._kind({**(current.values if current else {}), **given})
        merged: Values = {**_blank(), **(current.values if current else {}), **given}
        if current is None or current.state in OPEN_STATES:
            merged = record.with_defaults(merged, kind=kind)
        if current is None and not merged.get("department"):
            merged["department"] = self._options.default_department
        before = current.values if current else _blank()
        # Of a new customer nothing else can differ from what is blank.
        names = merged if current else dict.fromkeys((*given, "tax_number", "department"))
        planned.changes = {
            name: (before.get(name), merged[name])
            for name in names
            if merged[name] != before.get(name)
        }
        full = self._children(planned, document, current)
        if current is not None:
            planned.pk, planned.version, planned.title = current.pk, current.version, current.title
        self._judge.judge(planned, document, current, known, merged, kind, full)
        self._claim(planned, document)
        self._conclude(planned, document, current)

    def _given(
        self, document: Document, current: Snapshot | None, known: Known, planned: Planned
    ) -> Values:
        """What the file says about the head: group customers looked up, empty cells as chosen."""
        given = {name: value for name, value in document.values.items() if name != "code"}
        typed = str(document.values.get("code") or "")
        if typed and not (current and current.values.get("code")):
            given["code"] = typed
        if self._options.empty == CLEAR and document.has_head:
            for name in self._options.given.get(CUSTOMERS, ()):
                target = targets.by_name(CUSTOMERS)[name]
                if target.row is None or name in ("code", "name") or name in given:
                    continue
                if target.key not in document.bad:
                    given[name] = target.blank
        if isinstance(given.get("parent"), str):
            pk, problem = self._judge.parent(str(given.pop("parent")), known, document, current)
            if problem is not None:
                planned.issues.append(problem)
            else:
                given["parent"] = pk
        elif current is not None and "parent" in given:
            self._judge.unlink(current)
        return given

    def _kind(self, values: Values) -> str:
        chosen: Any = values.get("customer_type")
        return str(self._types[chosen].kind) if chosen in self._types else ""

    def _children(
        self, planned: Planned, document: Document, current: Snapshot | None
    ) -> dict[str, list[Values]]:
        full: dict[str, list[Values]] = {}
        for child in CHILDREN:
            stored = current.children.get(child, ()) if current else ()
            given = document.children.get(child, ())
            if not given:
                full[child] = [one.values for one in stored]
                continue
            outcome = children.plan(child, stored, given, self._options, self._layout, document.bad)
            full[child] = outcome.full
            planned.issues += outcome.issues
            label = targets.CATALOGS[child].model._meta.verbose_name_plural
            if problem := rows_problem(len(outcome.full), str(label)):
                planned.issues.append(self._row_issue(document, issues.CONFLICT, problem))
            if outcome.ops:
                planned.children += outcome.ops
                planned.rows[child] = outcome.wanted
        return full

    def _claim(self, planned: Planned, document: Document) -> None:
        """Two documents of a file must not change the same customer."""
        if planned.pk is None:
            return
        first = self._claimed.setdefault(planned.pk, (document.sheet, document.row))
        if first != (document.sheet, document.row):
            reason = _("Row %(row)d of %(sheet)s means the same customer %(title)s.") % {
                "row": first[1],
                "sheet": self._layout.by_index[first[0]].name,
                "title": planned.title,
            }
            planned.issues.append(self._row_issue(document, issues.TWICE, reason))

    def _conclude(self, planned: Planned, document: Document, current: Snapshot | None) -> None:
        wrong = document.bad or any(one.is_error for one in (*planned.issues, *document.issues))
        if wrong:
            planned.action = REJECT
        elif current is None:
            planned.action = CREATE
        else:
            planned.action = UPDATE if planned.changes or planned.children else UNCHANGED
        planned.submit = (
            self._options.submit and not wrong and (current is None or current.state in OPEN_STATES)
        )

    def _refused(
        self, planned: Planned, document: Document, reason: str, kind: str = issues.UNDECIDED
    ) -> Planned:
        planned.action = REJECT
        planned.issues.append(self._row_issue(document, kind, reason))
        return planned

    def _row_issue(self, document: Document, kind: str, reason: str) -> Issue:
        return Issue(document.sheet, document.row, "", "", "", kind, reason)


def _begun(document: Document) -> Planned:
    title = " ".join(str(document.values[n]) for n in ("code", "name") if document.values.get(n))
    if document.is_orphan:
        title = document.row_key or _first_of(document)
    return Planned(
        UNCHANGED,
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


def _undecided(planned: Planned, match: matching.Match, known: Known) -> Planned:
    planned.action = UNDECIDED
    planned.candidates = [(pk, known.by_pk[pk].title) for pk in match.candidates]
    planned.reason = _("Several customers, or one with another number, can be meant.")
    return planned


@cache
def _blank() -> Mapping[str, Plain]:
    return {one.name: one.blank for one in targets.of_sheet(CUSTOMERS) if one.row is not None}
