"""Child rows typed into a grid: a formset over a field table that saves nothing.

Rows say by hidden pk which stored row they are; empty rows are ignored, ticked ones are removed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.forms.renderers import get_default_renderer
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.aggregate import NEW, RowInput
from core.catalog import PICK, Catalog, Row
from core.forms.catalog import Modes, loosen
from core.forms.reference import References, source_of
from core.forms.row import RowForm
from core.models.base import Reference

SPARE_ROWS = 3
MOST_ROWS = 100
# Rows that are removed, or left empty, are sent as well.
SPARE_SENT = 200
FEW = 3  # so many cells stand in one line wherever they are
_SEEN = 64


@dataclass(frozen=True)
class Head:
    """The head of a column; size is s, m or l."""

    label: str
    is_needed: bool
    size: str


class Grid(BaseFormSet):
    """The child rows of one record, as stored or as typed; a subclass names table and label.

    `new` holds what a new row starts with; columns in it do not make a row count as filled.
    `always` names the flags that one row has: the first one, when nobody picked another.
    """

    form = RowForm
    extra, min_num, max_num, absolute_max = 0, 0, MOST_ROWS, MOST_ROWS + SPARE_SENT
    can_order = can_delete = can_delete_extra = edit_only = False
    validate_min, validate_max = False, False
    default_error_messages = {
        "missing_management_form": _("The rows did not arrive complete; enter them again."),
        "too_many_forms": _("At most %(num)d rows."),
    }
    catalog: Catalog
    label: str | Promise = ""
    note: str | Promise = ""
    modes: Modes = {}
    covered = ""
    always: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        prefix: str,
        references: References | None = None,
        stored: Sequence[Any] = (),
        new: Mapping[str, Any] | None = None,
        hides: bool = False,
        examples: Sequence[Any] = (),
        data: Any = None,
    ) -> None:
        self.renderer = get_default_renderer()
        self.references, self.stored, self.new = references, list(stored), dict(new or {})
        self.examples = list(examples)  # rows of another record that new ones start as
        self.masked = self.covered if hides else ""
        self.remarks: dict[str, Any] = {}  # what was remarked on rows, by their keys; "" on all
        self.columns = [row for row in self.catalog if row.form and row.style != PICK]
        self.flags = [row for row in self.catalog if row.form and row.style == PICK]
        self.by_key = {str(row.pk): row for row in self.stored}
        super().__init__(data=data, prefix=prefix)

    def total_form_count(self) -> int:
        """As many rows as were sent, up to the limit; else the stored ones and some to fill in."""
        if self.is_bound:
            return super().total_form_count()
        known = len(self.stored) or len(self.examples)
        return max(min(max(SPARE_ROWS, known + 1), self.max_num), known)

    def initial_form_count(self) -> int:
        """None: which rows are stored is said by their pk."""
        return 0

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Give a row form its stored row."""
        stored, example = None, None
        if index is not None and not self.is_bound and index < len(self.examples):
            example = self.examples[index]
        if index is not None and self.is_bound:
            stored = self.by_key.get(self.data.get(f"{self.prefix}-{index}-pk", ""))
        elif index is not None and index < len(self.stored):
            stored = self.stored[index]
        place = "__prefix__" if index is None else index
        return {"stored": stored, "grid": self, "index": place, "example": example}

    @cached_property
    def forms(self) -> list[Any]:
        """The rows in the order people see them."""
        total = self.total_form_count()
        self._look_up(total)
        rows = [self._construct_form(i, **self.get_form_kwargs(i)) for i in range(total)]
        return sorted(rows, key=_line) if self.is_bound else rows

    def _look_up(self, total: int) -> None:
        """Ask once for each column what its typed texts mean."""
        if not self.is_bound or self.references is None:
            return
        for row in self.columns:
            related = self.catalog.field(row.name).related_model
            if related is not None and issubclass(related, Reference):
                names = (f"{self.prefix}-{index}-{row.name}" for index in range(total))
                texts = [str(self.data.get(name, "")).strip() for name in names]
                self.references.look_up(source_of(related), texts)

    @property
    def is_broken(self) -> bool:
        """Say whether it cannot be known how many rows were sent."""
        return self.is_bound and not self.management_form.is_valid()

    @property
    def strangers(self) -> list[str]:
        """The keys that came with rows and are not rows of this record."""
        keys = [
            self.data.get(f"{self.prefix}-{index}-pk", "")
            for index in range(self.total_form_count())
        ]
        given = [key for key in keys if key]
        twice = [key for key in set(given) if given.count(key) > 1]
        return [key for key in given if key not in self.by_key] + twice

    def clean(self) -> None:
        """Refuse more rows than the limit, or than there were."""
        most = max(self.max_num, len(self.stored))
        if len(self.kept) > most:
            raise ValidationError(self.error_messages["too_many_forms"] % {"num": most})

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        return [
            Head(
                capfirst(str(self.catalog.label(row.name))),
                bool(row.required),
                row.size,
            )
            for row in self.columns
        ]

    @property
    def remark(self) -> Any:
        """What was remarked on the rows as a whole, or None."""
        return self.remarks.get("")

    @cached_property
    def keys(self) -> dict[int, str]:
        """How remarks name the rows, by index: a new one by its number among those."""
        numbers = count(1)
        return {
            form.index: str(form.stored.pk) if form.stored else f"{NEW}{next(numbers)}"
            for form in self.forms
        }

    @property
    def pick_labels(self) -> list[str]:
        """The heads of the columns with radio buttons."""
        return [capfirst(str(self.catalog.label(row.name))) for row in self.flags]

    @property
    def cells_in_line(self) -> int:
        """The number of cells side by side where a wide row folds into two lines."""
        wide = len(self.columns)
        return wide if wide <= FEW else (wide + 1) // 2

    @property
    def width(self) -> int:
        """The number of columns with the row number and the buttons."""
        return len(self.columns) + len(self.flags) + 2

    @property
    def kept(self) -> list[Any]:
        """The rows that are part of the record."""
        return [form for form in self.forms if form.is_kept]

    @property
    def spare(self) -> int:
        """The number of blank rows at the end, which differ in their numbers only."""
        if self.is_bound:
            return 0
        return self.total_form_count() - max(len(self.stored), len(self.examples))

    def rows(self) -> list[RowInput]:
        """Give the rows as they are to be stored."""
        return [RowInput(getattr(form.stored, "pk", None), form.row_values()) for form in self.kept]

    def known(self) -> list[dict[str, Any]]:
        """Give what is known of every kept row: what is typed, else what is stored."""
        if not self.is_bound:
            return list(map(self.catalog.typed_of, self.stored))
        self.is_valid()
        secret = self.masked
        return [
            {
                **({secret: getattr(form.stored, secret)} if secret and form.stored else {}),
                **form.row_values(),
                **form.wrong(),
            }
            for form in self.kept
        ]

    @cached_property
    def picked(self) -> dict[str, int | None]:
        """For every flag the index of the row that carries it, None when no row does."""
        return {row.name: self._picked(row) for row in self.flags}

    def _picked(self, row: Row) -> int | None:
        kept = [form.index for form in self.kept]
        if self.is_bound:
            found = _index(self.data.get(self.pick_name(row)))
        else:
            rows = self.stored or self.examples
            flagged = (at for at, one in enumerate(rows) if getattr(one, row.name))
            found = next(flagged, None)
        if found in kept:
            return found
        return kept[0] if kept and row.name in self.always else None

    def pick_name(self, row: Row) -> str:
        """Give the name of a flag's radio buttons: lines-primary for is_primary."""
        return f"{self.prefix}-{row.pick}"

    def place_of(self, row: int | None, name: str) -> str:
        """Give the id of the cell where a problem of a kept row (or of none) is mended."""
        kept = self.kept
        forms = (*kept, *self.forms)
        if not forms:  # a post without any row, not even a blank one
            return self.prefix
        form = kept[row] if row is not None and row < len(kept) else forms[0]
        place = name if name in [one.name for one in self.columns] else self._needed()
        return f"id_{form.add_prefix(place)}" if place else self.prefix

    def has_problem(self, row: int | None, name: str) -> bool:
        """Say whether a cell of a kept row is known to be wrong."""
        kept = self.kept
        return row is not None and row < len(kept) and name in kept[row].errors

    def loosen(self) -> None:
        """Take as typed what is wrong in form only and can be stored."""
        for form in self.kept:
            loosen(form, self.catalog)

    def add_problem(self, row: int | None, name: str, message: str) -> None:
        """Show a problem of a kept row (counted from 0) at its cell, else above the rows."""
        kept = self.kept
        if row is None or row >= len(kept) or not self.is_bound:
            self.non_form_errors().append(message)  # type: ignore[arg-type]
            return
        place = name if name in kept[row].fields else self._needed()
        if place not in kept[row].errors:
            kept[row].add_error(place, message)

    def _needed(self) -> str | None:
        return next((row.name for row in self.columns if row.required), None)

    @property
    def error_count(self) -> int:
        """The number of cells and sentences to mend."""
        return len(self.non_form_errors()) + sum(len(form.errors) for form in self.forms)

    def content(self) -> str:
        """Name exactly what stands in the kept rows, to tell whether anybody touched them."""
        rows = [
            [str(form["pk"].value() or ""), [_plain(cell.value()) for cell in form.cells],
             [pick.checked for pick in form.picks]]
            for form in self.kept
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]

    @property
    def seen(self) -> str:
        """What stood in the rows when the page was made."""
        if self.is_bound:
            return str(self.data.get(f"{self.prefix}-seen", ""))[:_SEEN]
        return self.content()

    def raw(self) -> dict[str, str]:
        """Give the stored rows as a browser would send them."""
        total, before = f"{self.prefix}-TOTAL_FORMS", f"{self.prefix}-INITIAL_FORMS"
        sent = {total: str(len(self.stored)), before: "0"}
        for form in self.forms[: len(self.stored)]:
            sent |= {form.add_prefix(name): _plain(form[name].value()) for name in form.fields
                     if name != "DELETE"}  # fmt: skip
        for row in self.flags:
            if self.picked[row.name] is not None:
                sent[self.pick_name(row)] = str(self.picked[row.name])
        return {**sent, f"{self.prefix}-seen": self.content()}


def _line(form: Any) -> tuple[int, int]:
    typed_line = _index(form.data.get(form.add_prefix("line")))
    return (form.index if typed_line is None else typed_line, form.index)


def _index(text: Any) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _plain(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n")
