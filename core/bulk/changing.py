"""Changes many roots with children and marks: what saving.change does, in a few statements.

Roots are compared and set first, in the order of their keys; who moved on is told, never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from core import constraints, history
from core.aggregate import Aggregate, Edit, Outcome, same
from core.bulk import reading
from core.bulk.child_rows import ChildRows
from core.bulk.entries import Entries
from core.bulk.marks import Marks
from core.bulk.tables import Table
from core.bulk.texts import Labels
from core.children import Told
from core.guard import writing
from core.history import Act
from core.marks import columns
from core.refusal import Stale

MOST_AT_ONCE = 2_000


@dataclass
class _Root:
    """One root on its way: as it was, what differs, and what the history will tell."""

    edit: Edit
    act: Act
    before: reading.Stored
    different: dict[str, Any]
    stamped: dict[str, Any]
    rows: list[Told] = field(default_factory=list)
    marks: dict[str, list[str]] = field(default_factory=dict)


def change(
    aggregate: Aggregate, edits: Sequence[Edit], *, act: Act, action: str = "change"
) -> Outcome:
    """Change many roots that still are at the version seen; say what became of each.

    One history entry per root that really changed; those that moved on, are gone or are pending
    for another batch are stale and left alone. Raises Duplicate when a unique value is taken.
    """
    outcome = Outcome()
    ordered = sorted(edits, key=lambda edit: edit.pk)
    assert len({edit.pk for edit in edits}) == len(edits)
    with constraints.explained(aggregate), transaction.atomic(), writing():
        for start in range(0, len(ordered), MOST_AT_ONCE):
            part = ordered[start : start + MOST_AT_ONCE]
            _change(aggregate, part, act, action, outcome)
    return outcome


def _change(
    aggregate: Aggregate, edits: Sequence[Edit], act: Act, action: str, outcome: Outcome
) -> None:
    references = reading.References()
    named = {name for edit in edits for name in edit.values} - aggregate.silent
    stored = reading.roots(aggregate, [edit.pk for edit in edits], references, named)
    there = []
    for edit in edits:
        before, own = stored.get(edit.pk), edit.act or act
        if before is None or before["version"] != edit.version or aggregate.is_held(before, own):
            outcome.stale.append(edit.pk)
        else:
            there.append(_compared(aggregate, edit, own, before))
    left = [root.edit for root in there]
    children = [ChildRows(c, left, references) for c in aggregate.children if _any(left, c.name)]
    marks = [Marks(aggregate, n, left, references) for n in aggregate.m2m if _any(left, n)]
    parts: list[ChildRows | Marks] = [*children, *marks]
    changed = []
    for root in there:
        differs = root.different or root.edit.always
        if differs or any(part.differs(root.edit) for part in parts):
            changed.append(root)
        else:
            outcome.unchanged.append(root.edit.pk)
    _compare_and_set(aggregate, changed)
    edited = [root.edit for root in changed]
    for rows in children:
        for root, told in zip(changed, rows.write(edited), strict=True):
            root.rows += told
    for links in marks:
        for root, moved in zip(changed, links.write(edited), strict=True):
            root.marks |= moved
    _record(aggregate, changed, action)
    outcome.changed += [edit.pk for edit in edited]


def _any(edits: Sequence[Edit], name: str) -> bool:
    """Say whether one of the edits is about these rows or marks."""
    return any(name in (edit.rows or {}) or name in (edit.marks or {}) for edit in edits)


def _compared(aggregate: Aggregate, edit: Edit, act: Act, before: reading.Stored) -> _Root:
    current = {name: before[name] for name in aggregate.readable}
    known = aggregate.derive({**current, **edit.values})
    different = {
        name: value
        for name, value in known.items()
        if (old := current.get(name)) is not value and not same(old, value)
    }
    assert not (aggregate.is_tree and {"parent", "code"} & set(different))  # paths move
    repeated = columns(aggregate, edit.marks) if edit.marks else {}
    stamped = {**different, **repeated, **aggregate.stamps(act)}
    return _Root(edit, act, before, different, stamped)


def _compare_and_set(aggregate: Aggregate, roots: Sequence[_Root]) -> None:
    """Write what differs, one version on. Raises Stale when a root moved although it is locked."""
    names = sorted({name for root in roots for name in root.stamped})
    rows = [(r.edit.pk, r.edit.version, {**r.before, **r.stamped}) for r in roots]
    if Table(aggregate.root).compare_and_set(names, rows) != len(rows):
        raise Stale


def _record(aggregate: Aggregate, roots: Sequence[_Root], action: str) -> None:
    seen = {root.edit.pk: root.edit.version for root in roots}
    hashes = history.hashes_at(aggregate.subject_type, seen)
    entries, labels = Entries(aggregate.root, action), Labels(aggregate.root)
    for root in roots:
        pk = root.edit.pk
        fields = {**aggregate.moved_texts(root.before, root.different), **root.marks}
        entries.add(
            pk,
            labels.of({**root.before, **root.stamped}),
            version=root.edit.version + 1,
            act=root.act,
            changes=history.parts(fields, root.rows, root.edit.evidence),
            prev_hash=hashes.get(pk, ""),
        )
    entries.write()
