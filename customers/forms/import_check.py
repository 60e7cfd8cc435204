"""What a person answers on the page of an import: a cell, a group, a decision, the way of writing.

It parses; whether an answer fits the import is decided in customers/imports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms.keyed import KeyedForm
from customers.forms.import_upload import AFTERWARDS
from customers.imports.shown import STATUSES
from customers.models.import_batch import ImportBatch

MOST_TEXT = 2000
LARGEST = 10_000_000
MOST_SHEETS = 1000
CHECK, COLUMNS, VALUES = "check", "columns", "values"
STEPS = (CHECK, COLUMNS, VALUES)


@dataclass(frozen=True)
class Place:
    """Where on the page of an import somebody is: step, sheet, kind of rows, page of the grid."""

    step: str = ""
    sheet: int | None = None
    show: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict) -> Place:
        """Read an address; nonsense is left out."""
        step, show = query.get("step", ""), query.get("show", "")
        return cls(
            step if step in STEPS else "",
            _number(query.get("sheet", ""), MOST_SHEETS),
            show if show in STATUSES else "",
            _number(query.get("page", ""), LARGEST) or 1,
        )

    @property
    def is_on_grid(self) -> bool:
        """Whether the address asks for the checked rows, not for the step that comes next."""
        return self.step == CHECK or self.sheet is not None or bool(self.show)

    def query(self, **over: Any) -> str:
        """Give the query of this place, with other values for some of its parts."""
        parts: dict[str, Any] = {"sheet": self.sheet, "show": self.show, "page": self.page, **over}
        kept = {
            name: value
            for name, value in parts.items()
            if value not in (None, "") and (name, value) != ("page", 1)
        }
        return "?" + urlencode(kept or {"step": CHECK})


def _number(text: str, most: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return number if (number := int(text)) <= most else None


class BackForm(KeyedForm):
    """A keyed form that leads back to the place it was sent from."""

    back = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    @property
    def place(self) -> Place:
        """The place to go back to, whatever was posted."""
        return Place.read(QueryDict(str(self.data.get("back", ""))[:200].lstrip("?").encode()))


class CellForm(BackForm):
    """The new text of one cell."""

    sheet = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_SHEETS)
    row = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST)
    column = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_SHEETS)
    value = forms.CharField(label=_("New value"), required=False, max_length=MOST_TEXT, strip=False)


class GroupForm(BackForm):
    """One text for all cells of a group of equal problems."""

    group = forms.CharField(max_length=40)
    value = forms.CharField(label=_("New value"), required=False, max_length=MOST_TEXT, strip=False)


class DecideForm(BackForm):
    """The answer to one row: "0:17:update:42" (sheet, row, answer), "0:17:" takes it back."""

    answer = forms.RegexField(r"^[0-9]{1,3}:[0-9]{1,8}:(update:[0-9]{1,18}|create|skip|)$")

    @property
    def sheet(self) -> int:
        """The sheet of the row."""
        return int(self.cleaned_data["answer"].split(":")[0])

    @property
    def row(self) -> int:
        """The row that is answered for."""
        return int(self.cleaned_data["answer"].split(":")[1])

    @property
    def decision(self) -> str:
        """The answer in the words of the import."""
        return self.cleaned_data["answer"].split(":", 2)[2]


class WriteForm(KeyedForm):
    """All or only the good rows, and whether new records are submitted at once."""

    policy = forms.ChoiceField(choices=ImportBatch.Policy.choices, initial="all")
    submit = forms.TypedChoiceField(
        label=_("State after writing"),
        choices=AFTERWARDS,
        coerce=bool,
        empty_value=False,
        required=False,
        help_text=_("Never approved: that is up to a reviewer"),
    )


class ChoicesForm(KeyedForm):
    """What columns or values of the file stand for: fields called `prefix` + key."""

    def choices(self, mark: str) -> dict[str, str]:
        """Give the posted choice of every key."""
        return {
            name.removeprefix(mark): str(self.data[name])[:200]
            for name in self.data
            if name.startswith(mark) and len(name) <= 300
        }
