"""Rows of a part that two people changed: both as one, as far as they do not meet.

It compares what is typed with what the history tells of the time between, cell by cell, and writes
into the data of a form only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.aggregate import NEW, as_text
from core.catalog import Row
from core.records.form import PartGrid

Told = Mapping[str, Any]  # what the history tells of one row: `op`, and `fields` old → new
Raw = Mapping[str, list[str]]  # the stored record as a browser would send it
YES = as_text(True)


def merge(data: Any, grid: PartGrid, told: Mapping[str, Told], raw: Raw) -> bool:
    """Put what others changed (`told`, by key) among typed rows; say whether both meet somewhere.

    Where they meet what is typed stays. Rows that others removed and nobody touched go.
    """
    merging = _Merging(data, grid, told, raw)
    merging.sent_rows()
    merging.new_rows()
    for flag in grid.flags:
        merging.flag(flag)
    forget_strangers(data, grid)
    data[f"{grid.prefix}-seen"] = raw[f"{grid.prefix}-seen"][0]
    return merging.meets


def forget_strangers(data: Any, grid: PartGrid) -> None:
    """A row that somebody removed meanwhile becomes a new one if it is kept."""
    strangers = set(grid.strangers)
    for name in [name for name in data if name.startswith(f"{grid.prefix}-")]:
        if name.endswith("-pk") and data[name] in strangers:
            data[name] = ""


def take_rows(data: Any, prefix: str, raw: Raw) -> None:
    """Take the stored rows of a part as a whole."""
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        del data[name]
    for name, values in raw.items():
        if name.startswith(f"{prefix}-"):
            data.setlist(name, values)


class _Merging:
    """The rows of one part on their way to what both sides made of them."""

    def __init__(self, data: Any, grid: PartGrid, told: Mapping[str, Told], raw: Raw) -> None:
        self.data, self.grid, self.told, self.raw = data, grid, told, raw
        self.stored_at = {str(row.pk): at for at, row in enumerate(grid.stored)}
        self.sent_at: dict[str, int] = {}
        self.meets = False

    def sent_rows(self) -> None:
        """Look at the rows that were on the screen."""
        for form in self.grid.forms:
            key = self._key(form)
            if not key:
                continue
            self.sent_at[key] = form.index
            told = self.told.get(key)
            if told is None:
                continue
            if form.stored is None:
                self._gone(form, told)
            elif form.is_dropped:
                self.meets = True  # changed by them, removed by me
            else:
                self._changed(form, told)

    def new_rows(self) -> None:
        """Add the rows that others added; the same one on both sides is one."""
        mine = [form for form in self.grid.kept if not self._key(form)]
        for key, told in self.told.items():
            if key not in self.stored_at or key in self.sent_at:
                continue
            row = self.grid.stored[self.stored_at[key]]
            if told["op"] != "add":
                self.meets = True  # changed by them, left out by me
            elif twin := next((one for one in mine if self._is_same(one, row)), None):
                self._drop(twin)
                self._add(key)
            elif any(self._is_meant(one, row) for one in mine):
                self.meets = True
            else:
                self._add(key)

    def flag(self, flag: Row) -> None:
        """Move a flag where others put it, unless it was moved here too."""
        moves = {key: told["fields"][flag.name] for key, told in self.told.items()
                 if flag.name in told["fields"]}  # fmt: skip
        if not moves:
            return
        before = next((key for key, (old, _new) in moves.items() if old == YES), "")
        held = (str(row.pk) for row in self.grid.stored if getattr(row, flag.name))
        now, name = next(held, ""), self.grid.pick_name(flag)
        sent = str(self.data.get(name, ""))
        new = f"{NEW}{sent}" if sent else ""
        mine = next((key for key, at in self.sent_at.items() if str(at) == sent), new)
        if mine == before:
            self.data[name] = str(self.sent_at.get(now, ""))
        elif mine != now:
            self.meets = True

    def _changed(self, form: Any, told: Told) -> None:
        at = self.stored_at[self._key(form)]
        for name, (before, now) in told["fields"].items():
            if name not in form.fields:
                continue
            mine = self._text(form, name)
            is_hidden = name == self.grid.masked and not mine  # it keeps what is stored
            if mine == before and not is_hidden:
                stored = self.raw[f"{self.grid.prefix}-{at}-{name}"]
                self.data.setlist(form.add_prefix(name), stored)
            elif mine != now and not is_hidden:
                self.meets = True

    def _gone(self, form: Any, told: Told) -> None:
        """A row that others removed goes where nothing was typed into it."""
        before = {name: pair[0] for name, pair in told["fields"].items()}
        is_touched = any(
            self._text(form, row.name) != before.get(row.name, "")
            for row in self.grid.columns
            if row.name != self.grid.masked
        )
        if not (form.is_kept and is_touched):
            self._drop(form)
        else:
            self.meets = True

    def _is_same(self, form: Any, row: Any) -> bool:
        names = [one.name for one in self.grid.columns]
        return all(self._text(form, name) == as_text(getattr(row, name)) for name in names)

    def _is_meant(self, form: Any, row: Any) -> bool:
        stored = self.grid.catalog.typed_of(row)
        ways = (one for one in self.grid.part.same_by if not one.is_guess)
        return any(one.fits(form.cleaned_data, stored) for one in ways)

    def _drop(self, form: Any) -> None:
        self.data[form.add_prefix("DELETE")] = "on"

    def _add(self, key: str) -> None:
        total = f"{self.grid.prefix}-TOTAL_FORMS"
        at, own = int(self.data[total]), f"{self.grid.prefix}-{self.stored_at[key]}-"
        if at >= self.grid.absolute_max:
            self.meets = True
            return
        for name, values in self.raw.items():
            if name.startswith(own):
                self.data.setlist(f"{self.grid.prefix}-{at}-{name.removeprefix(own)}", values)
        self.data[f"{self.grid.prefix}-{at}-line"] = str(at)
        self.data[total] = str(at + 1)
        self.sent_at[key] = at

    def _key(self, form: Any) -> str:
        return str(form.data.get(form.add_prefix("pk"), ""))

    def _text(self, form: Any, name: str) -> str:
        """Give what is typed in a cell as the history would tell it, what is wrong as it is."""
        cleaned = getattr(form, "cleaned_data", {})
        if name in cleaned:
            return as_text(cleaned[name])
        return str(form.data.get(form.add_prefix(name), "")).strip()
