"""Gives a page of a sheet as people look at it: cells with what is wrong, changed, or to decide.

Only the blocks and plans of the rows on the page are opened, however large the file is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from django.utils.translation import gettext as _

from core.records import plain
from core.records.names import folded
from core.records.plain import Plain
from core.text import listed
from core.workbook.cells import column_of, text_of
from customers.import_lifecycle import CHECKED, CHECKING
from customers.imports.fields import targets
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads import memory
from customers.imports.heads.layout import IGNORED, Layout, SheetLayout
from customers.imports.kept import outcomes, shapes
from customers.imports.kept.marks import LETTERS, NAMES
from customers.imports.pages import problems
from customers.imports.pages.shown import (
    STATUSES,
    Choice,
    GridCell,
    GridColumn,
    GridRow,
    RowsPage,
)
from customers.imports.plan import values
from customers.imports.plan.plans import UNDECIDED, Planned
from customers.imports.steps import lookups
from customers.models import (
    Customer,
    ImportBatch,
    ImportBlock,
    ImportDecision,
    ImportIssue,
    ImportOutcome,
)
from customers.rules.identity import mask_name


class Meanings:
    """The meanings of the words of one import."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._told: dict[tuple[str, str], str] = {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Give all values that cells can point to."""
        return lookups.vocabulary()

    @cached_property
    def _answers(self) -> memory.Answers:
        return shapes.answers_of(self._batch, self.vocabulary)

    def of(self, key: str, text: str) -> str:
        """Give the name that a text of a column stands for, "" where the text says so itself."""
        if not text.strip() or key not in self.vocabulary.names:
            return ""
        if (key, text) not in self._told:
            self._told[key, text] = self._look(key, text)
        return self._told[key, text]

    def _look(self, key: str, text: str) -> str:
        names = self.vocabulary.names[key]
        answer = values.answer_to(self._answers.get(key, {}), text)
        if answer is not None and answer.do != memory.MAP:
            return _("(empty)")
        if answer is not None:
            keys = answer.to if isinstance(answer.to, list) else [answer.to]
            return listed(names.instances[pk].name for pk in keys if pk in names.instances)
        pk = names.find(text).pk
        name = names.instances[pk].name if pk is not None else ""
        return "" if folded(name) == folded(text) else name


PAGE = 50
_POINTING = frozenset(
    one.name for one in targets.of_sheet(targets.CUSTOMERS) if one.kind == plain.RECORD
)
Place = tuple[int, int]  # (key of the block, place in it)


def rows(
    batch: ImportBatch, sheet: int, status: str, page: int, by: Any, group: str = ""
) -> RowsPage:
    """Give a page of a sheet's rows: those of a group (Group.key), of a status, or of all ("")."""
    layout = Layout.from_json(batch.mapping["layout"])
    head = layout.by_index.get(sheet)
    if head is None:
        return RowsPage("", (), (), 1, 1, 0)
    made = _Page(batch, head, by)
    if group:
        numbers = problems.rows(batch, sheet, group)
        total, at = len(numbers), partial(_places_of, batch, sheet, numbers)
    else:
        blocks, letters = _blocks(batch, sheet), _letters(status)
        total = sum(statuses.count(letter) for _pk, statuses in blocks for letter in letters)
        at = partial(_places, blocks, letters)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    return RowsPage(head.name, made.columns, made.rows(at((page - 1) * PAGE)), page, pages, total)


def row(batch: ImportBatch, sheet: int, number: int, by: Any) -> RowsPage:
    """Give a row of a sheet alone; none where no data stands in it."""
    head = Layout.from_json(batch.mapping["layout"]).by_index.get(sheet)
    if head is None or number < head.first_row:
        return RowsPage("", (), (), 1, 1, 0)
    made = _Page(batch, head, by)
    return RowsPage(
        head.name, made.columns, made.rows(_places_of(batch, sheet, [number], 0)), 1, 1, 1
    )


def page_of(batch: ImportBatch, sheet: int, status: str, number: int) -> int:
    """Give the page of the rows of one status on which a row stands, 1 where it is none of them."""
    letters, before = _letters(status), 0
    blocks = ImportBlock.objects.filter(batch=batch, sheet=sheet).order_by("first")
    spans = list(blocks.values_list("pk", "statuses", "first", "last"))
    for letter in letters:
        for pk, statuses, first, last in spans:
            if first <= number <= last:
                numbers = shapes.numbers_of(ImportBlock.objects.get(pk=pk))
                at = numbers.index(number) if number in numbers else -1
                if at >= 0 and statuses[at] == letter:
                    return (before + statuses[:at].count(letter)) // PAGE + 1
            before += statuses.count(letter)
    return 1


