"""Checks again only what a mended cell can change: its customer, and those that share a key.

Where that is not enough (rows join anew, two mean one customer) it says so, and all is checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from customers.imports.fields import targets
from customers.imports.fields.issues import Issue
from customers.imports.heads.layout import Layout
from customers.imports.kept import marks, shapes
from customers.imports.kept.marks import letter_of, letters_of, pack, unpack
from customers.imports.plan.documents import Collector
from customers.imports.plan.plans import Document, Known, Planned
from customers.imports.plan.values import Parser
from customers.imports.steps import checking, lookups
from customers.models import ImportBatch, ImportIssue, ImportPlan

MOST_ROWS = 2_000
_JOINING = (targets.ROW_KEY, targets.OWNER_CODE)


class NotEnough(Exception):
    """Other customers of the file may be concerned: everything must be checked again."""


def recheck(batch: ImportBatch, places: Iterable[tuple[int, int, int]]) -> None:
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
    part = _Part(batch, layout)
    part.take({part.row(sheet, row).document for sheet, row, _column in sorted(cells)})
    part.write()


class _Part:
    """Some customers of a file, judged anew among themselves."""

    def __init__(self, batch: ImportBatch, layout: Layout) -> None:
        self.batch, self.layout = batch, layout
        self._vocabulary = lookups.vocabulary()
        self._parser = Parser(
            layout.by_index, self._vocabulary, shapes.answers_of(batch, self._vocabulary)
        )
        self._now = shapes.Now(batch)
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

    def row(self, sheet: int, number: int) -> shapes.Row:
        """Give a row as it is now. Raises NotEnough for one of no customer of the file."""
        found = self._now.row(sheet, number)
        if found is None or found.document < 0:
            raise NotEnough
        return found

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
            parsed = self._parser.parse(sheet, own, [self.row(sheet, row).cells for row in own])
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
        others = [keys for n, keys in self._keys.items() if n not in numbers]
        codes = {str(one.values.get("code", "")) for one in documents}
        codes |= {key[1:] for keys in others for key in keys.own if key.startswith("c")}
        spoken_for = {pk for keys in others for pk in keys.seen}
        judging = checking.Judging(self.batch, self.layout, self._vocabulary, codes)
        for planned, keys in judging.judged(documents):
            if planned.pk in spoken_for:
                raise NotEnough
            self._issues += planned.issues
            self._new[planned.number] = (planned, keys)

    def write(self) -> None:
        """Put the new plans, issues, statuses and counts in the place of the old ones."""
        letters: dict[int, dict[int, str]] = {}
        for planned, _keys in self._new.values():
            for (sheet, row), letter in letters_of(planned).items():
                letters.setdefault(sheet, {})[row] = letter
        for sheet, own in letters.items():
            ImportIssue.objects.filter(batch=self.batch, sheet=sheet, row__in=own).delete()
        ImportIssue.objects.bulk_create(
            [shapes.issue_row(self.batch, issue) for issue in self._issues], batch_size=500
        )
        shapes.mark(self.batch, letters)
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
                actions[at] = letter_of(planned)
            ImportPlan.objects.filter(pk=block.pk).update(
                data=pack(data), keys=shapes.packed_keys(keys), actions="".join(actions)
            )

    def _write_counts(self) -> None:
        actions: Counter[str] = Counter()
        plans = ImportPlan.objects.filter(batch=self.batch).values_list("actions", flat=True)
        for own in plans:
            actions.update(own)
        moved = sum(new.weight - self._old[n].weight for n, (new, _keys) in self._new.items())
        self.batch.counts = {
            **shapes.unmoved(self.batch.counts),
            "sheets": shapes.sheet_counts(self.batch),
            "customers": marks.counted(actions),
            "field_changes": self.batch.counts.get("field_changes", 0) + moved,
        }
        ImportBatch.objects.filter(pk=self.batch.pk).update(counts=self.batch.counts)
