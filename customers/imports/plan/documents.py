"""Joins rows into documents, one per customer: heads, children by row key or code, flat rows.

Pure; rows are kept packed until asked for, so that a large file fits in memory.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.records.plain import Plain
from core.said import said as _
from customers.imports.fields import issues, targets
from customers.imports.fields.issues import Issue
from customers.imports.fields.targets import CHILDREN, CUSTOMERS, OWNER_CODE, ROW_KEY
from customers.imports.heads import layout
from customers.imports.heads.layout import SheetLayout
from customers.imports.plan.plans import Child, Document, issue_at
from customers.imports.plan.values import BAD, CLEAR, SKIP, Parsed
from customers.rules.identity import normalised_name

_UNIQUE = ("code", "uscc", "tax_number", "name")
# What two companies of one name differ in.
_TELL_APART = ("code", "uscc", "tax_number", "registered_address", "phone")
_OWNERS = (ROW_KEY, OWNER_CODE)
_MARKS = (BAD, CLEAR, SKIP)

Row = tuple[Plain, ...]


@dataclass(slots=True)
class _Head:
    """What stays unpacked of a head: where it stands, and where its children begin."""

    sheet: int
    row: int
    has_head: bool = True
    skipped: bool = False
    named_by: str = ""  # what is known of one without a head
    is_orphan: bool = False
    issues: list[Issue] = field(default_factory=list)


class Collector:
    """Takes parsed blocks in any order of sheets, then gives documents in the order of the file."""

    def __init__(self, sheets: Mapping[int, SheetLayout]) -> None:
        self._sheets = sheets
        self._names: dict[tuple[int, str], tuple[str, ...]] = {}
        self._heads: list[_Head] = []
        self._packed: list[bytes] = []
        self._children: list[bytes] = []
        self._next = array("l")
        self._chains: dict[str, tuple[int, int]] = {}
        self._own: dict[int, tuple[int, int]] = {}
        self._seen: dict[str, int] = {}
        self._current: dict[int, int] = {}
        self._sample: set[int] = set()
        self._issues: list[Issue] = []

    def __len__(self) -> int:
        return len(self._heads)

    def add(self, parsed: Parsed) -> None:
        """Take the rows of a block."""
        sheet = self._sheets[parsed.sheet]
        parts = {kind: self._rows_of(parsed, kind) for kind in targets.SHEETS}
        joined = sheet.shape in (layout.FLAT, layout.KINGDEE)
        for at, row in enumerate(parsed.rows):
            if joined:
                self._flat(sheet, row, {kind: rows[at] for kind, rows in parts.items()})
            elif sheet.sheet == CUSTOMERS:
                self._head(sheet, row, parts[CUSTOMERS][at])
            else:
                self._child(sheet, row, sheet.sheet, parts[sheet.sheet][at])

    def _rows_of(self, parsed: Parsed, kind: str) -> Sequence[Row]:
        """Turn the columns of a part into rows, in the order in which the first block had them.

        A column that ended before this block is empty.
        """
        nothing: list[Plain] = [None] * len(parsed.rows)
        own = {
            key.partition(".")[2]: values
            for key, values in parsed.columns.items()
            if key.startswith(f"{kind}.")
        }
        if not own:
            return [()] * len(nothing)
        names = self._names.setdefault((parsed.sheet, kind), tuple(own))
        return list(zip(*(own.get(name, nothing) for name in names), strict=True))

    def codes(self) -> list[str]:
        """Give the codes that rows bring, each once."""
        return [key.partition(":")[2] for key in self._seen if key.startswith("code:")]

    def finish(self) -> list[Issue]:
        """Join everything; give the issues of joining: orphans, duplicates, the sample row."""
        for key, chain in self._chains.items():
            if key not in self._seen and key != _key(ROW_KEY, targets.SAMPLE_KEY):
                self._orphans(key, chain)
        self._issues.sort(key=lambda issue: (issue.sheet, issue.row))
        return self._issues

    def documents(self) -> Iterator[Document]:
        """Yield every document once; their own issues are in those of parse() and finish()."""
        by_head: dict[int, list[str]] = {}
        for key, number in self._seen.items():
            if key in self._chains:
                by_head.setdefault(number, []).append(key)
        for number, head in enumerate(self._heads):
            yield self._document(number, head, by_head.get(number, ()))

    def _document(self, number: int, head: _Head, keys: Iterable[str]) -> Document:
        bad: set[str] = set()
        row: Row = marshal.loads(self._packed[number])  # noqa: S302 - packed by ourselves above
        names = self._names.get((head.sheet, CUSTOMERS), ()) if head.has_head else (head.named_by,)
        values = _given(CUSTOMERS, names, row, bad)
        key = str(values.pop(ROW_KEY, "") or "")
        places = [at for chain in keys for at in self._walk(self._chains[chain])]
        if number in self._own:
            places += set(self._walk(self._own[number])) - set(places)
        places.sort()
        children: dict[str, list[Child]] = {}
        for at in places:
            sheet, line, kind, cells = marshal.loads(self._children[at])  # noqa: S302 - as above
            given = _given(kind, self._names[sheet, kind], cells, bad)
            given.pop(ROW_KEY, None)
            given.pop(OWNER_CODE, None)
            listed = children.setdefault(kind, [])
            is_flat = self._sheets[sheet].shape != layout.TABLE
            if not (is_flat and any(one.values == given for one in listed)):
                listed.append(Child(given, sheet, line))
        return Document(
            number, head.sheet, head.row, values, children, key, head.has_head,
            frozenset(bad), list(head.issues), head.skipped, head.is_orphan,
        )  # fmt: skip

    def _head(self, sheet: SheetLayout, row: int, cells: Row) -> int | None:
        names = self._names.get((sheet.index, CUSTOMERS), ())
        given = {name: value for name, value in zip(names, cells, strict=True) if value is not None}
        if not given:
            return None
        if given.get(ROW_KEY) == targets.SAMPLE_KEY:
            self._tell(sheet, row, ROW_KEY, issues.SAMPLE, _("The sample row is not imported."))
            return None
        is_unnamed = str(given.get("name", "")).casefold() in targets.unnamed()
        if is_unnamed:
            cells = tuple(
                None if name == "name" else value for name, value in zip(names, cells, strict=True)
            )
            del given["name"]
        number = len(self._heads)
        head = _Head(sheet.index, row, skipped=SKIP in cells)
        self._heads.append(head)
        self._packed.append(marshal.dumps(cells))
        if is_unnamed and not any(given.get(name) for name in _UNIQUE):
            head.skipped = True
            reason = _("A draft without a name cannot be told from others; it is left out.")
            head.issues.append(self._tell(sheet, row, "name", issues.EMPTY, reason))
        if head.skipped:
            self._still_known(number, given)
        else:
            self._note(head, number, given)
        return number

    def _still_known(self, number: int, given: Mapping[str, Plain]) -> None:
        """Let the children of a row that is left out be left out with it."""
        for name in (ROW_KEY, "code"):
            if (value := given.get(name)) and isinstance(value, str) and value not in _MARKS:
                self._seen.setdefault(_key(name, value), number)

    def _note(self, head: _Head, number: int, given: Mapping[str, Plain]) -> None:
        """Remember what the row is known by, and say where another row is known by the same."""
        twins: dict[str, int] = {}
        for name in (ROW_KEY, *_UNIQUE):
            value = given.get(name)
            if not isinstance(value, str) or value in (BAD, CLEAR) or not value:
                continue
            key = _key(name, value)
            first = self._seen.setdefault(key, number)
            if first != number:
                twins[name] = first
        for name, first in twins.items():
            self._twice(head, name, first, str(given[name]), given)

    def _twice(
        self, head: _Head, name: str, number: int, value: str, given: Mapping[str, Plain]
    ) -> None:
        first = self._heads[number]
        other = self._values(number)
        apart = any(
            given.get(one) and other.get(one) and given[one] != other[one]
            for one in (_TELL_APART if name == "name" else ("code",))
        )
        target = targets.by_name(CUSTOMERS)[name]
        reason = _("Row %(second)d and row %(first)d of %(sheet)s have the same %(label)s.") % {
            "second": head.row,
            "first": first.row,
            "sheet": self._sheets[first.sheet].name,
            "label": target.head,
        }
        is_error = not apart or name in ("code", ROW_KEY)
        # Neither of the two can be the one that is meant, where it is an error.
        for one in (head, first) if is_error else (head,):
            place, told = (one.sheet, one.row), (issues.TWICE, reason, _hint_about(name), value)
            issue = issue_at(self._sheets, place, target.key, *told, is_error=is_error)
            one.issues.append(issue)
            self._issues.append(issue)

    def _values(self, number: int) -> dict[str, Plain]:
        names = self._names.get((self._heads[number].sheet, CUSTOMERS), ())
        return dict(zip(names, marshal.loads(self._packed[number]), strict=False))  # noqa: S302

    def _child(self, sheet: SheetLayout, row: int, kind: str, cells: Row) -> None:
        if cells.count(None) == len(cells):
            return
        names = self._names[sheet.index, kind]
        key, code = (cells[names.index(one)] if one in names else None for one in _OWNERS)
        if key == targets.SAMPLE_KEY:
            self._tell(sheet, row, ROW_KEY, issues.SAMPLE, _("The sample row is not imported."))
            return
        if SKIP in cells:
            return
        at = self._pack(sheet.index, row, kind, cells)
        if BAD in (key, code):
            self._alone(sheet, row, at)
        elif isinstance(key, str) and key:
            self._chain(self._chains, _key(ROW_KEY, key), at)
        elif isinstance(code, str) and code:
            self._chain(self._chains, _key("code", code), at)
        else:
            reason = _("The row names no customer.")
            hint = _("Give the customer code, or the customer row key of the sheet of customers.")
            self._tell(sheet, row, OWNER_CODE, issues.ORPHAN, reason, hint, is_error=True)
            self._alone(sheet, row, at)

    def _alone(self, sheet: SheetLayout, row: int, at: int) -> None:
        """Count a child row of no customer as one that is refused: every row belongs somewhere."""
        self._chain(self._own, len(self._heads), at)
        self._headless((sheet.index, row), "", is_orphan=True)

    def _headless(self, place: tuple[int, int], key: str, *, is_orphan: bool) -> None:
        """Stand for a customer of whom the file has child rows only, known by row key or code."""
        name = ROW_KEY if is_orphan else "code"
        self._heads.append(_Head(*place, has_head=False, named_by=name, is_orphan=is_orphan))
        self._packed.append(marshal.dumps((key or None,)))

    def _flat(self, sheet: SheetLayout, row: int, cells: dict[str, Row]) -> None:
        head = cells.get(CUSTOMERS, ())
        number = self._current.get(sheet.index)
        if any(value is not None for value in head):
            number = self._same(sheet, head)
            if number is None:
                number = self._head(sheet, row, head)
                if number is None:  # the sample
                    self._current.pop(sheet.index, None)
                    self._sample.add(sheet.index)
                    return
            else:
                self._compare(sheet, row, number, head)
            self._current[sheet.index] = number
            self._sample.discard(sheet.index)
        elif sheet.index in self._sample:
            return
        for kind in CHILDREN:
            part = cells.get(kind, ())
            if not any(value is not None for value in part) or SKIP in part:
                continue
            if number is None:
                self._tell(
                    sheet, row, "", issues.ORPHAN, _("The row names no customer."), is_error=True
                )
                self._alone(sheet, row, self._pack(sheet.index, row, kind, part))
                continue
            self._chain(self._own, number, self._pack(sheet.index, row, kind, part))

    def _same(self, sheet: SheetLayout, head: Row) -> int | None:
        """Give the customer of an earlier row that this row repeats or goes on with."""
        given = dict(zip(self._names[sheet.index, CUSTOMERS], head, strict=True))
        for name in (ROW_KEY, "code", "name"):
            value = given.get(name)
            if isinstance(value, str) and value and value not in (BAD, CLEAR, SKIP):
                return self._seen.get(_key(name, value))
        return None

    def _compare(self, sheet: SheetLayout, row: int, number: int, head: Row) -> None:
        """Say where a repeated head contradicts the first one."""
        names = self._names[sheet.index, CUSTOMERS]
        first, kept = self._heads[number], self._values(number)
        for name, value in zip(names, head, strict=True):
            if value is None or value == kept.get(name) or value == BAD:
                continue
            reason = _("The row repeats the customer of row %(first)d with another value.") % {
                "first": first.row
            }
            hint = _("Leave the cell empty or repeat the same value.")
            issue = self._tell(
                sheet, row, name, issues.CONFLICT, reason, hint, is_error=True, part=CUSTOMERS
            )
            first.issues.append(issue)

    def _orphans(self, known: str, chain: tuple[int, int]) -> None:
        """Children of a customer without a head: one stored already, when a code names it."""
        kind, _colon, key = known.partition(":")
        places = list(self._walk(chain))
        rows = [marshal.loads(self._children[at])[:2] for at in places]  # noqa: S302 - as above
        self._seen[known] = len(self._heads)
        self._headless(rows[0], key, is_orphan=kind != "code")
        for sheet, row in rows if kind != "code" else ():
            reason = _("No row of the sheet of customers has the row key “%(key)s”.") % {"key": key}
            self._tell(self._sheets[sheet], row, ROW_KEY, issues.ORPHAN, reason, is_error=True)

    def _tell(
        self, sheet: SheetLayout, row: int, name: str, kind: str, reason: str, hint: str = "",
        *, is_error: bool = False, part: str = "",
    ) -> Issue:  # fmt: skip
        key = f"{part or sheet.sheet}.{name}" if name else ""
        place = (sheet.index, row)
        issue = issue_at(self._sheets, place, key, kind, reason, hint, is_error=is_error)
        self._issues.append(issue)
        return issue

    def _pack(self, sheet: int, row: int, kind: str, cells: Row) -> int:
        self._children.append(marshal.dumps((sheet, row, kind, cells)))
        self._next.append(-1)
        return len(self._children) - 1

    def _chain(self, chains: dict, key: object, at: int) -> None:
        if key in chains:
            first, last = chains[key]
            self._next[last] = at
            chains[key] = (first, at)
        else:
            chains[key] = (at, at)

    def _walk(self, chain: tuple[int, int] | None) -> Iterator[int]:
        at = chain[0] if chain else -1
        while at >= 0:
            yield at
            at = self._next[at]


def _given(kind: str, names: Iterable[str], cells: Row, bad: set[str]) -> dict[str, Plain]:
    known = targets.by_name(kind)
    given: dict[str, Plain] = {}
    for name, value in zip(names, cells, strict=False):
        if value is None:
            continue
        if value not in _MARKS:
            given[name] = value
        elif value == BAD:
            bad.add(f"{kind}.{name}")
        elif value == CLEAR:
            given[name] = known[name].blank
    return given


def _hint_about(name: str) -> str:
    """Give what can be done about two rows of the same name or number."""
    if name == "name":
        return _("Delete one if they are one company; else give each its address or credit code.")
    if name in ("uscc", "tax_number"):
        return _("Keep one of the rows: the number belongs to one customer.")
    return _("Keep one of the rows, or give each its own.")


def _key(name: str, value: str) -> str:
    """Give what a customer is known by as one text; names are compared without their form."""
    return f"{name}:{normalised_name(value) if name == 'name' else value}"
