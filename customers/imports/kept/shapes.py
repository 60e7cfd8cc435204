"""What an import keeps between its steps, as rows of tables: cells, answers, issues, plans.

Only shapes are turned into one another here; what they mean is decided elsewhere.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils import timezone

from core.models import User
from core.records.plain import Values
from core.said import again, plain
from core.workbook.cells import text_of
from customers.imports.fields.issues import Issue
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads import memory
from customers.imports.heads.memory import Answer
from customers.imports.kept.marks import (
    LETTERS,
    NO_DATA,
    as_row,
    counted,
    letter_of,
    pack,
    unpack,
    unpack_numbers,
)
from customers.imports.plan.plans import CREATE, ChildOp, Decision, Document, Known, Planned
from customers.models import (
    ImportBatch,
    ImportBlock,
    ImportDecision,
    ImportFix,
    ImportIssue,
    ImportPlan,
)
from customers.rules.identity import normalised_name

Fixes = Mapping[tuple[int, int], Mapping[int, Any]]


class Keys(NamedTuple):
    """What a customer of the file may share with others, and the stored ones who shared it."""

    own: list[str]
    seen: list[int]


class Row(NamedTuple):
    """A row of a block as it is now; `document` is its customer of the file, -1 for none."""

    number: int
    cells: list[Any]
    letter: str
    document: int
    is_hidden: bool

    def text(self, column: int) -> str:
        """Give the text of a cell; "" behind the last."""
        return text_of(self.cells[column]) if column < len(self.cells) else ""


def plan_block(plans: list[tuple[Planned, Keys]], batch: ImportBatch) -> ImportPlan:
    """Pack plans with consecutive numbers into one row."""
    first, _keys = plans[0]
    return ImportPlan(
        batch=batch,
        first=first.number,
        count=len(plans),
        actions="".join(letter_of(planned) for planned, _keys in plans),
        keys=packed_keys(keys for _planned, keys in plans),
        data=pack([flat(planned) for planned, _keys in plans]),
    )


def keys_of(document: Document, known: Known) -> Keys:
    """Give what a customer of the file may share with others, and who shared it at the check."""
    values = document.values
    keys = [f"r{document.row_key}"] if document.row_key else []
    seen: set[int] = set()
    if code := values.get("code"):
        keys.append(f"c{code}")
        if (pk := known.by_code.get(str(code))) is not None:
            seen.add(pk)
    for letter, name, there in (
        ("u", "uscc", known.by_uscc),
        ("t", "tax_number", known.by_tax_number),
    ):
        if value := values.get(name):
            keys.append(f"{letter}{value}")
            seen.update(there.get(str(value), ()))
    if title := values.get("name"):
        key = normalised_name(str(title))
        keys.append(f"n{key}")
        seen.update(known.by_name.get(key, ()))
    return Keys(keys, sorted(seen))


def packed_keys(keys: Iterable[Keys]) -> bytes:
    """Pack the keys of a block."""
    return pack(list(map(tuple, keys)))


def keys_in(block: ImportPlan) -> list[Keys]:
    """Unpack the keys of a block."""
    return [Keys(*one) for one in unpack(block.keys)]


def packed_rows(numbers: Sequence[int], rows: Sequence[Any], hidden: Sequence[int]) -> bytes:
    """Pack the rows of a block, with the numbers of those that Excel hides."""
    return pack([numbers, rows, hidden])


def blocks_with(batch: ImportBatch, sheet: int, rows: Iterable[int]) -> Iterator[ImportBlock]:
    """Give one by one the blocks of a sheet within whose numbers any of these rows stands."""
    wanted = sorted(rows)
    spans = ImportBlock.objects.filter(batch=batch, sheet=sheet).order_by("first")
    for pk, first, last in list(spans.values_list("pk", "first", "last")):
        at = bisect_left(wanted, first)
        if at < len(wanted) and wanted[at] <= last:
            yield ImportBlock.objects.get(pk=pk)


def mark(batch: ImportBatch, letters: Mapping[int, Mapping[int, str]]) -> None:
    """Give rows (sheet -> row -> letter) another status than the check did."""
    for sheet, told in letters.items():
        for block in blocks_with(batch, sheet, told):
            pairs = zip(numbers_of(block), block.statuses, strict=True)
            statuses = "".join(told.get(number, letter) for number, letter in pairs)
            ImportBlock.objects.filter(pk=block.pk).update(statuses=statuses)


def sheet_counts(batch: ImportBatch, *, is_written: bool = False) -> dict[str, dict[str, int]]:
    """Count the rows of each sheet with data by status; the sheets by index as JSON has it.

    Once it is written, what nobody decided was skipped.
    """
    undecided = LETTERS["skipped" if is_written else "undecided"]
    sheets: dict[str, Counter[str]] = {}
    stored = ImportBlock.objects.filter(batch=batch).values_list("sheet", "statuses")
    for sheet, letters in stored.order_by("sheet"):
        sheets.setdefault(str(sheet), Counter()).update(
            letters.replace(LETTERS["undecided"], undecided)
        )
    return {sheet: counted(found) for sheet, found in sheets.items() if set(found) - {NO_DATA}}


def numbers_of(block: ImportBlock) -> list[int]:
    """Give the row numbers of a block."""
    numbers, _rows, _hidden = unpack(block.data)
    return list(numbers)


def rows_of(block: ImportBlock, fixes: Fixes) -> tuple[list[int], list[list[Any]]]:
    """Give the numbers and cells of a block as they are now, with what people wrote anew."""
    numbers, rows, _hidden = _opened(block, fixes)
    return numbers, rows


def unmoved(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the counts of an import without what moved since the check before."""
    return {name: value for name, value in counts.items() if not name.startswith("moved")}


