"""What is chosen before an import is checked: the file and how its rows are taken.

It parses and explains; reading the file is the business of customers/imports.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms.keyed import KeyedForm
from core.forms.sheet import ACCEPTED
from core.text import clean
from customers.imports.desk import Options
from customers.models.import_batch import ImportBatch

MODE_HINTS = {
    "both": _("Known customers are updated, the others are added"),
    "add": _("Customers that exist already are skipped and listed"),
    "update": _("Customers that do not exist yet are skipped and listed"),
}
MOST_NAME = 200


def afterwards() -> forms.TypedChoiceField:
    """Give the choice whether new customers are submitted at once."""
    return forms.TypedChoiceField(
        label=_("State after writing"),
        choices=(("", _("Draft")), ("1", _("Submitted for review"))),
        coerce=bool,
        empty_value=False,
        required=False,
        help_text=_("Never approved: that is up to a reviewer"),
    )


class FileForm(KeyedForm):
    """A workbook to be read, in a form that works once."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "data-file": ""}),
        max_length=200,
        error_messages={
            "required": _("Choose a file: .xlsx, .xls or .csv."),
            "empty": _("The file is empty."),
            "max_length": _("The name of the file is too long: 200 characters at most."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        described = "limits"
        if self.is_bound and "file" in self.errors:
            described += f" {self['file'].auto_id}-e"
        self.fields["file"].widget.attrs["aria-describedby"] = described

    @property
    def name(self) -> str:
        """Give the name of the file as it may be kept and shown."""
        try:
            return clean(self.cleaned_data["file"].name)[-MOST_NAME:] or gettext("without a name")
        except ValidationError:
            return gettext("without a name")


class UploadForm(FileForm):
    """A new import: its file and its options."""

    mode = forms.ChoiceField(
        label=_("Import mode"),
        choices=ImportBatch.Mode.choices,
        widget=forms.RadioSelect,
        initial=ImportBatch.Mode.BOTH,
    )
    child_mode = forms.ChoiceField(
        label=_("Rows of the other sheets"),
        choices=(
            ("merge", _("Merge: add and update, remove none")),
            ("replace", _("Replace: remove what the file does not name")),
        ),
        initial=ImportBatch.ChildMode.MERGE,
    )
    empty = forms.ChoiceField(
        label=_("Empty cells of an update"),
        choices=(
            ("keep", _("Keep the current value")),
            ("clear", _("Clear the value")),
        ),
        initial=ImportBatch.Empty.KEEP,
    )

    submit = afterwards()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("child_mode", "empty"):
            self.fields[name].ui = {"needed": False}

    def ways(self) -> list[tuple[Any, Any, Any]]:
        """Give radio button, label and consequence of every way of importing."""
        boxes = self["mode"].subwidgets
        return [
            (box.tag(), box.choice_label, MODE_HINTS.get(box.data["value"], "")) for box in boxes
        ]

    def dangers(self) -> list[str]:
        """Name the chosen settings that remove, overwrite or submit something."""
        told = {
            ("mode", "update"): _("Customers that do not exist yet are skipped"),
            ("child_mode", "replace"): _("Rows of other sheets that the file lacks are removed"),
            ("empty", "clear"): _("Empty cells clear what is stored"),
            ("submit", "1"): _("New customers are submitted at once"),
        }
        return [str(text) for (name, value), text in told.items() if self[name].value() == value]

    def options(self) -> Options:
        """Give what was chosen, in the words of the import."""
        chosen = self.cleaned_data
        return Options(
            mode=chosen["mode"],
            child_mode=chosen["child_mode"],
            empty=chosen["empty"],
            submit=chosen["submit"],
        )
