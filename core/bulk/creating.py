"""Creates many roots with children and marks: what saving.create does, in a few statements.

Rows are lists, never model instances; texts for the history come from the values themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models, transaction

from core import constraints, trees
from core.aggregate import Aggregate, Draft, Values
from core.bulk import reading
from core.bulk.entries import Entries
from core.bulk.tables import Table
from core.bulk.texts import ChildTexts, Labels
from core.children import Told, told_of
from core.guard import writing
from core.history import Act, parts
from core.marks import columns


def create(
    aggregate: Aggregate, drafts: Sequence[Draft], *, act: Act, action: str = "create"
) -> list[int]:
    """Insert many roots with their children in a few statements; give their keys in order.

    Each gets its history entry. A draft may bring an act of its own, such as the row of a file it
    came from. In a tree the parents must be there already: one call for each level.
    Raises Duplicate when a unique value is taken.
    """
    acts = [draft.act or act for draft in drafts]
    with constraints.explained(aggregate), transaction.atomic(), writing():
        table, labels = Table(aggregate.root), Labels(aggregate.root)
        known = [
            aggregate.derive({**aggregate.stamps(own, created=True), **draft.values})
            | columns(aggregate, draft.marks)
            for own, draft in zip(acts, drafts, strict=True)
        ]
        keys = table.reserve(len(drafts))
        for pk, values in zip(keys, known, strict=True):
            values.update(id=pk, version=1)
        if aggregate.is_tree:
            trees.place_new(aggregate.root, known)
        table.insert([table.row(values) for values in known], own_keys=True)
        rows = _insert_children(aggregate, keys, drafts)
        marks = _insert_marks(aggregate, keys, drafts)
        entries = Entries(aggregate.root, action)
        for index, values in enumerate(known):
            fields = {**aggregate.first_texts(values), **marks[index]}
            changes = parts(fields, rows[index], None)
            entries.add(keys[index], labels.of(values), version=1, act=acts[index], changes=changes)
        entries.write()
    return keys


def note(aggregate: Aggregate, model: type[models.Model], rows: Sequence[Values]) -> None:
    """Insert many rows of one of the aggregate's extra tables, without history.

    Raises Duplicate when a unique value is taken.
    """
    with constraints.explained(aggregate), transaction.atomic(), writing():
        table = Table(model)
        table.insert([table.row(values) for values in rows])


def _insert_children(
    aggregate: Aggregate, roots: Sequence[int], drafts: Sequence[Draft]
) -> list[list[Told]]:
    """Insert the children of many new roots; give per root what to write into its history."""
    told: list[list[Told]] = [[] for _root in roots]
    for child in aggregate.children:
        wanted = [
            (index, line, values)
            for index, draft in enumerate(drafts)
            for line, values in enumerate(draft.children.get(child.name, ()))
        ]
        table, labels, texts = Table(child.model), Labels(child.model), ChildTexts(child)
        rows = []
        for pk, (index, line, values) in zip(table.reserve(len(wanted)), wanted, strict=True):
            own = {child.parent: roots[index], "line": line, **values, "id": pk}
            rows.append(table.row(own))
            label = labels.of({"line": line, **values})
            told[index].append(told_of(child, "add", pk, label, texts.of(values)))
        table.insert(rows, own_keys=True)
    return told


def _insert_marks(
    aggregate: Aggregate, roots: Sequence[int], drafts: Sequence[Draft]
) -> list[dict[str, list[str]]]:
    """Insert the marks of many new roots; give per root what to write into its history."""
    told: list[dict[str, list[str]]] = [{} for _root in roots]
    for name in aggregate.m2m:
        table, source, target = reading.links_of(aggregate, name)
        rows = []
        for index, draft in enumerate(drafts):
            marks = draft.marks.get(name, ())
            if marks:
                keys = dict.fromkeys(mark.pk for mark in marks)
                rows += [table.row({source: roots[index], target: key}) for key in keys]
                told[index][name] = ["", "、".join(sorted(map(str, marks)))]
        table.insert(rows)
    return told
