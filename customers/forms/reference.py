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

from core.forms.keyed import KeyedForm
from core.forms.reference import ReferenceField, References, source_of
from customers.services import reference
from customers.services.reference import ReferenceKind

HINTS = {
    "code": lazy("Unique; letters, digits and - . # _"),
    "letters": lazy("Stands for the region in customer codes; empty: those of the node above."),
    "kind": lazy("Says which checks hold: the USCC and tax number for companies only."),
    "user": lazy("The account this salesperson signs in with, if any."),
}


class ReferenceForm(KeyedForm):
    """Code, name and what else the kind has."""

    def __init__(
        self, *args: Any, kind: ReferenceKind, user: Any, value: Any = None, **kwargs: Any
    ) -> None:
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
