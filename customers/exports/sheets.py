"""The sheets that can be edited and imported again: their columns and how values are written there.

The columns are those of the import; a value is written as the text that the import understands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.access import may_change
from core.records import plain
from core.records.names import Names
from core.records.plain import Target
from core.workbook import writing_cells as cells
from customers.exports.notes import example_of, note_of
from customers.imports.fields import targets

MARK = " *"
TAG_MARK = "、"
_KINDS = {
    plain.LONG: cells.LONG,
    plain.DECIMAL: cells.AMOUNT,
    plain.INTEGER: cells.NUMBER,
    plain.DATE: cells.DATE,
}
_WIDTHS = {plain.DATE: 13, plain.DECIMAL: 16, plain.LONG: 36, plain.FLAG: 12}


@dataclass
class Values:
    """The words of every value that cells can point to, loaded once per kind."""

    _names: dict[type, Names] = field(default_factory=dict)
    _offered: dict[str, list[str]] = field(default_factory=dict)

    def names(self, target: Target) -> Names:
        """Give the values of the model that a column points to."""
        model = target.field.related_model
        if model not in self._names:
            self._names[model] = Names(model._default_manager.in_order())
        return self._names[model]

    def offered(self, target: Target) -> list[str]:
        """Give the texts a drop-down offers for a column; none where anything can be typed."""
        if target.key not in self._offered:
            self._offered[target.key] = self._choices(target)
        return self._offered[target.key]

    def _choices(self, target: Target) -> list[str]:
        if target.kind == plain.FLAG:
            return [_("Yes"), _("No")]
        if target.kind == plain.CHOICE:
            return [str(word) for key, word in target.field.flatchoices if key]
        if target.kind in (plain.REFERENCE, plain.TAGS):
            names = self.names(target)
            return [names.text(pk) for pk in names.instances if names.is_active(pk)]
        return []


def title(sheet: str) -> str:
    """Give the name of a sheet as people read it."""
    return str(capfirst(targets.CATALOGS[sheet].model._meta.verbose_name))


def columns_of(sheet: str, user: Any) -> list[Target]:
    """Give the columns of a sheet that the user may write in a new record."""
    return [
        target
        for target in targets.of_sheet(sheet)
        if target.row is None or may_change(target.row, user, None) == ""
    ]


def head(target: Target) -> str:
    """Give what stands in the first row: the label, marked where no record can do without."""
    return f"{target.head}{MARK}" if target.is_needed else target.head


def sheet_columns(
    columns: Sequence[Target], values: Values, ranges: Mapping[str, str]
) -> list[cells.Column]:
    """Give the columns for the writer; `ranges` names where the choices of a target stand."""
    return [
        cells.Column(
            head(target),
            kind=_KINDS.get(target.kind, cells.TEXT),
            width=_width(target),
            note=note_of(target, values.offered(target)),
            choices=ranges.get(target.key, ""),
        )
        for target in columns
    ]


def sample(columns: Sequence[Target], values: Values) -> list[cells.Cell]:
    """Give the row that shows how a sheet is filled; the import skips it and says so."""
    return [
        cells.Cell(
            example_of(target, values.offered(target)),
            _KINDS.get(target.kind, cells.TEXT),
            cells.SAMPLE,
        )
        for target in columns
    ]


def _width(target: Target) -> float:
    if target.kind in _WIDTHS:
        return _WIDTHS[target.kind]
    length = getattr(target.field, "max_length", None) or 12
    return min(max(length * 0.4 + 6, 14), 36)
