"""Turns the cells of a block into plain values, column by column, and names every one it cannot.

Pure; equal cells of a column are parsed once. What whole records need is for documents and planner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.core.exceptions import ValidationError

from core.records import plain, widgets
from core.records.plain import Plain, Target
from core.records.widgets import Reader, TagsWidget, UnknownValue
from core.said import items
from core.said import said as _
from core.text import clean, fold_width
from core.workbook.cells import Cell, letters
from customers.imports.fields import issues, ordinary, targets
from customers.imports.fields.cells import Wrong, is_code, readable, shown
from customers.imports.fields.issues import Issue
from customers.imports.fields.vocabulary import Unfinished, Vocabulary
from customers.imports.heads import memory
from customers.imports.heads.layout import HELPER, MAPPED, Column, SheetLayout
from customers.imports.heads.memory import Answer, Answers
from customers.imports.plan.leftovers import is_leftover

CLEAR, BAD, SKIP = "\x00clear", "\x00bad", "\x00skip"
CLEAR_WORDS = frozenset({"<清空>", "<clear>"})
MOST_REMEMBERED = 5_000
_FREE = frozenset({plain.TEXT, plain.LONG, plain.RECORD})
_NEVER_CLEARED = frozenset({"customers.code", *targets.NEEDED})
_KINDS = {"max_length": issues.TOO_LONG, "forbidden_character": issues.CHARACTER}
_KIND_OF = {
    plain.CHOICE: issues.CHOICE,
    plain.FLAG: issues.FLAG,
    plain.DATE: issues.DATE,
    plain.DECIMAL: issues.NUMBER,
    plain.INTEGER: issues.NUMBER,
}


@dataclass(slots=True)
class Parsed:
    """A block as values: per target key one list, None for an empty cell, else a plain value.

    CLEAR stands for a cell that says so, BAD for one with an issue, SKIP for a row to leave out.
    """

    sheet: int
    rows: list[int]
    columns: dict[str, list[Plain]]
    issues: list[Issue] = field(default_factory=list)

    def tell(self, at: int, letter: str, key: str, wrong: Wrong, *, is_error: bool = True) -> None:
        """Add an issue about a column in the row at this place of the block."""
        place = (self.sheet, self.rows[at])
        self.issues.append(Issue(*place, letter, key, *wrong, is_error=is_error))


class Memo(dict[Cell, Any]):
    """The values of one column by cell; what was not seen yet is parsed, what is many forgotten."""

    def __init__(
        self,
        target: Target,
        reader: Reader,
        answers: Mapping[str, Answer],
        nothing: str = "",
    ) -> None:
        super().__init__()
        self.target, self.has_wrong = target, False
        self._nothing, self.emptied = nothing, ""
        self._reader = reader
        self._answers = {_asked(text): answer for text, answer in answers.items()}
        self._is_ordinary = None if answers else ordinary.test_of(target)

    def __missing__(self, cell: Cell) -> Any:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        if (
            self._is_ordinary
            and type(cell) is str
            and (len(cell) > memory.NOTHING_LENGTH or not memory.is_nothing(cell))
            and self._is_ordinary(cell)
        ):
            self[cell] = cell
            return cell
        value = self[cell] = self._value(cell)
        self.has_wrong = self.has_wrong or isinstance(value, Wrong)
        return value

    def spare(self, cells: Sequence[Cell], unfinished: Unfinished) -> bool:
        """Take what a draft holds as it is, though its form is wrong; say whether there is any."""
        if self.target.kind != plain.TEXT:
            return False
        wrong = {
            clean(cell, fold=self.target.field.fold): (cell, value)
            for cell in set(cells)
            if isinstance(cell, str)
            and isinstance(value := self[cell], Wrong)
            and value.kind == issues.INVALID
        }
        held = unfinished.take(self.target, {text: value for text, (_, value) in wrong.items()})
        self.update((wrong[text][0], text) for text in held)
        return bool(held)

    def _value(self, cell: Cell) -> Any:
        text = readable(self.target, cell)
        if isinstance(text, Wrong) or not (asked := _asked(text)):
            return None if text == "" or isinstance(text, str) else text
        if asked in CLEAR_WORDS:
            return self._cleared(text)
        if answer := self._answers.get(asked):
            return _answered(answer)
        if self.target.kind != plain.KEY and memory.is_nothing(text):
            return self._of_nothing(cell, text)
        return self._read(cell, text)

    def _of_nothing(self, cell: Cell, text: str) -> Any:
        """A text that often stands for nothing: what was said about it, else it is asked."""
        value = self._read(cell, text)
        is_meant = not isinstance(value, Wrong) and self.target.kind not in _FREE
        if is_meant or self._nothing == memory.KEEP:
            return value
        if self._nothing == memory.EMPTY:
            self.emptied = self.emptied or shown(cell)
            return None
        reason = _("“%(value)s” may stand for nothing.") % {"value": text}
        hint = _("Say above whether it does, for the whole file.")
        return Wrong(shown(cell), issues.PLACEHOLDER, reason, hint)

    def _read(self, cell: Cell, text: str) -> Any:
        try:
            if isinstance(self._reader.widget, TagsWidget) and self._answers:
                return self._tags(text, self._reader.widget)
            return self._reader.parse(text)
        except UnknownValue as error:
            return _unknown(error)
        except ValueError as error:
            return self._wrong(cell, error)

    def _tags(self, text: str, widget: TagsWidget) -> Plain:
        """Tags have an answer each, since a cell holds several of them."""
        keys: set[int] = set()
        for part in widget.parts(text):
            answer = self._answers.get(_asked(part))
            if answer is None:
                keys.add(widget.one(part))
            elif answer.do == memory.SKIP:
                return SKIP
            elif answer.do == memory.MAP and answer.to is not None:
                keys.update(answer.to if isinstance(answer.to, list) else [int(answer.to)])
        return sorted(keys) or None

    def _cleared(self, text: str) -> Any:
        if self.target.key not in _NEVER_CLEARED and self.target.kind != plain.KEY:
            return CLEAR
        return Wrong(text, issues.INVALID, _("This cannot be cleared."))

    def _wrong(self, cell: Cell, error: ValueError) -> Wrong:
        kind = _KIND_OF.get(self.target.kind, issues.INVALID)
        cause, hint = error.__cause__, ""
        if isinstance(cause, ValidationError):
            kind = _KINDS.get(cause.error_list[0].code or "", kind)
        if not isinstance(cell, str) and cell[0] == "n" and is_code(self.target):
            hint = _("The cell is a number: leading zeros are lost. Format it as text.")
        return Wrong(shown(cell), kind, str(error), hint)


class Parser:
    """Parses the blocks of one file; `answers` are the remembered ones, by target and text."""

    def __init__(
        self, sheets: Mapping[int, SheetLayout], vocabulary: Vocabulary, answers: Answers
    ) -> None:
        self._sheets = sheets
        self._readers = widgets.readers(targets.by_key().values(), vocabulary.names)
        self._unfinished = vocabulary.unfinished
        self._answers = answers
        self._memos: dict[str, Memo] = {}
        self._told: set[tuple[int, int]] = set()

    def parse(self, sheet: int, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> Parsed:
        """Give the values and all issues of a block; rows above the first data row are dropped."""
        known = self._sheets[sheet]
        above = sum(number < known.first_row for number in numbers)
        numbers, rows = numbers[above:], rows[above:]
        parsed = Parsed(sheet, list(numbers), {})
        if known.shape == "skipped" or not rows:
            return parsed
        left_out = self._leave_out(parsed, known, rows)
        if left_out:
            rows = [row for at, row in enumerate(rows) if at not in left_out]
            parsed.rows = [row for at, row in enumerate(parsed.rows) if at not in left_out]
        cells = list(zip_longest(*rows, fillvalue=""))
        for fate in (MAPPED, HELPER):
            for column in known.columns:
                if column.fate == fate:
                    given = cells[column.index] if column.index < len(cells) else [""] * len(rows)
                    self._column(parsed, column, given, is_helper=fate == HELPER)
        self._tell_headless(parsed, known, cells)
        parsed.issues.sort(key=lambda issue: issue.row)
        return parsed

    def _leave_out(
        self, parsed: Parsed, known: SheetLayout, rows: Sequence[Sequence[Cell]]
    ) -> set[int]:
        """Name the rows that are no records; give where they stand in the block."""
        heads = frozenset(column.header.strip() for column in known.columns)
        found = {at for at, row in enumerate(rows) if is_leftover(row, heads)}
        reason = _("A total, a footer or a repeated head: no record, left out.")
        for at in sorted(found):
            index = next(index for index, cell in enumerate(rows[at]) if shown(cell).strip())
            told = Wrong(shown(rows[at][index]), issues.LEFT_OUT, reason)
            parsed.tell(at, letters(index), "", told, is_error=False)
        return found

    def _column(
        self, parsed: Parsed, column: Column, cells: Sequence[Cell], *, is_helper: bool
    ) -> None:
        memo = self._memo(column.target)
        if is_helper and column.target in parsed.columns:
            cells = self._asked_of_helper(parsed, column.target, cells)
        values: list[Any] = list(map(memo.__getitem__, cells))
        if memo.emptied:
            self._tell_emptied(parsed, column, cells, memo)
        if memo.has_wrong and memo.spare(cells, self._unfinished):
            values = list(map(memo.__getitem__, cells))
        if memo.has_wrong:
            for at, value in enumerate(values):
                if isinstance(value, Wrong):
                    parsed.tell(at, column.letter, column.target, value)
                    values[at] = BAD
        if is_helper and column.target in parsed.columns:
            values = [
                helped if value is None else value
                for value, helped in zip(parsed.columns[column.target], values, strict=True)
            ]
        parsed.columns[column.target] = values

    def _tell_emptied(
        self, parsed: Parsed, column: Column, cells: Sequence[Cell], memo: Memo
    ) -> None:
        """Say once of a column that texts in it were taken for nothing, as somebody answered."""
        if (parsed.sheet, column.index) in self._told:
            return
        self._told.add((parsed.sheet, column.index))
        same = (at for at, cell in enumerate(cells) if shown(cell) == memo.emptied)
        at = next(same, 0)
        reason = _("“%(value)s” and the like are taken for empty, as was said.")
        told = Wrong(memo.emptied, issues.PLACEHOLDER, reason % {"value": memo.emptied})
        parsed.tell(at, column.letter, column.target, told, is_error=False)

    def _asked_of_helper(
        self, parsed: Parsed, target: str, cells: Sequence[Cell]
    ) -> Sequence[Cell]:
        """Give the cells of the name beside a code that count: where no code is known.

        Of an unknown code with a name beside it only the name is spoken of.
        """
        decided = parsed.columns[target]
        unknown = {
            issue.row
            for issue in parsed.issues
            if issue.field == target and issue.kind == issues.UNKNOWN_VALUE
        }
        named = {
            row
            for row, cell in zip(parsed.rows, cells, strict=True)
            if row in unknown and shown(cell).strip()
        }
        parsed.issues = [i for i in parsed.issues if i.field != target or i.row not in named]
        for at, row in enumerate(parsed.rows):
            if row in named:
                decided[at] = None
        return [cell if value is None else "" for value, cell in zip(decided, cells, strict=True)]

    def _memo(self, key: str) -> Memo:
        if key not in self._memos:
            target = targets.by_key()[key]
            said = self._answers.get(memory.FILE, {}).get(memory.PLACEHOLDERS)
            nothing = said.do if said else ""
            self._memos[key] = Memo(target, self._readers[key], self._answers.get(key, {}), nothing)
        return self._memos[key]

    def _tell_headless(
        self, parsed: Parsed, known: SheetLayout, cells: Sequence[Sequence[Cell]]
    ) -> None:
        """Name the columns that have cells but no head: nothing is dropped without a word."""
        headed = {column.index for column in known.columns}
        for index in range(len(cells)):
            if index in headed or (parsed.sheet, index) in self._told:
                continue
            at = next((at for at, cell in enumerate(cells[index]) if shown(cell).strip()), None)
            if at is None:
                continue
            self._told.add((parsed.sheet, index))
            reason = _("Column %(column)s has no head, so its cells are not read.")
            told = Wrong(
                shown(cells[index][at]), issues.COLUMN, reason % {"column": letters(index)}
            )
            parsed.tell(at, letters(index), "", told, is_error=False)


def _unknown(error: UnknownValue) -> Wrong:
    found = error.found
    if found.candidates:
        hint = _("Give the code instead: %(candidates)s.") % {"candidates": items(found.candidates)}
        return Wrong(error.text, issues.AMBIGUOUS, str(error), hint)
    hint = _("Did you mean “%(value)s”?") % {"value": found.suggestion} if found.suggestion else ""
    return Wrong(error.text, issues.UNKNOWN_VALUE, str(error), hint, found.suggestion)


def _answered(answer: Answer) -> Plain:
    if answer.do == memory.SKIP:
        return SKIP
    return answer.to if answer.do == memory.MAP else None


def answer_to(answers: Mapping[str, Answer], text: str) -> Answer | None:
    """Give what was answered about a text, None where nobody was asked."""
    asked = _asked(text)
    return next((one for word, one in answers.items() if _asked(word) == asked), None)


def _asked(text: str) -> str:
    """Give the text by which answers are found again."""
    return fold_width(text).strip().casefold()
