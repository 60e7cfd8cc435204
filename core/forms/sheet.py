"""The forms of a table that comes as a file: the file itself, and what was checked on its way back.

They parse and sign; what a table means is the business of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.forms.keyed import KeyedForm
from core.text import clean
from core.workbook import small
from core.workbook.reading import Unreadable
from core.workbook.sentences import ENCODING_CHOICES, encoding_label

ACCEPTED = ".xlsx,.xls,.csv"
CHECK_LASTS = 60 * 60
MOST_SIGNED = 4 * 1024 * 1024


class UploadForm(forms.Form):
    """A table to be checked: a workbook, or a text file whose encoding may be chosen.

    `understand(lines)` makes a table of what the file holds, or raises Unreadable.
    """

    file = forms.FileField(
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}), max_length=200
    )
    encoding = forms.ChoiceField(
        label=lazy("Encoding of a text file"),
        choices=[("", lazy("Recognise it")), *ENCODING_CHOICES],
        required=False,
    )

    def __init__(
        self, *args: Any, understand: Callable[[list[small.TextRow]], Any], most: int, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        label = _("File (.xlsx, .xls or .csv, up to 2 MB and %(most)s rows)")
        self.fields["file"].label = label % {"most": f"{most:,}"}
        self.understand, self.table = understand, None
        self.content = small.Content()

    @property
    def read_as(self) -> str:
        """The encoding that a text file was read as, by the name people know; else ""."""
        return encoding_label(self.content.encoding)

    @property
    def file_name(self) -> str:
        """The name of the file as the history may keep it."""
        try:
            return clean(self.cleaned_data["file"].name)[:100]
        except ValidationError:
            return ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file is None or "encoding" in self.errors:
            return given
        try:
            if file.size > small.MAX_BYTES:
                raise Unreadable(_("The file is larger than 2 MB."))
            self.content = small.read(file.read(), file.name, given["encoding"])
            self.table = self.understand(self.content.lines)
        except Unreadable as error:
            self.add_error("file", str(error))
        return given


class ConfirmForm(KeyedForm):
    """The checked sheet on its way back: signed by us, for this person and this use, for an hour.

    It travels in the page instead of lying in a table: nothing to clean up, any process can go on,
    and what is written is what was checked (and is checked again).
    """

    sheet = forms.CharField(widget=forms.HiddenInput, max_length=MOST_SIGNED)

    def __init__(self, *args: Any, use: str, user: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.salt = f"{use}:{user.pk}"

    def sign(self, **body: Any) -> str:
        """Give the text that carries a checked sheet through the page."""
        return signing.dumps(body, salt=self.salt, compress=True)

    def clean_sheet(self) -> Any:
        try:
            return signing.loads(self.cleaned_data["sheet"], salt=self.salt, max_age=CHECK_LASTS)
        except signing.BadSignature as error:
            raise ValidationError(
                _("The check is more than an hour old or not yours: upload the file again."),
                code="signature",
            ) from error
