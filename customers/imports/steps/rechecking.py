"""Checks again only what a mended cell can change: its customer, and those that share a key.

Where that is not enough (rows join anew, two mean one customer) it says so, and all is checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from core.models import User
from customers.imports.fields import targets
from customers.imports.fields.issues import Issue
from customers.imports.heads.layout import Layout
from customers.imports.kept import marks, shapes
from customers.imports.kept.marks import BY_ACTION, letters_of, pack, unpack, unpack_numbers
from customers.imports.plan.documents import Collector
from customers.imports.plan.plans import UPDATE, Document, Known, Planned
from customers.imports.plan.values import Parser
from customers.imports.steps import checking, lookups
from customers.models import ImportBatch, ImportBlock, ImportIssue, ImportPlan

Place = tuple[int, int]  # (sheet, row)
MOST_ROWS = 2_000
_JOINING = (targets.ROW_KEY, targets.OWNER_CODE)


class NotEnough(Exception):
    """Other customers of the file may be concerned: everything must be checked again."""


def recheck(batch: ImportBatch, places: Iterable[tuple[int, int, int]], by: User) -> None:
    """Check the customers of these cells (sheet, row, column) again, inside the transaction.

    Raises NotEnough, with the transaction to be rolled back.
    """
    layout = Layout.from_json(batch.mapping["layout"])
    cells = set(places)
    if len({(sheet, row) for sheet, row, _column in cells}) > MOST_ROWS:
        raise NotEnough
    for sheet, _row, column in cells:
        known = {one.index: one.target for one in layout.by_index[sheet].columns}
        if known.get(column, "").partition(".")[2] in _JOINING:
            raise NotEnough
    part = _Part(batch, layout, by)
    numbers = {part.document_of(sheet, row) for sheet, row, _column in cells}
    if -1 in numbers:
        raise NotEnough
    part.take(numbers)
    part.write()


class _Part:
    """Some customers of a file, judged anew among themselves."""

    def __init__(self, batch: ImportBatch, layout: Layout, by: User) -> None:
        self.batch, self.layout, self.by = batch, layout, by
        self._blocks: dict[Place, ImportBlock] = {}
        self._vocabulary = lookups.vocabulary()
        self._parser = Parser(
            layout.by_index, self._vocabulary, shapes.answers_of(batch, self._vocabulary)
        )
        self._fixes = shapes.fixes_of(batch)
        stored = ImportPlan.objects.filter(batch=batch).order_by("first")
        self._plan_blocks = list(stored.defer("data"))
        self._keys: dict[int, shapes.Keys] = {
            block.first + at: keys
            for block in self._plan_blocks
            for at, keys in enumerate(shapes.keys_in(block))
        }
        self._old: dict[int, Planned] = {}
        self._new: dict[int, tuple[Planned, shapes.Keys]] = {}
        self._issues: list[Issue] = []
        self._opened: dict[int, dict[int, list[Any]]] = {}
        self._placed: dict[int, dict[int, int]] = {}

    def document_of(self, sheet: int, row: int) -> int:
        """Give the customer of the file that a row belongs to, -1 for none."""
        block = self._block(sheet, row)
        if block.pk not in self._placed:
            documents = unpack_numbers(block.documents)
            self._placed[block.pk] = dict(zip(shapes.numbers_of(block), documents, strict=False))
        return self._placed[block.pk].get(row, -1)

    def take(self, numbers: set[int]) -> None:
        """Judge these and all that share a key with them, before or now. Raises NotEnough."""
        numbers = numbers | self._sharing(key for n in numbers for key in self._keys[n].own)
        documents = self._documents(numbers)
        wider = numbers | self._sharing(
            key for one in documents for key in shapes.keys_of(one, Known()).own
        )
        if wider != numbers:
            numbers = wider
            documents = self._documents(numbers)
        self._judge(documents, numbers)

    def _sharing(self, keys: Iterable[str]) -> set[int]:
        wanted = set(keys)
        return {n for n, (own, _seen) in self._keys.items() if not wanted.isdisjoint(own)}

    def _documents(self, numbers: set[int]) -> list[Document]:
        """Join the rows of these customers anew; they must come out as the same customers."""
        self._old |= shapes.plans(self.batch, numbers - self._old.keys())
        rows = sorted({place for n in numbers for place in self._old[n].source})
        if len(rows) > MOST_ROWS:
            raise NotEnough
        collector = Collector(self.layout.by_index)
        self._issues = []
        for sheet in dict.fromkeys(sheet for sheet, _row in rows):
            own = [row for one, row in rows if one == sheet]
            parsed = self._parser.parse(sheet, own, [self._cells(sheet, row) for row in own])
            self._issues += parsed.issues
            collector.add(parsed)
        self._issues += collector.finish()
        documents = list(collector.documents())
        by_head = {(self._old[n].sheet, self._old[n].row): n for n in numbers}
        heads = [(one.sheet, one.row) for one in documents]
        if sorted(heads) != sorted(by_head):
            raise NotEnough
        for document in documents:
            document.number = by_head[document.sheet, document.row]
        return documents

    def _judge(self, documents: Sequence[Document], numbers: set[int]) -> None:
        decisions = shapes.decisions_of(self.batch)
        answers = [decisions.get((one.sheet, one.row)) for one in documents]
        known = lookups.known_to(documents, self.by, [a.pk for a in answers if a and a.pk])
        planner = checking.planner_of(self.batch, self.layout, self._vocabulary, self.by)
        given = {str(one.values.get("code", "")) for one in documents}
        others = (keys for n, (keys, _seen) in self._keys.items() if n not in numbers)
        given |= {key[1:] for keys in others for key in keys if key.startswith("c")}
        leaps = checking.leaps_of(self.batch, self.layout, self._vocabulary, given)
        spoken_for = {
            pk for n, (_keys, seen) in self._keys.items() if n not in numbers for pk in seen
        }
        for document, decision in zip(documents, answers, strict=True):
            planned = planner.plan(document, known, decision)
            leaps.judge(planned, document)
            if planned.pk in spoken_for:
                raise NotEnough
            self._issues += planned.issues
            self._new[planned.number] = (planned, shapes.keys_of(document, known))

    def write(self) -> None:
        """Put the new plans, issues, statuses and counts in the place of the old ones."""
        rows: dict[int, set[int]] = {}
        letters: dict[Place, str] = {}
        for planned, _keys in self._new.values():
            for (sheet, row), letter in letters_of(planned).items():
                letters[sheet, row] = letter
                rows.setdefault(sheet, set()).add(row)
        for sheet, own in rows.items():
            ImportIssue.objects.filter(batch=self.batch, sheet=sheet, row__in=own).delete()
        ImportIssue.objects.bulk_create(
            [shapes.issue_row(self.batch, issue) for issue in self._issues], batch_size=500
        )
        for block in {block.pk: block for block in self._blocks.values()}.values():
            pairs = zip(shapes.numbers_of(block), block.statuses, strict=True)
            statuses = "".join(letters.get((block.sheet, row), old) for row, old in pairs)
            ImportBlock.objects.filter(pk=block.pk).update(statuses=statuses)
        self._write_plans()
        self._write_counts()

    def _write_plans(self) -> None:
        for block in self._plan_blocks:
            own = [n for n in self._new if block.first <= n < block.first + block.count]
            if not own:
                continue
            data = unpack(ImportPlan.objects.values_list("data", flat=True).get(pk=block.pk))
            keys, actions = list(shapes.keys_in(block)), list(block.actions)
            for number in own:
                planned, new_keys = self._new[number]
                at = number - block.first
                data[at], keys[at] = shapes.flat(planned), new_keys
                actions[at] = BY_ACTION[planned.action]
            ImportPlan.objects.filter(pk=block.pk).update(
                data=pack(data), keys=shapes.packed_keys(keys), actions="".join(actions)
            )

    def _write_counts(self) -> None:
        sheets = shapes.letters_by_sheet(self.batch)
        actions: Counter[str] = Counter()
        plans = ImportPlan.objects.filter(batch=self.batch).values_list("actions", flat=True)
        for own in plans:
            actions.update(own)
        moved = sum(_changes(planned) for planned, _keys in self._new.values())
        moved -= sum(_changes(self._old[number]) for number in self._new)
        counts = self.batch.counts
        self.batch.counts = {
            **{name: value for name, value in counts.items() if not name.startswith("moved")},
            "sheets": {
                name: marks.counted(sheets.get(name, Counter())) for name in counts["sheets"]
            },
            "customers": marks.counted(actions),
            "field_changes": counts.get("field_changes", 0) + moved,
        }
        ImportBatch.objects.filter(pk=self.batch.pk).update(counts=self.batch.counts)

    def _block(self, sheet: int, row: int) -> ImportBlock:
        for block in self._blocks.values():
            if block.sheet == sheet and block.first <= row <= block.last:
                return block
        found = shapes.block_at(self.batch, sheet, row)
        if found is None:
            raise NotEnough
        self._blocks[sheet, found.first] = found
        return found

    def _cells(self, sheet: int, row: int) -> list[Any]:
        block = self._block(sheet, row)
        if block.pk not in self._opened:
            numbers, rows = shapes.rows_of(block, self._fixes)
            self._opened[block.pk] = dict(zip(numbers, rows, strict=True))
        return self._opened[block.pk][row]


def _changes(planned: Planned) -> int:
    if planned.action != UPDATE:
        return 0
    return len(planned.changes) + len(planned.children)
