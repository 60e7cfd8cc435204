"""One typed child row of a grid: its cells, its place, and what it is to be stored as.

It knows its grid only by what it asks of it; it saves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from core.access import mask
from core.forms.catalog import check, field_for, typed


@dataclass(frozen=True)
class Pick:
    """A radio button of one row: exactly one row of the grid carries the flag."""

    flag: str
    name: str
    label: Any
    checked: bool


class RowForm(forms.Form):
    """One row; `stored` is the row it stands for, None for a new one.

    Its fields are made when they are first asked for: of most rows nobody asks, they are spare.
    """

    def __init__(
        self, *args: Any, stored: Any, grid: Any, index: Any, example: Any = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.stored, self.grid, self.index, self.example = stored, grid, index, example

    @property
    def fields(self) -> dict[str, Any]:
        """The fields by name: the columns, then what says which row this is."""
        if self._made is not None:
            return self._made
        fields: dict[str, Any] = {}
        self._made = fields
        grid, source = self.grid, self.stored or self.example
        for row in grid.columns:
            current = getattr(source, row.name) if source else grid.new.get(row.name)
            fields[row.name] = field_for(grid.catalog, row, grid.references, current, grid.modes)
            fields[row.name].widget.attrs.pop("rows", None)
            self.initial[row.name] = typed(current)
        if self.stored and grid.masked:
            secret = fields[grid.masked]
            secret.widget.attrs["placeholder"] = mask(getattr(self.stored, grid.masked))
            self.initial[grid.masked] = ""
        fields["pk"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["pk"] = getattr(self.stored, "pk", "")
        fields["line"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["line"] = self.index
        fields["DELETE"] = forms.BooleanField(required=False, label=_("Delete"))
        return fields

    @fields.setter
    def fields(self, _declared: Any) -> None:
        self._made: dict[str, Any] | None = None

    @property
    def is_dropped(self) -> bool:
        """Say whether the row is ticked for removal."""
        is_sent = self.is_bound and self.add_prefix("DELETE") in self.data
        return is_sent and bool(self["DELETE"].data)

    @property
    def is_kept(self) -> bool:
        """Say whether the row is part of the record: it is stored, or something was typed."""
        return not self.is_dropped and self.has_changed()

    def has_changed(self) -> bool:
        """Say whether the row is more than a spare one."""
        if self.stored is not None or not (self.is_bound or self.example):
            return self.stored is not None
        names = [row.name for row in self.grid.columns if row.name not in self.grid.new]
        if self.is_bound and not any(self.data.get(self.add_prefix(name)) for name in names):
            return False
        return any(str(self[name].value() or "").strip() for name in names)

    def full_clean(self) -> None:
        """Look at the cells, unless the row is dropped or empty."""
        if self.is_bound and not self.is_kept:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Ask the validators of the model too."""
        check(self, self.grid.catalog)
        return self.cleaned_data

    def wrong(self) -> dict[str, str]:
        """Give what is typed in the cells that are wrong: something stands there."""
        names = [name for name in self.errors if name in self.fields]
        return {name: text for name in names if (text := str(self[name].data or "").strip())}

    @property
    def cells(self) -> list[Any]:
        """The bound fields of the columns, in order."""
        return [self[row.name] for row in self.grid.columns]

    @property
    def picks(self) -> list[Pick]:
        """The radio buttons of this row."""
        grid = self.grid
        return [
            Pick(row.name, grid.pick_name(row), label, grid.picked[row.name] == self.index)
            for row, label in zip(grid.flags, grid.pick_labels, strict=True)
        ]

    def row_values(self) -> dict[str, Any]:
        """Give the cells as they are to be stored; a masked cell left empty is left out."""
        values = {row.name: self.cleaned_data.get(row.name) for row in self.grid.columns}
        if self.grid.masked and self.stored and not values[self.grid.masked]:
            del values[self.grid.masked]
        flags = {row.name: self.grid.picked[row.name] == self.index for row in self.grid.flags}
        return {**values, **flags}
