"""What a person answers on the page of an import: a cell, a group, a decision, the way of writing.

It parses; whether an answer fits the import is decided in customers/imports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms.keyed import KeyedForm
from core.workbook.sentences import ENCODING_CHOICES
from customers.forms.import_upload import afterwards
from customers.imports.pages.asking import NAMED
from customers.imports.pages.shown import STATUSES
from customers.models.import_batch import ImportBatch

MOST_TEXT = 2000
OTHER = "other-"
LARGEST = 10_000_000
MOST_SHEETS = 1000
CHECK, COLUMNS, VALUES = "check", "columns", "values"
STEPS = (CHECK, COLUMNS, VALUES)
MOST_TEXTS = 20
_GROUP = re.compile(r"[0-9a-f]{8,40}")
_AT = re.compile(r"[0-9]{1,8}-[0-9]{1,4}")


@dataclass(frozen=True)
class Place:
    """Where on the page of an import somebody is: step, sheet, kind of rows, page of the grid.

    `group` is the problem whose rows are shown, `groups` the page of problems, `at` the cell
    ("12-3": row and column) to look at; links of the page itself do not repeat `at`.
    """

    step: str = ""
    sheet: int | None = None
    show: str = ""
    page: int = 1
    group: str = ""
    groups: int = 1
    at: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Place:
        """Read an address; nonsense is left out."""
        step, show = query.get("step", ""), query.get("show", "")
        return cls(
            step if step in STEPS else "",
            _number(query.get("sheet", ""), MOST_SHEETS),
            show if show in STATUSES else "",
            _number(query.get("page", ""), LARGEST) or 1,
            group if _GROUP.fullmatch(group := query.get("group", "")) else "",
            _number(query.get("groups", ""), LARGEST) or 1,
            at if _AT.fullmatch(at := query.get("at", "")) else "",
        )

    @property
    def is_on_grid(self) -> bool:
        """Whether the address asks for the checked rows, not for the step that comes next."""
        asked = self.show or self.group or self.groups > 1
        return self.step == CHECK or self.sheet is not None or bool(asked)

    def query(self, **over: Any) -> str:
        """Give the query of this place, with other values for some of its parts."""
        names = ("sheet", "show", "page", "group", "groups")
        parts: dict[str, Any] = {**{name: getattr(self, name) for name in names}, **over}
        kept = {
            name: value
            for name, value in parts.items()
            if value not in (None, "") and (name, value) not in (("page", 1), ("groups", 1))
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
    """New texts for the cells of a group of equal problems: "old-3" becomes "new-3".

    An empty new text leaves its cells as they are, unless "empty" has the number of the text.
    """

    group = forms.CharField(max_length=40)

    def clean(self) -> dict[str, Any]:
        """Take the pairs together. Raises ValidationError when nothing is to be changed."""
        cleaned: dict[str, Any] = super().clean() or {}
        emptied = set(self.data.getlist("empty"))
        texts: dict[str, str] = {}
        for number in range(MOST_TEXTS):
            old, new = self.data.get(f"old-{number}"), self.data.get(f"new-{number}", "")
            is_emptied = str(number) in emptied
            if old is not None and (new.strip() or is_emptied):
                texts[old] = "" if is_emptied else new
        if not texts:
            raise forms.ValidationError(_("Give a new value."))
        if any(len(text) > MOST_TEXT for text in texts.values()):
            raise forms.ValidationError(_("The text is too long."))
        return {**cleaned, "texts": texts}


class DecideForm(BackForm):
    """The answer to one row: "0:17:update:42" (sheet, row, answer), "0:17:" takes it back."""

    answer = forms.RegexField(r"^[0-9]{1,3}:[0-9]{1,8}:(update:[0-9]{1,18}|create|skip|)$")

    @property
    def answered(self) -> tuple[int, int, str]:
        """Give sheet and row, and the answer in the words of the import."""
        sheet, row, decision = self.cleaned_data["answer"].split(":", 2)
        return int(sheet), int(row), decision


class WriteForm(KeyedForm):
    """All or only the good rows, whether new records are submitted at once, why approved change."""

    policy = forms.ChoiceField(choices=ImportBatch.Policy.choices, initial="all")
    submit = afterwards()
    reason = ImportBatch._meta.get_field("reason").formfield(
        help_text=_("Stands in every change request that this makes")
    )


class EncodingForm(KeyedForm):
    """The encoding that a text table is written in."""

    encoding = forms.ChoiceField(label=_("Encoding of the file"), choices=ENCODING_CHOICES)


class ChoicesForm(KeyedForm):
    """What columns or values of the file stand for: fields called `prefix` + key."""

    def choices(self, mark: str) -> dict[str, str]:
        """Give the posted choice of every key; a value that was typed for it goes first."""
        found = {
            name.removeprefix(mark): str(self.data[name])[:200]
            for name in self.data
            if name.startswith(mark) and len(name) <= 300
        }
        for key in found:
            if typed := str(self.data.get(OTHER + key, "")).strip()[:190]:
                found[key] = f"{NAMED}:{typed}"
        return found
