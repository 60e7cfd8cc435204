"""What pages show of an import: plain shapes without queries or texts of their own.

customers/imports/desk.py fills them; templates read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core import jobs
from customers.imports.heads.layout import Column, SheetLayout
from customers.models import ImportBatch

# In this order on the page: what needs a person first.
STATUSES = ("failed", "undecided", "requested", "updated", "created", "unchanged", "skipped")
Status = Literal["created", "updated", "requested", "unchanged", "undecided", "skipped", "failed"]


@dataclass(frozen=True)
class ColumnLine:
    """One column of a sheet of the file: its first texts, and how it is known where it goes.

    `how` is "header", "remembered", "guess" (needs a look), "twice", "ignored" or "unknown".
    """

    sheet: SheetLayout
    column: Column
    samples: Sequence[str]
    how: str

    @property
    def key(self) -> str:
        """The name of the column in the form: "0:3" is column D of the first sheet."""
        return f"{self.sheet.index}:{self.column.index}"

    @property
    def target(self) -> str:
        """The key of the field it goes to or may go to, "" while nobody knows."""
        return self.column.target or self.column.suggestion


@dataclass(frozen=True)
class Candidate:
    """A reference value a word may stand for."""

    code: str
    label: str


@dataclass(frozen=True)
class ValueLine:
    """A word that names no reference value: in how many rows, and what it may mean.

    `key` is its name in the form; `chosen` is "map:<code>", "create", "skip" or "" (open).
    """

    key: str
    field: str
    field_label: str
    text: str
    rows: int
    suggestion: Candidate | None
    candidates: Sequence[Candidate]
    may_create: bool
    chosen: str = ""


@dataclass(frozen=True)
class Counts:
    """Rows of a sheet, or customers: read = the sum of all others, always."""

    read: int = 0
    created: int = 0
    updated: int = 0
    requested: int = 0
    unchanged: int = 0
    undecided: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def writable(self) -> int:
        """How many would be written, or asked for."""
        return self.written + self.requested

    @property
    def written(self) -> int:
        """How many were changed at once."""
        return self.created + self.updated

    @property
    def left(self) -> int:
        """How many are not written although they would do something."""
        return self.failed + self.skipped + self.undecided

    def of(self, status: str) -> int:
        """The number of one status, by its name."""
        return int(getattr(self, status))


@dataclass(frozen=True)
class SheetCounts:
    """The counts of one sheet with the name people see and its index for links."""

    sheet: int
    name: str
    counts: Counts


@dataclass(frozen=True)
class GroupValue:
    """A text that cells with an equal problem hold, and in how many rows."""

    text: str
    rows: int


@dataclass(frozen=True)
class Group:
    """Equal problems of many rows: said once. `key` goes to fix_group.

    `count` counts rows; `values` are the different texts, each of which can be replaced by another
    (none where a text does not mend it), `values_left` how many more there are, `suggestion` what
    the only one surely means; `cells` begin the list of their places.
    """

    key: str
    sheet: int
    column_label: str
    reason: str
    hint: str
    suggestion: str
    count: int
    is_error: bool
    first_row: int
    values: Sequence[GroupValue] = ()
    values_left: int = 0
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class Problem:
    """An error to look at next: its cell (column -1: the row), and the page that shows it.

    `group` is the problem whose rows the page lists, "" for the rows of a status.
    """

    sheet: int
    row: int
    column: int
    page: int
    group: str = ""


@dataclass(frozen=True)
class Summary:
    """What the check found: counts for each sheet in rows and once in customers.

    `kinds` are the numbers of kinds of errors and of warnings.
    """

    sheets: Sequence[SheetCounts]
    customers: Counts
    kinds: tuple[int, int]
    notes: Sequence[str]
    seconds: float
    field_changes: int
    moved: Sequence[ResultRow] = ()


@dataclass(frozen=True)
class GridColumn:
    """A head of the grid; `index` is the column in the file, `letter` as Excel names it.

    `label` is what Kehu calls the field, `header` what the file does.
    """

    index: int
    letter: str
    header: str
    target: str
    label: str
    is_number: bool = False


@dataclass(frozen=True)
class GridCell:
    """A cell: `kind` is "", "error", "warn" or "changed"; `message` says what is wrong.

    `text` is what the file or the last fix says, `old` what the customer has now (updates only),
    `meaning` what the text stands for where that is another.
    """

    column: int
    text: str
    kind: str = ""
    message: str = ""
    old: str = ""
    meaning: str = ""
    is_fixed: bool = False


@dataclass(frozen=True)
class Choice:
    """A customer a row may mean; masked where the user may not see it (then `pk` is None)."""

    pk: int | None
    code: str
    name: str
    state: str


@dataclass(frozen=True)
class GridRow:
    """A row of a sheet with what it would do; messages that belong to no cell are in `messages`."""

    number: int
    status: Status
    cells: Sequence[GridCell]
    messages: Sequence[str] = ()
    customer: Choice | None = None
    candidates: Sequence[Choice] = ()
    decision: str = ""
    is_hidden: bool = False


@dataclass(frozen=True)
class RowsPage:
    """A page of a sheet's rows, those of one status or all (errors first)."""

    name: str
    columns: Sequence[GridColumn]
    rows: Sequence[GridRow]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Progress(jobs.Progress):
    """How far a check, write or undo is; None for what is not known yet.

    `is_standing_still` says that there is work left and no job for it.
    """

    phase_label: str = ""
    is_taking_back: bool = False
    is_standing_still: bool = False
    can_stop: bool = False

    @property
    def is_waiting(self) -> bool:
        """Say whether nobody works on it yet, or again."""
        return self.state == "queued"

    @property
    def amount(self) -> str:
        """How much of how much is done, "" for nothing yet of nobody knows how much."""
        if self.total is None:
            return f"{self.done:,}" if self.done else ""
        return f"{self.done:,} / {self.total:,}"

    @property
    def rate(self) -> int:
        """How many are done in a second, 0 where that is not known."""
        return round(self.per_second or 0)

    @property
    def failures(self) -> int:
        """How many tries in a row failed; the next comes in `seconds_to_next`."""
        return self.attempts if self.is_waiting else 0


