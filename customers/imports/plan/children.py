"""Finds what stored customer or child row a row of the file means, and what happens to child rows.

Pure. Customers are found by code, credit code, tax number, name; children as their part
says; merge keeps what the file does not name, replace deletes it where the file has rows at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.records.plain import Plain, Values
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.issues import Issue
from customers.imports.heads.layout import Layout
from customers.imports.plan.plans import (
    CLEAR,
    REPLACE,
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


@dataclass
class Outcome:
    """What becomes of one kind of child: the steps, the whole wanted list, and what is wrong."""

    ops: list[ChildOp] = field(default_factory=list)
    wanted: list[tuple[int | None, Values]] = field(default_factory=list)
    full: list[Values] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def plan(
    kind: str,
    stored: Sequence[Child],
    given: Sequence[Child],
    options: Options,
    layout: Layout,
    bad: frozenset[str] = frozenset(),
) -> Outcome:
    """Compare the rows of a document with the stored ones."""
    outcome = Outcome()
    if options.empty == CLEAR:
        given = [
            Child(_filled(kind, one.values, options, bad), one.sheet, one.row) for one in given
        ]
    outcome.issues += _twice(kind, given, layout) + _flags_twice(kind, given, layout)
    if not stored:
        _add_all(outcome, kind, given)
        outcome.issues += [one for row in given for one in _missing(kind, row, layout, bad)]
        return outcome
    found = children(kind, stored, given)
    changed: dict[int, Values] = {}
    sources: dict[int, Child] = {}
    added: list[Child] = []
    for row, match in zip(given, found, strict=True):
        if match is None:
            added.append(row)
            outcome.issues += _missing(kind, row, layout, bad)
        else:
            assert match.pk is not None
            sources[match.pk] = row
            moved = {n: v for n, v in row.values.items() if match.values.get(n) != v}
            changed[match.pk] = moved
    gone = [
        one for one in stored if options.child_mode == REPLACE and given and one.pk not in sources
    ]
    kept = [one for one in stored if one not in gone]
    _settle_flags(kind, kept, changed, added)
    _collect(outcome, kind, kept, gone, changed, added, sources)
    return outcome


def _filled(kind: str, values: Values, options: Options, bad: frozenset[str]) -> Values:
    """The values of a row; empty cells of columns that the file has clear what is stored."""
    filled = dict(values)
    for name in options.given.get(kind, ()):
        target = targets.by_name(kind)[name]
        if target.row is None or name in filled or name in BY_NAME[kind].needs:
            continue
        if target.key not in bad:
            filled[name] = target.blank
    return filled


def _settle_flags(
    kind: str, kept: Sequence[Child], changed: dict[int, Values], added: list[Child]
) -> None:
    """Only one row has a flag: the file's word counts; without any the first row gets it."""
    part = BY_NAME[kind]
    for flag in part.flags:
        claimed = [one.pk for one in kept if changed.get(one.pk or 0, {}).get(flag)]
        if claimed or any(one.values.get(flag) for one in added):
            for one in kept:
                if one.pk not in claimed and one.values.get(flag):
                    changed.setdefault(one.pk or 0, {})[flag] = False
            continue
        has_one = any(changed.get(one.pk or 0, {}).get(flag, one.values.get(flag)) for one in kept)
        touched = bool(added) or any(changed.values())
        if has_one or not touched or flag not in part.always:
            continue
        if kept:
            changed.setdefault(kept[0].pk or 0, {})[flag] = True
        elif added:
            added[0] = replace(added[0], values={**added[0].values, flag: True})
    for pk, moved in list(changed.items()):
        stored = next((one for one in kept if one.pk == pk), None)
        if stored is not None:
            changed[pk] = {n: v for n, v in moved.items() if stored.values.get(n) != v}


def _collect(
    outcome: Outcome,
    kind: str,
    kept: Sequence[Child],
    gone: Sequence[Child],
    changed: Mapping[int, Values],
    added: Sequence[Child],
    sources: Mapping[int, Child],
) -> None:
    for one in kept:
        moved = changed.get(one.pk or 0, {})
        if moved:
            source = sources.get(one.pk or 0, Child({}))
            changes = {name: (one.values.get(name), value) for name, value in moved.items()}
            outcome.ops.append(ChildOp(kind, "mod", one.pk, source.sheet, source.row, changes))
        outcome.wanted.append((one.pk, dict(moved)))
        outcome.full.append({**one.values, **moved})
    for one in gone:
        changes = {name: (old, None) for name, old in one.values.items() if old not in ("", None)}
        outcome.ops.append(ChildOp(kind, "del", one.pk, -1, 0, changes))
    for one in added:
        _add(outcome, kind, one, one.values)


def _add_all(outcome: Outcome, kind: str, given: Sequence[Child]) -> None:
    """Add rows where none are stored; the first gets a flag that none of them claims."""
    always = BY_NAME[kind].always
    lacking = [flag for flag in always if not any(one.values.get(flag) for one in given)]
    for one in given:
        _add(outcome, kind, one, {**one.values, **dict.fromkeys(lacking, True)})
        lacking = []


def _add(outcome: Outcome, kind: str, row: Child, values: Values) -> None:
    known = targets.by_name(kind)
    told = {name: (known[name].blank, new) for name, new in values.items()}
    outcome.ops.append(ChildOp(kind, "add", None, row.sheet, row.row, told))
    outcome.wanted.append((None, values))
    outcome.full.append(values)


def _twice(kind: str, given: Sequence[Child], layout: Layout) -> list[Issue]:
    """Rows of one customer that are the same person or account."""
    found: list[Issue] = []
    if len(given) < 2:
        return found
    part, seen = BY_NAME[kind], dict[tuple[Plain, ...], Child]()
    for row in given:
        key = tuple([row.values.get(name) or "" for name in part.identity])
        if not row.values.get(part.head):
            continue
        first = seen.setdefault(key, row)
        if first is not row:
            reason = _("Row %(second)d repeats row %(first)d for the same customer.") % {
                "second": row.row,
                "first": first.row,
            }
            hint = _("Delete one of the rows.")
            found.append(_issue(kind, row, part.head, issues.TWICE, reason, layout, hint))
    return found


def _flags_twice(kind: str, given: Sequence[Child], layout: Layout) -> list[Issue]:
    found: list[Issue] = []
    if len(given) < 2:
        return found
    for flag in BY_NAME[kind].flags:
        marked = [row for row in given if row.values.get(flag)]
        for row in marked[1:]:
            reason = _("Rows %(first)d and %(second)d of one customer are both marked.") % {
                "first": marked[0].row,
                "second": row.row,
            }
            hint = _("Only one can be “%(label)s”.") % {"label": targets.by_name(kind)[flag].head}
            found.append(_issue(kind, row, flag, issues.CONFLICT, reason, layout, hint))
    return found


def _missing(kind: str, row: Child, layout: Layout, bad: frozenset[str]) -> list[Issue]:
    found = []
    for name in BY_NAME[kind].needs:
        if not row.values.get(name) and f"{kind}.{name}" not in bad:
            reason = _("%(label)s is missing.") % {"label": targets.by_name(kind)[name].head}
            found.append(_issue(kind, row, name, issues.MISSING, reason, layout))
    return found


def _issue(
    kind: str, row: Child, name: str, what: str, reason: str, layout: Layout, hint: str = ""
) -> Issue:
    value, place = row.values.get(name), (row.sheet, row.row)
    shown = value if isinstance(value, str) else ""
    return issue_at(layout.by_index, place, f"{kind}.{name}", what, reason, hint, shown)
