"""Judges a planned document: rights, locks, codes, numbers, what must fit, what is missing.

Pure; the rules are those of the form, each reason stands at the cell it is about.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from core.records import code as code_rules
from core.records import plain
from core.records.plain import Plain, Values
from core.said import items
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.issues import Issue
from customers.imports.fields.targets import CUSTOMERS
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout
from customers.imports.plan.known import Known
from customers.imports.plan.plans import ChildOp, Document, Options, Planned, Snapshot
from customers.imports.plan.rights import Rights
from customers.lifecycle import NUMBERS_RESERVED, OPEN_STATES
from customers.parts import BY_NAME
from customers.queries import group, readiness
from customers.rules import record
from customers.rules.identity import normalised_name

_POINTING = {
    sheet: frozenset(
        one.name for one in targets.of_sheet(sheet) if one.kind in (plain.REFERENCE, plain.TAGS)
    )
    for sheet in targets.SHEETS
}


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

    def judge(
        self, planned: Planned, document: Document, current: Snapshot | None, known: Known,
        merged: Values, kind: str, full: Mapping[str, Sequence[Values]],
    ) -> None:  # fmt: skip
        """Add what speaks against the changes; a record that does not change is left in peace."""
        found = planned.issues
        self._code(found, document, current, known)
        if current is None:
            self._new(found, document)
        if current is not None and not planned.changes and not planned.children:
            return
        self._locks(found, document, planned, current)
        self._references_active(found, document, planned)
        self._unfinished(found, document, planned)
        self._crossed(found, document, merged, kind)
        if self._options.submit and (current is None or current.state in OPEN_STATES):
            self._incomplete(found, document, current, merged, kind, full)
            self._same_name(found, document, merged, current, known)
        self._numbers(found, document, planned, merged, current, known)

    def parent(
        self, text: str, known: Known, document: Document, current: Snapshot | None
    ) -> tuple[int | None, Issue | None]:
        """Give the group customer that a text means, or what is wrong with it."""
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
            return None, self._at(document, "parent", kind, reason % {"value": text}, hint, text)
        if current is None:
            return hits[0], None
        self._look_up(known)
        if group.is_below(hits[0], current.pk, self._above):
            reason = group.circle_sentence()
            return None, self._at(document, "parent", issues.CROSS, reason, value=text)
        self._above[current.pk] = hits[0]
        return hits[0], None

    def unlink(self, current: Snapshot) -> None:
        """Note that a customer belongs to nobody any more, as far as the file goes."""
        self._above[current.pk] = None

    def _look_up(self, known: Known) -> None:
        """Take over who stands above whom, once for each chunk of documents."""
        if known is not self._known:
            self._known = known
            self._above = {**known.above, **self._above}

    def _code(
        self, found: list[Issue], document: Document, current: Snapshot | None, known: Known
    ) -> None:
        typed = str(document.values.get("code") or "")
        stored = str(current.values.get("code") or "") if current else ""
        if not typed or typed == stored:
            return
        reason = ""
        if stored:
            reason = _("This customer has the code %(code)s, which does not change any more.") % {
                "code": stored
            }
        elif not known.is_typed:
            reason = _("Codes are given by the code rule and cannot be typed.")
        elif typed in known.used_codes or ("code", typed) in known.owners:
            reason = _("The code %(code)s is used or was used before.") % {"code": typed}
        if reason:
            hint = _("Leave the cell empty.")
            found.append(self._at(document, "code", issues.CODE, reason, hint, typed))

    def _new(self, found: list[Issue], document: Document) -> None:
        if not document.values.get("name") and "customers.name" not in document.bad:
            label = targets.by_name(CUSTOMERS)["name"].head
            reason = _("%(label)s is missing.") % {"label": label}
            found.append(self._at(document, "name", issues.MISSING, reason))

    def _locks(
        self, found: list[Issue], document: Document, planned: Planned, current: Snapshot | None
    ) -> None:
        names = [name for name in planned.changes if current or name in document.values]
        case = (*names, *((op.child, *op.changes) for op in planned.children))
        if current is None and case in self._free:
            return
        before = len(found)
        for name in names:  # of a new customer without the defaults: they are not the user's word
            if problem := self._rights.problem(CUSTOMERS, name, current):
                hint = _("Leave the cell as it is stored, or reopen the customer first.")
                value = _text(document.values.get(name))
                found.append(self._at(document, name, issues.LOCKED, problem, hint, value))
        for op in planned.children:
            for name in list(op.changes) if op.op == "mod" else [BY_NAME[op.child].head]:
                if problem := self._rights.problem(op.child, name, current):
                    found.append(self._at_child(document, op, name, issues.LOCKED, problem))
        if current is None and len(found) == before:
            self._free.add(case)

    def _references_active(self, found: list[Issue], document: Document, planned: Planned) -> None:
        for name in self._wary[CUSTOMERS].intersection(planned.changes):
            old, new = planned.changes[name]
            for problem in self._disabled(CUSTOMERS, name, new, old):
                value = _text(problem[1])
                found.append(self._at(document, name, issues.DISABLED, problem[0], value=value))
        for op in planned.children:
            for name in self._wary[op.child].intersection(op.changes):
                old, new = op.changes[name]
                for reason, text in self._disabled(op.child, name, new, old):
                    told = self._at_child(document, op, name, issues.DISABLED, reason)
                    found.append(replace(told, value=text))

    def _unfinished(self, found: list[Issue], document: Document, planned: Planned) -> None:
        """A draft keeps what it holds in a wrong form; nobody else gets it."""
        if not self._vocabulary.unfinished:
            return
        problem = self._vocabulary.unfinished.problem
        for name, (_old, new) in planned.changes.items():
            if wrong := problem(f"{CUSTOMERS}.{name}", new):
                found.append(
                    self._at(document, name, wrong.kind, wrong.reason, wrong.hint, wrong.value)
                )
        for op in planned.children:
            for name, (_old, new) in op.changes.items():
                if wrong := problem(f"{op.child}.{name}", new):
                    found.append(self._at_child(document, op, name, wrong.kind, wrong.reason))

    def _disabled(self, sheet: str, name: str, new: Plain, old: Plain) -> list[tuple[str, str]]:
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

    def _crossed(self, found: list[Issue], document: Document, merged: Values, kind: str) -> None:
        values = dict(merged)
        founded = values.get("founded_date")
        natives: dict[str, object] = dict(values)
        if isinstance(founded, str) and founded:
            natives["founded_date"] = datetime.date.fromisoformat(founded)
        crossed = record.cross_problems(natives, kind=kind, today=self._today)
        if "uscc" in crossed and "tax_number" not in document.values:
            crossed.pop("tax_number", None)  # taken over from the credit code, so wrong once
        for name, reason in crossed.items():
            value = _text(document.values.get(name))
            found.append(self._at(document, name, issues.CROSS, reason, value=value))

    def _incomplete(
        self, found: list[Issue], document: Document, current: Snapshot | None, merged: Values,
        kind: str, full: Mapping[str, Sequence[Values]],
    ) -> None:  # fmt: skip
        crossed = {one.field.partition(".")[2] for one in found if one.kind == issues.CROSS}
        # A new record has passed the rules of form, cell by cell; a draft may hold what has not.
        lacking = readiness.complete if current else readiness.of_values
        problems = lacking(merged, kind=kind, rows=full)
        for problem in problems:
            if problem.field in crossed or f"{CUSTOMERS}.{problem.field}" in document.bad:
                continue
            hint = _("Required to submit; until then it stays a draft.")
            found.append(
                self._at(document, problem.field, issues.INCOMPLETE, problem.message, hint)
            )

    def _same_name(
        self, found: list[Issue], document: Document, merged: Values, current: Snapshot | None,
        known: Known,
    ) -> None:  # fmt: skip
        if current is not None and "name" not in document.values:
            return
        twins = known.owners.get(("name", normalised_name(str(merged.get("name") or ""))), ())
        if any(pk != (current.pk if current else None) for pk in twins):
            reason = _("There is a customer of the same name.")
            hint = _("Import it as a draft and say there why it is another company.")
            value = _text(merged.get("name"))
            found.append(self._at(document, "name", issues.TAKEN, reason, hint, value))

    def _numbers(
        self, found: list[Issue], document: Document, planned: Planned, merged: Values,
        current: Snapshot | None, known: Known,
    ) -> None:  # fmt: skip
        """A number that a reserved record has: an error for one that is, or becomes, reserved."""
        becomes = self._options.submit or (
            current is not None and current.state in NUMBERS_RESERVED
        )
        for name in ("uscc", "tax_number"):
            value = str(merged.get(name) or "")
            others = [
                pk
                for pk in known.owners.get((name, value), ())
                if current is None or pk != current.pk
            ]
            if not value or not others or (name not in planned.changes and not becomes):
                continue
            who = known.by_pk[others[0]].title if others[0] in known.by_pk else _("a customer")
            reason = _("%(label)s is already used by %(who)s.") % {
                "label": targets.by_name(CUSTOMERS)[name].head,
                "who": who,
            }
            found.append(
                self._at(document, name, issues.TAKEN, reason, value=value, is_error=becomes)
            )

    def _at(
        self, document: Document, name: str, kind: str, reason: str, hint: str = "",
        value: str = "", is_error: bool = True,
    ) -> Issue:  # fmt: skip
        key = f"{CUSTOMERS}.{name}" if name in targets.by_name(CUSTOMERS) else ""
        sheet = self._layout.by_index.get(document.sheet)
        letter = sheet.letters.get(key, "") if sheet and document.has_head else ""
        return Issue(
            document.sheet, document.row, letter, key, value, kind, reason, hint,
            is_error=is_error,
        )  # fmt: skip

    def _at_child(
        self, document: Document, op: ChildOp, name: str, kind: str, reason: str
    ) -> Issue:
        if op.sheet < 0:
            return Issue(document.sheet, document.row, "", f"{op.child}.{name}", "", kind, reason)
        key = f"{op.child}.{name}"
        letter = self._layout.by_index[op.sheet].letters.get(key, "")
        _old, new = op.changes.get(name, ("", ""))
        return Issue(op.sheet, op.row, letter, key, _text(new), kind, reason)


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
