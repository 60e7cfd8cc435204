"""The two hidden fields of every form that writes: its random key and the version it saw."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms


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
