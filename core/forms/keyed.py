"""Forms that write: the random key and the version each saw; the forms of moves. None saves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import CleanCharField
from core.text import clean
from core.workflow import Transition


def new_key() -> str:
    """Give a fresh random form key."""
    return secrets.token_urlsafe(24)


class KeyedForm(forms.Form):
    """A form with an idempotency key and, for changes, the version that was on the screen."""

    key = forms.RegexField(
        r"^[A-Za-z0-9_-]{16,64}$", widget=forms.HiddenInput, initial=new_key, strip=False
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )


class ColumnsForm(KeyedForm):
    """Some columns of a table: those of a row as it is, or of a new one as it begins.

    `looks` says by column how the field is laid out (core.templatetags.ui).
    """

    model: type[models.Model]
    columns: Sequence[str] = ()
    looks: Mapping[str, Mapping[str, Any]] = {}

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        if row is not None:
            stored = {name: getattr(row, name) for name in (*self.columns, "version")}
            kwargs["initial"] = {**stored, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name in self.columns:
            self.fields[name] = self.field_of(self.model._meta.get_field(name), row)
            self.fields[name].ui = self.looks.get(name, {})

    def field_of(self, column: Any, row: Any) -> Any:
        """Make the field of a column for a row, None for a new one."""
        return column.formfield()

    def values(self) -> dict[str, Any]:
        """Give what was typed, for the service."""
        return {name: self.cleaned_data[name] for name in self.columns}


class ReasonForm(KeyedForm):
    """A keyed form with one reason, for actions."""

    reason = forms.CharField(required=False, max_length=500, widget=forms.Textarea)


def with_fresh_key(data: Any, **values: Any) -> Any:
    """Copy posted data with a new key (and other values), to show the form again."""
    copy = data.copy()
    copy["key"] = new_key()
    for name, value in values.items():
        copy[name] = value
    return copy


MOST_REASON = 500
_KEY = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class TransitionForm(ReasonForm):
    """One move of the lifecycle: the version that was on the screen and, where asked, why."""

    def __init__(self, *args: Any, transition: Transition, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{transition.name}-%s")
        super().__init__(*args, **kwargs)
        self.fields["version"].required = True
        reason = self.fields["reason"]
        reason.label = _("Reason")
        reason.required = transition.comment_required
        reason.error_messages["required"] = _("Give a reason.")
        reason.widget.attrs["rows"] = 3

    def clean_reason(self) -> str:
        """Clean the reason of what cannot be stored or shown."""
        return clean(self.cleaned_data["reason"], multiline=True)


class BulkForm(forms.Form):
    """The confirmation of a bulk action: its reason, where one is asked for."""

    reason = CleanCharField(
        label=_("Reason"),
        multiline=True,
        required=False,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give a reason.")},
    )

    def __init__(self, *args: Any, transition: Transition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = transition.comment_required


def selected(keys: list[str]) -> list[int]:
    """Give the primary keys among posted values, each once, in order; nonsense is left out."""
    return list(dict.fromkeys(int(key) for key in keys if _KEY.fullmatch(key)))
