"""What an import would do to each customer, as plain data between check, preview and write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.records.changes.wanted import FieldWish, RowWish, Wanted
from core.records.plain import Plain, Values
from core.workflow import Workflow
from customers.imports.fields.issues import Issue
from customers.imports.heads.layout import SheetLayout
from customers.lifecycle import LIFE

CREATE, UPDATE, UNCHANGED = "create", "update", "unchanged"
UNDECIDED, SKIP, REJECT = "undecided", "skip", "reject"
BOTH, ADD_ONLY, UPDATE_ONLY = "both", "add", "update"
MERGE, REPLACE = "merge", "replace"
KEEP, CLEAR = "keep", "clear"

Changes = dict[str, tuple[Plain, Plain]]


@dataclass(frozen=True)
class Options:
    """How the user wants the file taken; `given` are the fields that it has columns for.

    PRODUCT.md 5 says what each means.
    """

    mode: str = BOTH
    child_mode: str = MERGE
    empty: str = KEEP
    submit: bool = False
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    default_department: int | None = None


@dataclass(frozen=True)
class Decision:
    """What the user answered for one document: CREATE, SKIP, or UPDATE of the customer `pk`."""

    action: str
    pk: int | None = None


@dataclass(slots=True)
class Child:
    """One child row of the file, or a stored one (`pk`); names with "" come from a clear mark."""

    values: Values
    sheet: int = -1
    row: int = 0
    pk: int | None = None


@dataclass(slots=True)
class Document:
    """One customer as the file tells it, with the rows it came from.

    `values` hold only what the file gives (no empty cells); `bad` are the keys of cells in error,
    such as "customers.region"; `sheet` and `row` are those of its head, or of its first child row.
    `issues` are those of joining its rows, which finish() has given already. An orphan stands for
    child rows that name no customer of the file.
    """

    number: int
    sheet: int
    row: int
    values: Values
    children: dict[str, list[Child]] = field(default_factory=dict)
    row_key: str = ""
    has_head: bool = True
    bad: frozenset[str] = frozenset()
    issues: list[Issue] = field(default_factory=list)
    is_skipped: bool = False
    is_orphan: bool = False

    @property
    def rows(self) -> list[tuple[int, int]]:
        """Give (sheet, row) of every row of the file that belongs to it."""
        own = [(self.sheet, self.row)] if self.has_head else []
        own += [(one.sheet, one.row) for rows in self.children.values() for one in rows]
        return list(dict.fromkeys(own))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stored customer as the check saw it; children in their stored order."""

    workflow: ClassVar[Workflow] = LIFE

    pk: int
    version: int
    state: str
    created_by_id: int
    values: Values
    children: Mapping[str, Sequence[Child]]
    same_name_reason: str = ""

    @property
    def title(self) -> str:
        """Give code and name, for candidates and sentences."""
        return " ".join(str(self.values[n]) for n in ("code", "name") if self.values.get(n))


@dataclass(frozen=True)
class Known:
    """The stored customers that a chunk of documents can mean, and what is not free any more.

    `owners` gives per (field, value) who has a number that nobody else may have; customers out of
    the user's sight are among them, but in no snapshot. `used_codes` were given once;
    `is_typed` says whether the code rule lets people type codes. `above` is the chain of groups,
    `requests` are the open change requests by customer.
    """

    by_pk: Mapping[int, Snapshot] = field(default_factory=dict)
    by_code: Mapping[str, int] = field(default_factory=dict)
    by_uscc: Mapping[str, Sequence[int]] = field(default_factory=dict)
    by_tax_number: Mapping[str, Sequence[int]] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[int]] = field(default_factory=dict)
    owners: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    used_codes: frozenset[str] = frozenset()
    is_typed: bool = True
    parents: Mapping[str, Sequence[int]] = field(default_factory=dict)
    above: Mapping[int, int] = field(default_factory=dict)
    requests: Mapping[int, Sequence[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class ChildOp:
    """What happens to one child row: "add", "mod" or "del", with (old, new) per field."""

    child: str
    op: str
    pk: int | None
    sheet: int
    row: int
    changes: Changes


@dataclass(slots=True)
class Planned:
    """The outcome of one document.

    `rows` are the full wanted lists of the children that change, as (pk or None, values), fit for
    the writer. `source` are all rows of the file that belong to the document. `asked` names the
    fields and parts whose changes go by a change request. `issues` are new ones: those of parsing
    and joining were given before.
    """

    action: str
    number: int
    sheet: int
    row: int
    title: str
    pk: int | None = None
    version: int | None = None
    matched_by: str = ""
    changes: Changes = field(default_factory=dict)
    children: list[ChildOp] = field(default_factory=list)
    rows: dict[str, list[tuple[int | None, Values]]] = field(default_factory=dict)
    candidates: list[tuple[int, str]] = field(default_factory=list)
    source: list[tuple[int, int]] = field(default_factory=list)
    reason: str = ""
    submit: bool = False
    has_head: bool = True
    asked: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def new(self, name: str) -> Plain:
        """Give the new value of a field, None where it stays."""
        _old, new = self.changes.get(name, (None, None))
        return new

    @property
    def values(self) -> Values:
        """Give the new value of every field that changes."""
        return {name: new for name, (_old, new) in self.changes.items()}

    @property
    def wanted(self) -> Wanted:
        """Give what a change request would ask for, as far as the check knows it."""
        fields = ((name, self.changes[name]) for name in self.asked if name in self.changes)
        rows = (
            RowWish(
                op.child,
                op.op,
                op.pk,
                {name: old for name, (old, _new) in op.changes.items()},
                {name: new for name, (_old, new) in op.changes.items()},
            )
            for op in self.children
            if op.child in self.asked
        )
        return Wanted(tuple(FieldWish(name, *pair) for name, pair in fields), tuple(rows))

    @property
    def weight(self) -> int:
        """Give how many fields and rows change of a stored customer that needs no request."""
        is_at_once = self.action == UPDATE and not self.asked
        return len(self.changes) + len(self.children) if is_at_once else 0


def issue_at(
    sheets: Mapping[int, SheetLayout],
    place: tuple[int, int],
    key: str,
    kind: str,
    reason: str,
    hint: str = "",
    value: str = "",
    *,
    is_error: bool = True,
) -> Issue:
    """Give an issue at (sheet, row), in the column of the target `key` if the sheet has one."""
    sheet, row = place
    letter = sheets[sheet].letters.get(key, "") if sheet in sheets else ""
    return Issue(sheet, row, letter, key, value, kind, reason, hint, is_error=is_error)