def _letters(status: str) -> list[str]:
    return [LETTERS[status]] if status in LETTERS else [LETTERS[name] for name in STATUSES]


def _blocks(batch: ImportBatch, sheet: int) -> list[tuple[int, str]]:
    stored = ImportBlock.objects.filter(batch=batch, sheet=sheet).order_by("first")
    return list(stored.values_list("pk", "statuses"))


def _places_of(batch: ImportBatch, sheet: int, rows: Sequence[int], skip: int) -> list[Place]:
    """Find a page of single rows; only the blocks they stand in are opened."""
    found: list[Place] = []
    numbers = rows[skip : skip + PAGE]
    for block in shapes.blocks_with(batch, sheet, numbers):
        known = shapes.numbers_of(block)
        found += [(block.pk, known.index(number)) for number in numbers if number in known]
    return found


def _places(blocks: Sequence[tuple[int, str]], letters: Sequence[str], skip: int) -> list[Place]:
    """Find the rows of a page by counting letters; only its own blocks are looked into."""
    found: list[Place] = []
    for letter in letters:
        for pk, statuses in blocks:
            count = statuses.count(letter)
            if skip >= count:
                skip -= count
                continue
            own = [at for at, one in enumerate(statuses) if one == letter]
            found += [(pk, at) for at in own[skip : skip + PAGE - len(found)]]
            skip = 0
            if len(found) == PAGE:
                return found
    return found


