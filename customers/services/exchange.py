"""Reference data out to Excel and in again: map the head, check every cell, write all or nothing.

Cells become values in services/resources.py; files are opened by core.workbook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.results import Result, RowResult
from tablib import Dataset

from core import saving
from core.history import Act
from core.said import in_languages
from core.saving import Refused, Stale
from core.text import listed
from core.workbook import writing
from core.workbook.reading import Unreadable
from core.workbook.small import Line
from customers.services import reference
from customers.services.reference import Kind
from customers.services.resources import ROW, SavingResource, columns, resource_of

NEEDED = ("code", "name")
HEAD_WITHIN = 30  # lines: above the head people write titles


@dataclass(frozen=True)
class Table:
    """A sheet whose head is understood; it travels as JSON between check and write.

    `rows` are [number in Excel, text, …]; `faults` are [number, column, text, reason].
    """

    columns: list[str]
    rows: list[list[Any]]
    faults: list[list[Any]]
    unknown: list[str]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Planned:
    """What one row would do: "new" or "update", with (label, old, new) of what changes."""

    row: int
    action: str
    code: str
    name: str
    changes: list[tuple[str, str, str]]


@dataclass
class Report:
    """The outcome of checking or writing a table; read = new + updated + unchanged + wrong."""

    read: int
    faults: list[Fault] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    digest: str = ""

    @property
    def new(self) -> int:
        """The number of rows that add a value."""
        return sum(line.action == RowResult.IMPORT_TYPE_NEW for line in self.planned)

    @property
    def updated(self) -> int:
        """The number of rows that change a value."""
        return len(self.planned) - self.new

    @property
    def wrong(self) -> int:
        """The number of rows with a fault."""
        return len({fault.row for fault in self.faults})


class NotWritten(Refused):
    """Rows that were right at the check are wrong now; nothing was written."""

    def __init__(self, report: Report) -> None:
        super().__init__([])
        self.report = report


def label_of(kind: Kind, name: str) -> str:
    """Give the head of a column as people read it."""
    return capfirst(str(_words(kind, name)))


def export(kind: Kind) -> bytes:
    """Give the workbook of all values of a kind; it can be edited and imported again."""
    data = resource_of(kind)().export(queryset=reference.values(kind))
    headers = [label_of(kind, name) for name in columns(kind)]
    title = str(kind.model._meta.verbose_name_plural)
    return writing.write(title, headers, [[str(cell) for cell in row] for row in data])


def understand(kind: Kind, lines: Sequence[Line]) -> Table:
    """Match the head of a sheet to columns, in any order and language, below a title if need be.

    Raises Unreadable.
    """
    if not lines:
        raise Unreadable(_("The sheet is empty."))
    known = _words_of_head(kind)
    named = (set(map(known.get, map(_plain, line.texts))) for line in lines[:HEAD_WITHIN])
    at = next((at for at, names in enumerate(named) if names.issuperset(NEEDED)), 0)
    head, *rest = lines[at:]
    places, unknown = _places(known, head.texts)
    missing = [label_of(kind, name) for name in NEEDED if name not in places]
    if missing:
        raise Unreadable(_("The head of the sheet lacks: %(names)s.") % {"names": listed(missing)})
    if not rest:
        raise Unreadable(_("The sheet has a head but no rows."))
    names = [name for name in columns(kind) if name in places]
    rows, faults = [], []
    for line in rest:
        texts = [line.texts[places[n]] if places[n] < len(line.texts) else "" for n in names]
        rows.append([line.number, *texts])
        for name, text in zip(names, texts, strict=True):
            if problem := line.problems.get(places[name]):
                faults.append([line.number, name, text, problem])
    return Table(names, rows, faults, unknown)


def check(kind: Kind, table: Table) -> Report:
    """Check every row and write nothing."""
    return _run(kind, table, None)[0]


@saving.retried
def write(kind: Kind, table: Table, *, digest: str, act: Act) -> str:
    """Write all rows or none; give "new,updated,unchanged".

    Raises NotWritten, Stale when a value of the file changed since its check, Repeated, KeyReused.
    """
    with saving.once(act) as ticket:
        report, result = _run(kind, table, act)
        if _failures(result) or report.digest != digest:
            raise Stale
        if report.faults:
            raise NotWritten(report)
        ticket.result = f"{report.new},{report.updated},{report.unchanged}"
    return ticket.result


def _words(kind: Kind, name: str) -> Any:
    column: Any = kind.model._meta.get_field(name)
    return column.verbose_name


def _words_of_head(kind: Kind) -> dict[str, str]:
    """Give the columns of a kind by what may stand over them in any language."""
    return {
        word: name for name in columns(kind) for word in {name, *in_languages(_words(kind, name))}
    }


def _plain(text: str) -> str:
    return text.strip().strip("*★ ").casefold()


def _places(known: Mapping[str, str], texts: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    places: dict[str, int] = {}
    unknown = []
    for index, text in enumerate(texts):
        name = known.get(_plain(text))
        if name is None:
            unknown += [text] if text else []
        elif name in places:
            raise Unreadable(_("The column “%(name)s” stands twice in the head.") % {"name": text})
        else:
            places[name] = index
    return places, unknown


def _run(kind: Kind, table: Table, act: Act | None) -> tuple[Report, Result]:
    """Run the rows through the resource; without an act nothing is written."""
    resource = resource_of(kind)(act)
    resource.faults = _known_faults(resource, table)
    report = Report(read=len(table.rows), digest=_digest(resource, table))
    data = Dataset(*table.rows, headers=[ROW, *table.columns])
    result = resource.import_data(
        data, dry_run=act is None, rollback_on_validation_errors=True, raise_errors=False
    )
    _require_no_bug(result)
    for line in result.rows:
        _tell(kind, resource, line, report)
    report.faults.sort(key=lambda fault: (fault.row, fault.column))
    report.planned.sort(key=lambda planned: planned.row)
    return report, result


def _named(table: Table, row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip([ROW, *table.columns], row, strict=True))


def _known_faults(resource: SavingResource, table: Table) -> dict[int, dict[str, str]]:
    """Give what is wrong before any value is looked at: bad cells, and codes that stand twice."""
    faults: dict[int, dict[str, str]] = {}
    for number, name, _text, reason in table.faults:
        faults.setdefault(number, {})[name] = reason
    first: dict[str, int] = {}
    for row in table.rows:
        code = resource.code_of(_named(table, row))
        if code and code in first:
            reason = _("Row %(row)d has this code already.") % {"row": first[code]}
            faults.setdefault(row[0], {})["code"] = reason
        first.setdefault(code, row[0])
    return faults


def _digest(resource: SavingResource, table: Table) -> str:
    """Give a fingerprint of what stands in the database for the codes of the file."""
    parts = []
    for row in table.rows:
        code = resource.code_of(_named(table, row))
        value = resource.known.get(code)
        parts.append(f"{code}:{value.version if value else 0}")
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _failures(result: Result) -> list[Exception]:
    """Give what refused the file as a whole: a value that moved on, a code somebody just took."""
    return [error.error for error in result.base_errors]


def _require_no_bug(result: Result) -> None:
    """What is no refusal is ours to mend: let it be seen."""
    in_rows = [error.error for row in result.row_errors() for error in row[1]]
    for error in [*in_rows, *_failures(result)]:
        if error in in_rows or not isinstance(error, Stale | Refused):
            raise error


def _tell(kind: Kind, resource: SavingResource, line: RowResult, report: Report) -> None:
    if line.import_type == RowResult.IMPORT_TYPE_INVALID:
        report.faults += _faults_of(kind, line)
    elif line.import_type == RowResult.IMPORT_TYPE_SKIP:
        report.unchanged += 1
    elif not line.errors:
        report.planned.append(_planned(kind, resource, line))


def _faults_of(kind: Kind, line: RowResult) -> list[Fault]:
    error: Any = line.validation_error
    told = (
        error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    )
    return [
        Fault(
            int(line.row_values[ROW]),
            label_of(kind, name) if name in columns(kind) else "",
            str(line.row_values.get(name, "")),
            " ".join(map(str, reasons)),
        )
        for name, reasons in told.items()
    ]


def _planned(kind: Kind, resource: SavingResource, line: RowResult) -> Planned:
    changes = []
    for name in columns(kind):
        shown = resource.fields[name]
        old = shown.export(line.original) if line.original is not None else ""
        new = shown.export(line.instance)
        if old != new:
            changes.append((label_of(kind, name), old, new))
    value = line.instance
    return Planned(int(line.row_values[ROW]), line.import_type, value.code, value.name, changes)
