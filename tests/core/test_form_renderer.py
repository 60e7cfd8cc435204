"""Inputs made in Python are, sign by sign, what Django's templates make."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from core.forms.renderer import Renderer

WIDGETS = (
    forms.TextInput, forms.HiddenInput, forms.CheckboxInput, forms.Textarea, forms.NumberInput,
    forms.PasswordInput, forms.EmailInput, forms.Select,
)  # fmt: skip


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", ["", None, "<b>\"'&", "中文", 7, True, SafeString("&amp;")])
def test_a_widget_reads_as_from_django(widget: Any, value: Any) -> None:
    attrs = {"id": 'a"b', "required": True, "disabled": False, "data-n": 3}
    made = widget(attrs={"class": "input"})

    ours, theirs = (made.render("n<", value, attrs, one) for one in (Renderer(), DjangoTemplates()))

    assert ours == theirs
