"""Creates and changes roots with all that is theirs, many in a few statements; one is many of one.

Stored roots are locked in the order of their keys; who moved on is told, never written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models, transaction

from core import once, trees
from core.aggregate import Aggregate, Draft, Edit, Outcome, RowInput, Values, same
from core.bulk import loading
from core.bulk.entries import Entries, label_of
from core.bulk.parts import ChildRows, Marks
from core.bulk.tables import table_of
from core.history import Act
from core.marks import columns
from core.models.base import writing
from core.prepared import Prepared
from core.refusal import Stale

_PLACES = frozenset({"parent", "code"})  # what moves a node of a tree

Parts = list[ChildRows | Marks]


@dataclass
class _Root:
    """One root on its way: as it is stored (new: not), what differs, all that is written."""

    pk: int
    edit: Draft | Edit
    act: Act
    before: loading.Stored
    different: dict[str, Any]
    written: dict[str, Any]


def create(
    aggregate: Aggregate, drafts: Sequence[Draft], *, act: Act, action: str = "create"
) -> list[int]:
    """Insert many roots with their children in a few statements; give their keys in order.

    Each gets its history entry. A draft may bring an act of its own, such as the row of a file it
    came from. In a tree the parents must be there already: one call for each level.
    Raises Duplicate when a unique value is taken.
    """
    return [values["id"] for values in created(aggregate, drafts, act, action)]


def created(
    aggregate: Aggregate, drafts: Sequence[Draft], act: Act, action: str
) -> list[dict[str, Any]]:
    """Do what `create` does; give the values of the new roots."""
    with once.explained(aggregate), transaction.atomic(), writing():
        table = table_of(aggregate.root)
        known = [
            aggregate.derive({**aggregate.stamps(draft.act or act, created=True), **draft.values})
            | columns(aggregate, draft.marks)
            for draft in drafts
        ]
        keys = iter(table.reserve(sum("id" not in values for values in known)))
        for values in known:
            values.update(id=values["id"] if "id" in values else next(keys), version=1)
        if aggregate.is_tree:
            trees.place(aggregate.root, known)
        table.insert([table.row(values) for values in known])
        roots = [
            _Root(values["id"], draft, draft.act or act, {}, {}, values)
            for values, draft in zip(known, drafts, strict=True)
        ]
        references = loading.Pointed()
        parts = _parts(aggregate, roots, references)
        _finish(aggregate, roots, parts, references, action)
    return known


def create_one(
    aggregate: Aggregate,
    values: Values,
    rows: Mapping[str, Sequence[RowInput]] | None = None,
    marks: Mapping[str, Sequence[models.Model]] | None = None,
    *,
    act: Act,
    action: str = "create",
    evidence: Any = None,
) -> Any:
    """Insert a root with children and marks, version 1, one history entry; give the instance.

    Raises Duplicate when a unique value is taken.
    """
    draft = Draft(dict(values), rows or {}, marks or {}, evidence=evidence)
    (instance,) = made(aggregate, [draft], act=act, action=action)
    return instance


def made(
    aggregate: Aggregate, drafts: Sequence[Draft], *, act: Act, action: str = "create"
) -> list[Any]:
    """Do what `create` does; give the instances."""
    instances = [aggregate.root(**one) for one in created(aggregate, drafts, act, action)]
    for one in instances:
        one._state.adding, one._state.db = False, DEFAULT_DB_ALIAS
    return instances


def change_one(
    aggregate: Aggregate,
    pk: int,
    values: Values,
    rows: Mapping[str, Sequence[RowInput]] | None = None,
    marks: Mapping[str, Sequence[models.Model]] | None = None,
    *,
    version: int,
    act: Act,
    action: str = "change",
    evidence: Any = None,
    more: Values | None = None,
    always: bool = False,
    locked: Any = None,
) -> Any:
    """Change a root and its children if it still is at `version`; give the fresh instance.

    `locked` is the stored one if the caller has it locked, and then the fresh one. Nothing is
    written, no version used, when nothing differs and the entry tells no `more` (unless `always`).
    Raises Stale when it moved on or is gone, Duplicate when a unique value is taken.
    """
    edit = Edit(
        pk, version, values, rows or {}, marks or {},
        evidence=evidence, more=more or {}, always=always or bool(more), locked=locked,
    )  # fmt: skip
    with once.explained(aggregate), transaction.atomic(), writing():
        if changed(aggregate, [edit], act, action).stale:
            raise Stale
        return locked or _fresh(aggregate.root).first(pk)


@cache
def _fresh(model: type[models.Model]) -> Prepared:
    return Prepared(lambda pk: model._default_manager.filter(pk=pk))


def note(aggregate: Aggregate, model: type[models.Model], rows: Sequence[Values]) -> None:
    """Insert rows of one of the aggregate's extra tables (a ledger, say), without history.

    Raises Duplicate when a unique value is taken.
    """
    with once.explained(aggregate), transaction.atomic(), writing():
        table = table_of(model)
        table.insert([table.row(values) for values in rows])


def change(
    aggregate: Aggregate, edits: Sequence[Edit], *, act: Act, action: str = "change"
) -> Outcome:
    """Change many roots that still are at the version seen; say what became of each.

    One history entry per root that really changed; those that moved on, are gone or are pending
    for another batch are stale and left alone. Raises Duplicate when a unique value is taken.
    """
    with once.explained(aggregate), transaction.atomic(), writing():
        return changed(aggregate, edits, act, action)


def changed(aggregate: Aggregate, edits: Sequence[Edit], act: Act, action: str) -> Outcome:
    """Do what `change` does, in the transaction of the caller."""
    outcome = Outcome()
    ordered = sorted(edits, key=attrgetter("pk"))
    assert len({edit.pk for edit in edits}) == len(edits)
    if aggregate.is_tree and any(_PLACES & set(edit.values) for edit in edits):
        trees.lock(aggregate.root)
    for some in loading.in_parts(ordered):
        _change(aggregate, some, act, action, outcome)
    return outcome


def _change(
    aggregate: Aggregate, edits: Sequence[Edit], act: Act, action: str, outcome: Outcome
) -> None:
    references = loading.Pointed()
    locked = {edit.pk: edit.locked for edit in edits if edit.locked}
    keys = [edit.pk for edit in edits]
    stored = loading.roots(aggregate, keys, references, list(locked.values()))
    there = []
    for edit in edits:
        before, own = stored.get(edit.pk), edit.act or act
        if before is None or before["version"] != edit.version or aggregate.is_held(before, own):
            outcome.stale.append(edit.pk)
        else:
            there.append(_compared(aggregate, edit, own, before))
    parts = _parts(aggregate, there, references)
    always = {edit.pk for edit in edits if edit.always}
    going = [
        root
        for root in there
        if root.different or root.pk in always or any(part.differs(root.pk) for part in parts)
    ]
    if going:
        _compare_and_set(aggregate, going)
        for root in going:
            if root.pk in locked:
                for name, value in root.written.items():
                    setattr(locked[root.pk], name, value)
                locked[root.pk].version += 1
        _finish(aggregate, going, parts, references, action)
    changed = [root.pk for root in going]
    outcome.changed += changed
    outcome.unchanged += sorted({root.pk for root in there} - set(changed))


def _compared(aggregate: Aggregate, edit: Edit, act: Act, before: loading.Stored) -> _Root:
    current = {name: before[name] for name in aggregate.readable}
    different = {n: v for n, v in edit.values.items() if not same(current.get(n), v)}
    if aggregate.sources & different.keys():
        known = aggregate.derive({**current, **edit.values})
        different = {n: v for n, v in known.items() if not same(current.get(n), v)}
    repeated = columns(aggregate, edit.marks) if edit.marks else {}
    written = {**different, **repeated, **aggregate.stamps(act)}
    return _Root(edit.pk, edit, act, before, different, written)


def _compare_and_set(aggregate: Aggregate, roots: Sequence[_Root]) -> None:
    """Write what differs, one version on; nodes of a tree move one after the other.

    Raises Stale when a root moved although it is locked.
    """
    names = sorted({"version", *(name for root in roots for name in root.written)})
    seen = {root.pk: root.before["version"] for root in roots}
    rows = {
        root.pk: {**root.before, **root.written, "version": seen[root.pk] + 1} for root in roots
    }
    if table_of(aggregate.root).update(names, rows, seen) != len(rows):
        raise Stale
    for root in roots if aggregate.is_tree else ():
        if _PLACES & set(root.different):
            trees.move(aggregate.root, rows[root.pk])


def _parts(aggregate: Aggregate, roots: Sequence[_Root], references: loading.Pointed) -> Parts:
    """Give the child rows and marks that edits name, table by table."""
    edits = {root.pk: root.edit for root in roots}
    named = {name for edit in edits.values() for name in (*edit.rows, *edit.marks)}
    return [
        *(ChildRows(one, edits, references) for one in aggregate.children if one.name in named),
        *(Marks(aggregate, one, edits, references) for one in aggregate.m2m if one in named),
    ]


def _finish(
    aggregate: Aggregate,
    roots: Sequence[_Root],
    parts: Parts,
    references: loading.Pointed,
    action: str,
) -> None:
    """Write what belongs to roots, then their history."""
    for part in parts:
        part.write([root.pk for root in roots])
    entries = Entries(aggregate.root, action)
    for root in roots:
        if root.before:
            old = references.told(aggregate.root, root.before, root.different)
            fields = aggregate.moved_texts(old, root.different)
        else:
            fields = aggregate.first_texts(root.written)
        rows: list[Any] = []
        for part in parts:
            part.tell(root.pk, fields, rows)
        told = {"fields": fields, "rows": rows, "evidence": root.edit.evidence}
        told |= root.edit.more if isinstance(root.edit, Edit) else {}
        there = getattr(root.edit, "locked", None)  # it has become what was written
        entries.add(
            root.pk,
            str(there) if there else label_of(aggregate.root, {**root.before, **root.written}),
            version=root.before.get("version", 0) + 1,
            act=root.act,
            changes={name: part for name, part in told.items() if part},
            prev_hash=root.before.get(loading.SEAL) or "",
        )
    entries.write()
