"""What an administrator types about a reference value, and the sheets that are imported.

One form for all kinds: the fields come from the kind's row; writing is the services' business.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.forms.keyed import KeyedForm
from core.forms.reference import ReferenceField, References, source_of
from core.text import clean
from core.workbook import small
from core.workbook.reading import Unreadable
from customers.forms.import_upload import ACCEPTED
from customers.imports.pages import encodings
from customers.services import exchange, reference
from customers.services.exchange import Table
from customers.services.reference import Kind

CHECK_LASTS = 60 * 60
MOST_SIGNED = 4 * 1024 * 1024

HINTS = {
    "code": lazy("Unique; letters, digits and - . # _"),
    "letters": lazy("Stands for the region in customer codes; empty: those of the node above."),
    "kind": lazy("Says which checks hold: the USCC and tax number for companies only."),
    "user": lazy("The account this salesperson signs in with, if any."),
}


class ReferenceForm(KeyedForm):
    """Code, name and what else the kind has."""

    def __init__(self, *args: Any, kind: Kind, user: Any, value: Any = None, **kwargs: Any) -> None:
        if value is not None:
            start = {name: getattr(value, name) for name in kind.columns}
            kwargs["initial"] = {**start, "version": value.version, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.kind, self.references = kind, References(user)
        self.own_code = value.code if value is not None else ""
        for name in kind.columns:
            self.fields[name] = self._field(name, value)

    def values(self) -> dict[str, Any]:
        """Give what was typed, for the service."""
        return {name: self.cleaned_data[name] for name in self.kind.columns}

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        return self.kind.code_rule(code) if code else self.own_code

    def clean_letters(self) -> str:
        return reference.FIELD_RULES["letters"](self.cleaned_data["letters"])

    def _field(self, name: str, value: Any) -> Any:
        column: Any = self.kind.model._meta.get_field(name)
        label = capfirst(str(column.verbose_name))
        if isinstance(column, models.ForeignKey):
            source = source_of(column.related_model)
            if name == "parent" and value is not None:
                source = source.narrowed(~Q(path__startswith=value.path))
            own = getattr(value, name, None)
            field: Any = ReferenceField(
                source, self.references, chosen=own, label=label, required=False
            )
        else:
            field = column.formfield(label=label)
        field.help_text = HINTS.get(name, "")
        if name == "code" and self.kind.makes_codes:
            field.required, field.help_text = False, _("Made from the name when left empty.")
        field.ui = {"kind": "code"} if name in ("code", "letters") else {}
        return field


class UploadForm(forms.Form):
    """A table to be checked: a workbook, or a text file whose encoding may be chosen."""

    file = forms.FileField(
        label=lazy("File (.xlsx, .xls or .csv, up to 2 MB and 5,000 rows)"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        max_length=200,
    )
    encoding = forms.ChoiceField(
        label=lazy("Encoding of a text file"),
        choices=[("", lazy("Recognise it")), *encodings.CHOICES],
        required=False,
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.table: Table | None = None
        self.content = small.Content()

    @property
    def read_as(self) -> str:
        """The encoding that a text file was read as, by the name people know; else ""."""
        return encodings.label_of(self.content.encoding)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file is None or "encoding" in self.errors:
            return given
        try:
            if file.size > small.MAX_BYTES:
                raise Unreadable(_("The file is larger than 2 MB."))
            self.content = small.read(file.read(), file.name, given["encoding"])
            self.table = exchange.understand(self.kind, self.content.lines)
        except Unreadable as error:
            self.add_error("file", str(error))
        return given


class ConfirmForm(KeyedForm):
    """The checked sheet on its way back: signed by us, for this person and this kind, for an hour.

    It travels in the page instead of lying in a table: nothing to clean up, any process can go on,
    and what is written is what was checked (and is checked again).
    """

    sheet = forms.CharField(widget=forms.HiddenInput, max_length=MOST_SIGNED)

    def __init__(self, *args: Any, kind: Kind, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.salt = f"customers.reference:{kind.stem}:{user.pk}"

    def sign(self, table: Table, name: str, digest: str) -> str:
        """Give the text that carries a checked sheet through the page."""
        body = {"table": asdict(table), "name": name, "digest": digest}
        return signing.dumps(body, salt=self.salt, compress=True)

    def clean_sheet(self) -> dict[str, Any]:
        try:
            body = signing.loads(self.cleaned_data["sheet"], salt=self.salt, max_age=CHECK_LASTS)
        except signing.BadSignature as error:
            raise ValidationError(
                _("The check is more than an hour old or not yours: upload the file again."),
                code="signature",
            ) from error
        return {**body, "table": Table(**body["table"])}


def file_name(name: str) -> str:
    """Give the name of an uploaded file as the history may keep it."""
    try:
        return clean(name)[:100]
    except ValidationError:
        return ""
