"""Rows of a sheet for one table: map the head, check every cell, write all rows or none.

django-import-export reads the cells (a Sheet is a resource of it); files are opened by
core.workbook. What a table is, and how its rows are written, subclasses say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result, RowResult
from import_export.widgets import Widget
from tablib import Dataset

from core import saving
from core.history import Act
from core.records.widgets import DateWidget
from core.said import in_languages
from core.saving import Refused, Stale
from core.text import listed
from core.workbook import small
from core.workbook.reading import Unreadable
from core.workbook.small import TextRow

ROW = "row"
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

    def named(self, row: Sequence[Any]) -> dict[str, Any]:
        """Give a row by the names of its columns, its number as ROW."""
        return dict(zip([ROW, *self.columns], row, strict=True))

    def texts(self, name: str) -> set[str]:
        """Give the texts of a column, none where the sheet does not have it."""
        return {text for row in self.rows if (text := self.named(row).get(name))}


@dataclass(frozen=True)
class WrongCell:
    """What is wrong with one cell; `column` "" means the whole row."""

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
    faults: list[WrongCell] = field(default_factory=list)
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


class Sheet(resources.Resource):
    """The rows of one sheet on their way into a table, written together in one act.

    `read_by` says what reads each column, in order; no head can do without the `needed`. Without
    an `act` nothing is written. Rows are matched by the values of the column `code`.
    """

    model: type[models.Model]
    needed: Collection[str]
    most = small.MAX_ROWS

    class Meta:
        instance_loader_class = BaseInstanceLoader
        skip_html_diff = True
        use_transactions = True
        store_instance = True
        store_row_values = True

    def __init__(self, act: Act | None = None) -> None:
        super().__init__()
        self.act = act
        self.table = Table([], [], [], [])
        self.new: list[Any] = []
        self.changed: list[Any] = []
        self.rows: dict[int, int] = {}
        self.before: dict[int, Any] = {}
        self.refused: dict[int, Mapping[str, str]] = {}
        self.known_faults: dict[int, dict[str, str]] = {}

    def read_by(self, readers: Mapping[str, Widget]) -> None:
        """Say what reads the columns; `fields` are what django-import-export knows them by."""
        self.fields = {
            name: fields.Field(attribute=name, column_name=name, widget=widget)
            for name, widget in readers.items()
        }

    @property
    def stored(self) -> Mapping[str, Any]:
        """Give what the rows may change, by code."""
        raise NotImplementedError

    def write(self) -> None:
        """Write `new` and `changed`, whose columns are set. Raises Stale; fills `refused`."""
        raise NotImplementedError

    def arranged(self) -> Sequence[list[Any]]:
        """Give the rows of the table in the order in which they are taken."""
        return self.table.rows

    def problems(self, instance: Any, before: Any, row: Any) -> Mapping[str, str]:
        """Give by column what speaks against a row beside its cells; "" names the whole row.

        `before` is the instance as it was.
        """
        return {}

    def is_same(self, instance: Any, other: Any, name: str) -> bool:
        """Say whether two instances have the same value."""
        values = self.fields[name].get_value(instance), self.fields[name].get_value(other)
        return _identity(values[0]) == _identity(values[1])

    def label(self, name: str) -> str:
        """Give the head of a column as people read it."""
        return str(capfirst(str(self._words(name))))

    def words_of_head(self) -> dict[str, str]:
        """Give the columns by what may stand over them in any language."""
        return {
            word: name for name in self.fields for word in {name, *in_languages(self._words(name))}
        }

    def _words(self, name: str) -> Any:
        column: Any = self.model._meta.get_field(name)
        return column.verbose_name

    def code_of(self, row: Mapping[str, Any]) -> str:
        """Give the code of a row as it is stored, "" when it has none."""
        if "code" not in self.fields:
            return ""
        try:
            return str(self.fields["code"].clean(row) or "")
        except (KeyError, ValueError):
            return ""

    def faults(self) -> dict[int, dict[str, str]]:
        """Give what is wrong before any value is looked at: bad cells, codes that stand twice."""
        found: dict[int, dict[str, str]] = {}
        for number, name, _text, reason in self.table.faults:
            found.setdefault(number, {})[name] = reason
        first: dict[str, int] = {}
        for row in self.table.rows:
            code = self.code_of(self.table.named(row))
            if code and code in first:
                reason = _("Row %(row)d has this code already.") % {"row": first[code]}
                found.setdefault(row[0], {})["code"] = reason
            first.setdefault(code, row[0])
        return found

    def digest(self) -> str:
        """Give a fingerprint of what stands in the database for the codes of the file."""
        codes = [self.code_of(self.table.named(row)) for row in self.table.rows]
        known = self.stored
        parts = (f"{code}:{known[code].version if code in known else 0}" for code in codes)
        return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()

    def get_instance(self, instance_loader: Any, row: Mapping[str, Any]) -> Any:
        """Find what a row changes, None for what it adds."""
        return self.stored.get(self.code_of(row))

    def init_instance(self, row: Any = None) -> Any:
        """Make what a row adds."""
        return self.model()

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Set the fields of a row. Raises ValidationError with everything that is wrong in it."""
        self.rows[id(instance)] = row[ROW]
        self.before[id(instance)] = before = copy(instance)
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        wrong = {**self.problems(instance, before, row), **self.known_faults.get(row[ROW], {})}
        errors |= {name or NON_FIELD_ERRORS: [reason] for name, reason in wrong.items()}
        if errors:
            raise ValidationError(errors)

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Say whether the row changes nothing."""
        if import_validation_errors or original.pk is None:
            return False
        return all(self.is_same(instance, original, name) for name in self.fields)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Put the row with the others of the file; they are written together."""
        (self.new if is_create else self.changed).append(instance)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Write what the rows asked for, unless one of them is wrong. Raises Refused, Stale."""
        if self.act and not result.has_errors() and not result.has_validation_errors():
            self.write()

    def run(self, table: Table, digest: str = "") -> tuple[Report, Result]:
        """Run the rows of a table; without an act nothing is written.

        Raises Stale where the database does not hold what the digest says.
        """
        self.table = table
        self.known_faults = self.faults()
        report = Report(read=len(table.rows), digest=self.digest())
        if digest not in ("", report.digest):
            raise Stale
        data = Dataset(*self.arranged(), headers=[ROW, *table.columns])
        result = self.import_data(
            data, dry_run=self.act is None, rollback_on_validation_errors=True, raise_errors=False
        )
        _require_no_bug(result)
        for line in result.rows:
            self._tell(line, report)
        for number, told in self.refused.items():
            report.faults += [self._fault(number, n, "", reason) for n, reason in told.items()]
        report.faults.sort(key=lambda fault: (fault.row, fault.column))
        report.planned.sort(key=lambda planned: planned.row)
        return report, result

    def _tell(self, line: RowResult, report: Report) -> None:
        if line.import_type == RowResult.IMPORT_TYPE_INVALID:
            report.faults += self._faults_of(line)
        elif line.import_type == RowResult.IMPORT_TYPE_SKIP:
            report.unchanged += 1
        elif not line.errors:
            report.planned.append(self._planned(line))

    def _faults_of(self, line: RowResult) -> list[WrongCell]:
        error: Any = line.validation_error
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        values, number = line.row_values, int(line.row_values[ROW])
        return [
            self._fault(number, name, str(values.get(name, "")), " ".join(map(str, reasons)))
            for name, reasons in told.items()
        ]

    def _fault(self, number: int, name: str, value: str, reason: str) -> WrongCell:
        return WrongCell(number, self.label(name) if name in self.fields else "", value, reason)

    def _planned(self, line: RowResult) -> Planned:
        changes = []
        for name, shown in self.fields.items():
            old = shown.export(line.original) if line.original is not None else ""
            new = shown.export(line.instance)
            if old != new:
                changes.append((self.label(name), old, new))
        one = line.instance
        number, code = int(line.row_values[ROW]), str(getattr(one, "code", "") or "")
        return Planned(number, line.import_type, code, str(one), changes)


Make = Callable[..., Sheet]


def understand(sheet: Sheet, lines: Sequence[TextRow]) -> Table:
    """Match the head of a sheet to columns, in any order and language, below a title if need be.

    Raises Unreadable.
    """
    if not lines:
        raise Unreadable(_("The sheet is empty."))
    known = sheet.words_of_head()
    named = (set(map(known.get, map(_plain, line.texts))) for line in lines[:HEAD_WITHIN])
    at = next((at for at, names in enumerate(named) if names.issuperset(sheet.needed)), 0)
    head, *rest = lines[at:]
    places, unknown = _places(known, head.texts)
    missing = [sheet.label(name) for name in sheet.needed if name not in places]
    if missing:
        raise Unreadable(_("The head of the sheet lacks: %(names)s.") % {"names": listed(missing)})
    if not rest:
        raise Unreadable(_("The sheet has a head but no rows."))
    if len(rest) > sheet.most:
        told = {"most": f"{sheet.most:,}"}
        raise Unreadable(_("The sheet has more than %(most)s rows: split it.") % told)
    names = [name for name in sheet.fields if name in places]
    rows, faults = [], []
    for line in rest:
        texts = [line.texts[places[n]] if places[n] < len(line.texts) else "" for n in names]
        rows.append([line.number, *texts])
        for name, text in zip(names, texts, strict=True):
            is_day = isinstance(sheet.fields[name].widget, DateWidget)
            problem = line.problems.get(places[name])
            if problem and not (is_day and places[name] in line.days):
                faults.append([line.number, name, text, problem])
    return Table(names, rows, faults, unknown)


def check(sheet: Sheet, table: Table) -> Report:
    """Check every row and write nothing."""
    return sheet.run(table)[0]


@saving.retried
def write(make: Make, table: Table, *, digest: str, act: Act) -> str:
    """Write all rows or none, in a sheet made for the act; give "new,updated,unchanged".

    Raises NotWritten, Stale when a value of the file changed since its check, Repeated, KeyReused.
    """
    with saving.once(act) as ticket:
        report, result = make(act.by, act).run(table, digest)
        if result.base_errors:
            raise Stale
        if report.faults:
            raise NotWritten(report)
        ticket.result = f"{report.new},{report.updated},{report.unchanged}"
    return ticket.result


def _identity(value: Any) -> Any:
    """Give what tells a value from others; of rows that are not stored yet each is its own."""
    return type(value), (value.pk or id(value)) if isinstance(value, models.Model) else value


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


def _require_no_bug(result: Result) -> None:
    """What is no refusal of the file as a whole is ours to mend: let it be seen."""
    in_rows = [error.error for row in result.row_errors() for error in row[1]]
    for error in [*in_rows, *(error.error for error in result.base_errors)]:
        if error in in_rows or not isinstance(error, Stale | Refused):
            raise error