class Now:
    """The rows of an import that was checked, as they are now; one block is open at a time."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch, self._fixes = batch, fixes_of(batch)
        self._sheet, self._rows = -1, dict[int, Row]()

    def row(self, sheet: int, number: int) -> Row | None:
        """Give a row of a sheet, None when there is no such row."""
        if sheet != self._sheet or number not in self._rows:
            for block in blocks_with(self._batch, sheet, [number]):
                self._sheet = sheet
                self._rows = {row.number: row for row in opened(block, self._fixes)}
        return self._rows.get(number) if sheet == self._sheet else None


def opened(block: ImportBlock, fixes: Fixes) -> list[Row]:
    """Give all that is known of the rows of a block that was checked."""
    numbers, rows, hidden = _opened(block, fixes)
    documents = list(unpack_numbers(block.documents)) or [-1] * block.count
    is_hidden = map(set(hidden).__contains__, numbers)
    parts = zip(numbers, rows, block.statuses, documents, is_hidden, strict=True)
    return list(map(Row._make, parts))


def _opened(block: ImportBlock, fixes: Fixes) -> tuple[list[int], list[list[Any]], list[int]]:
    numbers, packed, hidden = unpack(block.data)
    rows = [as_row(row) for row in packed]
    for place, row in enumerate(rows):
        for column, cell in fixes.get((block.sheet, numbers[place]), {}).items():
            row.extend([""] * (column + 1 - len(row)))
            row[column] = cell
    return numbers, rows, hidden


def keep_cells(batch: ImportBatch, cells: Mapping[tuple[int, int, int], Any], by: User) -> None:
    """Keep cells that somebody wrote anew, by (sheet, row, column)."""
    now = timezone.now()
    ImportFix.objects.bulk_create(
        [
            ImportFix(batch=batch, sheet=sheet, row=row, column=column, cell=cell, by=by, at=now)
            for (sheet, row, column), cell in cells.items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["batch", "sheet", "row", "column"],
        update_fields=["cell", "by", "at"],
    )


def fixes_of(batch: ImportBatch) -> dict[tuple[int, int], dict[int, Any]]:
    """Give the cells that people wrote anew: (sheet, row) -> column -> cell."""
    fixes: dict[tuple[int, int], dict[int, Any]] = {}
    stored = ImportFix.objects.filter(batch=batch).values_list("sheet", "row", "column", "cell")
    for sheet, row, column, cell in stored:
        kept = cell if isinstance(cell, str) else tuple(cell)
        fixes.setdefault((sheet, row), {})[column] = kept
    return fixes


def decisions_of(batch: ImportBatch) -> dict[tuple[int, int], Decision]:
    """Give what people answered for undecided rows."""
    stored = ImportDecision.objects.filter(batch=batch)
    return {(one.sheet, one.row): Decision(one.choice, one.customer_id) for one in stored}


def answers_of(batch: ImportBatch, vocabulary: Vocabulary) -> memory.Answers:
    """Give what words stand for: as remembered, and above that as answered for this import."""
    answers = memory.of_values(vocabulary)
    for field, words in batch.mapping.get("values", {}).items():
        for text, (do, to) in words.items():
            answers.setdefault(field, {})[text] = Answer(do, to)
    return answers


def issue_row(batch: ImportBatch, issue: Issue) -> ImportIssue:
    """Give an issue as the table keeps it."""
    return ImportIssue(
        batch=batch,
        sheet=issue.sheet,
        row=issue.row,
        column=issue.column,
        field=issue.field,
        kind=issue.kind,
        value=issue.value[:500],
        reason=issue.reason,
        hint=issue.hint,
        suggestion=issue.suggestion[:500],
        is_error=issue.is_error,
        group=group_key(f"{issue.sheet}|{issue.group}"),
    )


@lru_cache(maxsize=10_000)
def group_key(group: str) -> str:
    """Give the short name under which equal issues stand in addresses and forms."""
    return hashlib.blake2b(group.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def plans_of(block: ImportPlan) -> list[Planned]:
    """Unpack the plans of a block."""
    return [raised(values) for values in unpack(block.data)]


# Walking through dataclasses by themselves costs ten times.
_NAMES = [one.name for one in fields(Planned) if one.name != "issues"]
_CHILDREN, _ROWS, _REASON = map(_NAMES.index, ("children", "rows", "reason"))
_of_plan = attrgetter(*_NAMES)
_of_op = attrgetter(*(one.name for one in fields(ChildOp)))


def flat(planned: Planned) -> list[Any]:
    """Give a plan as a list for JSON."""
    told = list(_of_plan(planned))
    told[_CHILDREN] = list(map(_of_op, planned.children))
    told[_ROWS] = None if planned.action == CREATE else planned.rows  # they are those of its ops
    told[_REASON] = plain(planned.reason)
    return told


def raised(values: list[Any]) -> Planned:
    """Give the plan that `flat` made a list of."""
    planned = Planned(*values)  # plans of before lack the last
    planned.children = [ChildOp(*op) for op in planned.children]  # type: ignore[misc]
    planned.source = [(sheet, row) for sheet, row in planned.source]
    planned.reason = again(planned.reason)
    if planned.rows is None:
        planned.rows = _added(planned.children)
    return planned


def _added(ops: Sequence[ChildOp]) -> dict[str, list[tuple[int | None, Values]]]:
    """Give the wanted rows of a new customer, all of which are added."""
    rows: dict[str, list[tuple[int | None, Values]]] = {}
    for op in ops:
        values = {name: new for name, (_old, new) in op.changes.items()}
        rows.setdefault(op.child, []).append((None, values))
    return rows


def plans(batch: ImportBatch, numbers: Collection[int]) -> dict[int, Planned]:
    """Give what was planned for these customers of the file, by their numbers."""
    found: dict[int, Planned] = {}
    for block in holding(ImportPlan.objects.filter(batch=batch), numbers):
        data = unpack(block.data)
        for number in numbers:
            if block.first <= number < block.first + block.count:
                found[number] = raised(data[number - block.first])
    return found


def holding(rows: Any, numbers: Collection[int]) -> list[Any]:
    """Give the blocks that hold these customers of the file."""
    spans = list(rows.order_by("first").values_list("pk", "first", "count"))
    wanted = [pk for pk, first, count in spans if any(first <= n < first + count for n in numbers)]
    return list(rows.filter(pk__in=wanted).order_by("first"))
