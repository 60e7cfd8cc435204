"""What an administrator types about a reference value.

One form for all kinds: the fields come from the kind's row; writing is the services' business.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.forms.keyed import ColumnsForm
from core.forms.reference import ReferenceField, References, source_of
from customers.services import reference
from customers.services.reference import ReferenceKind

HINTS = {
    "code": lazy("Unique; letters, digits and - . # _"),
    "letters": lazy("Stands for the region in customer codes; empty: those of the node above."),
    "kind": lazy("Says which checks hold: the USCC and tax number for companies only."),
    "user": lazy("The account this salesperson signs in with, if any."),
}


class ReferenceForm(ColumnsForm):
    """Code, name and what else the kind has."""

    looks = dict.fromkeys(("code", "letters"), {"kind": "code"})

    def __init__(self, *args: Any, kind: ReferenceKind, user: Any, **kwargs: Any) -> None:
        self.kind, self.references = kind, References(user)
        self.model, self.columns = kind.model, kind.columns
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        return self.kind.code_rule(code) if code else self.initial.get("code", "")

    def clean_letters(self) -> str:
        return reference.FIELD_RULES["letters"](self.cleaned_data["letters"])

    def field_of(self, column: Any, row: Any) -> Any:
        """Make the field of a column; what points to a value takes those there are."""
        name, field = column.name, None
        if isinstance(column, models.ForeignKey):
            source = source_of(column.related_model)
            if name == "parent" and row is not None:
                source = source.narrowed(~Q(path__startswith=row.path))
            label, own = capfirst(str(column.verbose_name)), getattr(row, name, None)
            field = ReferenceField(source, self.references, chosen=own, label=label, required=False)
        field = field or column.formfield()
        field.help_text = HINTS.get(name, "")
        if name == "code" and self.kind.makes_codes:
            field.required, field.help_text = False, _("Made from the name when left empty.")
        return field