@dataclass(frozen=True)
class ResultRow:
    """What became of one customer of the file; `pk` only where the user sees the customer.

    So is `request`, the change request that was made for it.
    """

    sheet: str
    row: int
    status: Status
    label: str
    code: str
    pk: int | None
    reasons: Sequence[str] = ()
    request: int | None = None
    request_code: str = ""

    @property
    def reason(self) -> str:
        """The reasons in one line."""
        return " ".join(self.reasons)


@dataclass(frozen=True)
class Bucket:
    """A part of an undo: "reverted", "kept", "failed" or still "left", with the reasons."""

    name: str
    count: int
    rows: Sequence[ResultRow]


@dataclass(frozen=True)
class Result:
    """The report of a write, and of its undo: it always adds up.

    `codes` are (first, last, count) for each run of codes; `changed_since` lists the customers
    that somebody changed after the check and that were therefore left alone; `drafts` counts the
    added ones that are drafts still, up to one more than can be submitted at once; `forgotten`
    ones are left although the import is called undone.
    """

    sheets: Sequence[SheetCounts]
    customers: Counts
    codes: Sequence[tuple[str, str, int]]
    changed_since: Sequence[ResultRow]
    not_written: Sequence[ResultRow]
    submitted: int
    drafts: int
    seconds: float
    rate: int
    undo: Sequence[Bucket] = ()
    undone_at: datetime | None = None
    undone_by: str = ""
    can_undo: bool = False
    forgotten: int = 0
    trouble: str = ""

    @property
    def reverted(self) -> int:
        """How many customers an undo took back."""
        return self._in("reverted")

    @property
    def kept(self) -> int:
        """How many customers an undo left as they are, or could not restore."""
        return self._in("kept", "failed")

    def _in(self, *names: str) -> int:
        return sum(one.count for one in self.undo if one.name in names)


@dataclass(frozen=True)
class Fault:
    """What is wrong: in the cell of a column (0 is A), or with the whole row (-1)."""

    column: int
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class ErrorRow:
    """A row of the user's file with its own number; a good row has no faults.

    `relatives` say which other rows of its customer are wrong.
    """

    number: int
    cells: Sequence[Any]
    faults: Sequence[Fault] = ()
    relatives: Sequence[str] = ()


@dataclass(frozen=True)
class ErrorSheet:
    """A sheet of the user's file: the rows up to its heads, then rows as they come."""

    name: str
    heads: Sequence[tuple[int, Sequence[Any]]]
    rows: Iterable[ErrorRow]
    columns: int


@dataclass(frozen=True)
class Origin:
    """The import that a customer came from, for the link on its page."""

    batch: ImportBatch
    may_open: bool