class _Page:
    """One page in the making, with what its rows need loaded in a few questions."""

    def __init__(self, batch: ImportBatch, head: SheetLayout, by: Any) -> None:
        self.batch, self.head, self.by = batch, head, by
        self.columns = [
            GridColumn(
                column.index,
                column.letter,
                column.header,
                column.target,
                _label(column.target) or column.header,
                _is_number(column.target),
            )
            for column in head.columns
            if column.fate != IGNORED
        ]
        self._meanings = Meanings(batch)
        self._records: dict[Any, Customer] = {}

    def rows(self, places: Sequence[Place]) -> list[GridRow]:
        """Make the rows in the order of the places."""
        blocks = ImportBlock.objects.in_bulk({pk for pk, _at in places})
        fixes = shapes.fixes_of(self.batch)
        opened = {pk: shapes.opened(block, fixes) for pk, block in blocks.items()}
        picked = [opened[pk][at] for pk, at in places]
        numbers = [row.number for row in picked]
        documents = {row.document for row in picked if row.document >= 0}
        issues = self._issues(numbers)
        plans = shapes.plans(self.batch, documents)
        people = self._people(plans.values())
        decided = {
            (d.sheet, d.row): f"{d.choice}:{d.customer_id}" if d.customer_id else d.choice
            for d in ImportDecision.objects.filter(
                batch=self.batch, sheet=self.head.index, row__in=numbers
            )
        }
        why = self._why(documents)
        relatives = self._relatives(picked, issues)
        self._load_records(plans.values())
        made = []
        for number, cells, letter, document, is_hidden in picked:
            plan = plans.get(document)
            told = issues.get(number, [])
            own = fixes.get((self.head.index, number), {})
            reason = why.get(document) or (plan.reason if plan else "")
            messages = [*(i.reason for i in told if not i.column), *filter(None, [reason])]
            messages = [*dict.fromkeys(messages), *relatives.get(number, ())]
            made.append(
                GridRow(
                    number=number,
                    status=NAMES[letter],  # type: ignore[arg-type]
                    cells=self._cells(cells, told, own, plan, number),
                    messages=messages,
                    customer=people.get(plan.pk or 0) if plan else None,
                    candidates=[people[pk] for pk, _title in plan.candidates if pk in people]
                    if plan
                    else (),
                    decision=decided.get((self.head.index, number), ""),
                    is_hidden=is_hidden,
                )
            )
        return made

    def _issues(self, numbers: Sequence[int]) -> dict[int, list[ImportIssue]]:
        found: dict[int, list[ImportIssue]] = {}
        stored = ImportIssue.objects.filter(
            batch=self.batch, sheet=self.head.index, row__in=numbers
        )
        for issue in stored.order_by("-is_error", "pk"):
            found.setdefault(issue.row, []).append(issue)
        return found

    def _relatives(
        self, picked: Sequence[shapes.Row], issues: Mapping[int, Sequence[ImportIssue]]
    ) -> dict[int, list[str]]:
        """Say for rows that are right in themselves which row of their customer is wrong."""
        innocent = {
            row.number: row.document
            for row in picked
            if row.letter == LETTERS["failed"]
            and row.document >= 0
            and not any(one.is_error for one in issues.get(row.number, ()))
        }
        found = problems.of_documents(self.batch, set(innocent.values()))
        return {n: problems.in_words(found.get(document, ())) for n, document in innocent.items()}

    def _load_records(self, plans: Iterable[Planned]) -> None:
        """Load the customers that are pointed to now, all at once."""
        keys = {
            old for plan in plans for name, (old, _new) in plan.changes.items() if name in _POINTING
        }
        self._records = Customer.objects.visible_to(self.by).in_bulk([key for key in keys if key])

    def _why(self, documents: set[int]) -> dict[int, str]:
        """Say why customers of the file came out otherwise than planned, once it was written."""
        if self.batch.state in (CHECKED, CHECKING):
            return {}
        done = outcomes.some(self.batch, ImportOutcome.Phase.WRITE, documents)
        return {one.number: one.reason for one in done if one.reason}

    def _people(self, plans: Any) -> dict[int, Choice]:
        keys = {plan.pk for plan in plans if plan.pk}
        keys |= {pk for plan in plans for pk, _title in plan.candidates}
        seen = set(
            Customer.objects.visible_to(self.by).filter(pk__in=keys).values_list("pk", flat=True)
        )
        rows = Customer.objects.filter(pk__in=keys).only("pk", "code", "name", "state")
        return {
            row.pk: Choice(
                pk=row.pk if row.pk in seen else None,
                code=row.code if row.pk in seen else "",
                name=str(row) if row.pk in seen else mask_name(row.name),
                state=str(row.get_state_display()),
            )
            for row in rows
        }

    def _cells(
        self,
        cells: Sequence[Any],
        issues: Sequence[ImportIssue],
        fixes: Mapping[int, Any],
        plan: Planned | None,
        number: int,
    ) -> list[GridCell]:
        told: dict[int, ImportIssue] = {}
        for one in issues:
            if one.column:
                told.setdefault(column_of(one.column), one)
        changes = self._changes(plan, number) if plan else {}
        made = []
        for column in self.columns:
            text = text_of(cells[column.index]) if column.index < len(cells) else ""
            kind = message = old = meaning = ""
            if issue := told.get(column.index):
                kind = "error" if issue.is_error else "warn"
                message = f"{issue.reason} {issue.hint}".strip()
            else:
                meaning = self._meanings.of(column.target, text)
                if column.target in changes:
                    kind, old = "changed", self._text(column.target, changes[column.target])
            is_fixed = column.index in fixes
            made.append(GridCell(column.index, text, kind, message, old, meaning, is_fixed))
        return made

    def _changes(self, plan: Planned, number: int) -> dict[str, Plain]:
        """Give what the customer has now, by the target of what this row would change."""
        if plan.pk is None or plan.action == UNDECIDED:
            return {}
        here = (self.head.index, number)
        found: dict[str, Plain] = {}
        if here == (plan.sheet, plan.row):
            found = {f"customers.{name}": old for name, (old, _new) in plan.changes.items()}
        for op in plan.children:
            if (op.sheet, op.row) == here and op.op == "mod":
                found |= {f"{op.child}.{name}": old for name, (old, _new) in op.changes.items()}
        return found

    def _text(self, key: str, value: Plain) -> str:
        target = targets.by_key()[key]
        if value is None or value == "":
            return "—"
        if target.kind == plain.RECORD:
            return str(self._records.get(value) or "****")
        if target.kind in (plain.REFERENCE, plain.TAGS):
            known = self._meanings.vocabulary.instances(key)
            keys = value if isinstance(value, list) else [value]
            return listed(known.get(int(one), one) for one in keys) or "—"
        if target.field is not None and target.field.choices:
            return str(dict(target.field.flatchoices).get(value, value))
        return str(value)


def _label(key: str) -> str:
    target = targets.by_key().get(key)
    return str(target.head) if target else ""


def _is_number(key: str) -> bool:
    target = targets.by_key().get(key)
    return target is not None and target.kind in (plain.DECIMAL, plain.INTEGER)
