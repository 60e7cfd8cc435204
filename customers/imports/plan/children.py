"""Finds what stored customer or child row a row of the file means, and what happens to child rows.

Pure. Customers are found by code, credit code, tax number, name; children as their part
says; merge keeps what the file does not name, replace deletes it where the file has rows at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from core.records.plain import Plain, Values
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.issues import Issue
from customers.imports.heads.layout import Layout
from customers.imports.plan.plans import (
    CLEAR,
    REPLACE,
    Changes,
    Child,
    ChildOp,
    Document,
    Known,
    Options,
    issue_at,
)
from customers.parts import BY_NAME
from customers.rules.identity import normalised_name


@dataclass(frozen=True)
class Match:
    """The customer meant (`pk`) and by what; several `candidates` when it cannot be told."""

    pk: int | None = None
    by: str = ""
    candidates: tuple[int, ...] = ()


def customer(document: Document, known: Known) -> Match:
    """Give the stored customer that a document means."""
    values = document.values
    code = str(values.get("code") or "")
    if code in known.by_code:
        return Match(known.by_code[code], "code")
    for name, index in (("uscc", known.by_uscc), ("tax_number", known.by_tax_number)):
        if found := tuple(index.get(str(values.get(name) or ""), ())):
            return _one(found, name)
    name = str(values.get("name") or "")
    found = tuple(known.by_name.get(normalised_name(name), ())) if name else ()
    if len(found) == 1 and _contradicts(values, known.by_pk[found[0]].values):
        return Match(by="name", candidates=found)
    return _one(found, "name")


def children(kind: str, stored: Sequence[Child], given: Sequence[Child]) -> list[Child | None]:
    """Give for each row of the file the stored row it means, or None; no stored row twice."""
    free = list(stored)
    found: list[Child | None] = [None] * len(given)
    for fits, is_guess in ((_equal, False), *((s.fits, s.is_guess) for s in BY_NAME[kind].same_by)):
        for at, row in enumerate(given):
            if found[at] is not None:
                continue
            hits = [one for one in free if fits(row.values, one.values)]
            if hits and (len(hits) == 1 or not is_guess):
                found[at] = hits[0]
                free.remove(hits[0])
    return found


def _one(found: tuple[int, ...], by: str) -> Match:
    if len(found) == 1:
        return Match(found[0], by)
    return Match(by=by, candidates=found) if found else Match()


def _contradicts(given: Values, stored: Values) -> bool:
    """Say whether a number or code tells that an equal name is another company."""
    return any(
        given.get(name) and stored.get(name) and given[name] != stored[name]
        for name in ("code", "uscc", "tax_number")
    )


def _equal(given: Values, stored: Values) -> bool:
    return all(stored.get(name) == value for name, value in given.items())


def cleared(
    sheet: str, values: Values, options: Options, bad: Collection[str], but: Collection[str]
) -> Values:
    """Give the values of a row; empty cells of columns that the file has clear what is stored."""
    known = targets.by_name(sheet)
    empty = [known[n] for n in options.given.get(sheet, ()) if n not in values and n not in but]
    blanks = {one.name: one.blank for one in empty if one.row is not None and one.key not in bad}
    return {**values, **blanks}


class Comparison:
    """What becomes of the rows of one part: the steps, the whole wanted list, what is wrong."""

    def __init__(
        self, kind: str, options: Options, layout: Layout, bad: frozenset[str] = frozenset()
    ) -> None:
        self._kind, self._part, self._known = kind, BY_NAME[kind], targets.by_name(kind)
        self._options, self._layout, self._bad = options, layout, bad
        self.ops: list[ChildOp] = []
        self.wanted: list[tuple[int | None, Values]] = []
        self.full: list[Values] = []
        self.issues: list[Issue] = []

    def compare(self, stored: Sequence[Child], given: Sequence[Child]) -> None:
        """Compare the rows of a document with the stored ones."""
        if self._options.empty == CLEAR:
            how = (self._options, self._bad, self._part.needs)
            given = [replace(one, values=cleared(self._kind, one.values, *how)) for one in given]
        self._tell_twice(given)
        if not stored:
            self._add_all(given)
            return
        changed: dict[int | None, Values] = {}
        sources: dict[int | None, Child] = {}
        added: list[Child] = []
        for row, match in zip(given, children(self._kind, stored, given), strict=True):
            if match is None:
                added.append(row)
                self._tell_missing(row)
            else:
                sources[match.pk] = row
                moved = {n: v for n, v in row.values.items() if match.values.get(n) != v}
                changed[match.pk] = moved
        is_whole = self._options.child_mode == REPLACE and bool(given)
        kept = [one for one in stored if not is_whole or one.pk in sources]
        self._settle_flags(kept, changed, added)
        for one in kept:
            self._keep(one, changed.get(one.pk, {}), sources.get(one.pk, Child({})))
        for one in stored:
            if is_whole and one.pk not in sources:
                old: Changes = {n: (v, None) for n, v in one.values.items() if v not in ("", None)}
                self.ops.append(ChildOp(self._kind, "del", one.pk, -1, 0, old))
        for one in added:
            self._add(one, one.values)

    def _settle_flags(
        self, kept: Sequence[Child], changed: dict[int | None, Values], added: list[Child]
    ) -> None:
        """Only one row has a flag: the file's word counts; without any the first row gets it."""
        for flag in self._part.flags:
            claimed = [one.pk for one in kept if changed.get(one.pk, {}).get(flag)]
            if claimed or any(one.values.get(flag) for one in added):
                for one in kept:
                    if one.pk not in claimed and one.values.get(flag):
                        changed.setdefault(one.pk, {})[flag] = False
                continue
            has_one = any(changed.get(one.pk, {}).get(flag, one.values.get(flag)) for one in kept)
            touched = bool(added) or any(changed.values())
            if has_one or not touched or flag not in self._part.always:
                continue
            if kept:
                changed.setdefault(kept[0].pk, {})[flag] = True
            elif added:
                added[0] = replace(added[0], values={**added[0].values, flag: True})
        for one in kept:
            if moved := changed.get(one.pk):
                changed[one.pk] = {n: v for n, v in moved.items() if one.values.get(n) != v}

    def _keep(self, one: Child, moved: Values, source: Child) -> None:
        if moved:
            told = {name: (one.values.get(name), value) for name, value in moved.items()}
            self.ops.append(ChildOp(self._kind, "mod", one.pk, source.sheet, source.row, told))
        self.wanted.append((one.pk, dict(moved)))
        self.full.append({**one.values, **moved})

    def _add_all(self, given: Sequence[Child]) -> None:
        """Add rows where none are stored; the first gets a flag that none of them claims."""
        always = self._part.always
        lacking = [flag for flag in always if not any(one.values.get(flag) for one in given)]
        for one in given:
            self._add(one, {**one.values, **dict.fromkeys(lacking, True)})
            self._tell_missing(one)
            lacking = []

    def _add(self, row: Child, values: Values) -> None:
        told = {name: (self._known[name].blank, new) for name, new in values.items()}
        self.ops.append(ChildOp(self._kind, "add", None, row.sheet, row.row, told))
        self.wanted.append((None, values))
        self.full.append(values)

    def _tell_twice(self, given: Sequence[Child]) -> None:
        """Tell of rows of one customer that are the same person or account, or marked alike."""
        if len(given) < 2:
            return
        part, seen = self._part, dict[tuple[Plain, ...], Child]()
        for row in given:
            key = tuple([row.values.get(name) or "" for name in part.identity])
            first = seen.setdefault(key, row) if row.values.get(part.head) else row
            if first is not row:
                reason = _("Row %(second)d repeats row %(first)d for the same customer.")
                numbers = {"second": row.row, "first": first.row}
                hint = _("Delete one of the rows.")
                self._tell(row, part.head, issues.TWICE, reason % numbers, hint)
        for flag in part.flags:
            marked = [row for row in given if row.values.get(flag)]
            for row in marked[1:]:
                reason = _("Rows %(first)d and %(second)d of one customer are both marked.")
                numbers = {"first": marked[0].row, "second": row.row}
                hint = _("Only one can be “%(label)s”.") % {"label": self._known[flag].head}
                self._tell(row, flag, issues.CONFLICT, reason % numbers, hint)

    def _tell_missing(self, row: Child) -> None:
        for name in self._part.needs:
            if not row.values.get(name) and f"{self._kind}.{name}" not in self._bad:
                reason = _("%(label)s is missing.") % {"label": self._known[name].head}
                self._tell(row, name, issues.MISSING, reason)

    def _tell(self, row: Child, name: str, what: str, reason: str, hint: str = "") -> None:
        value, place = row.values.get(name), (row.sheet, row.row)
        shown = value if isinstance(value, str) else ""
        key = f"{self._kind}.{name}"
        issue = issue_at(self._layout.by_index, place, key, what, reason, hint, shown)
        self.issues.append(issue)
