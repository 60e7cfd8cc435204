"""What an administrator types about a person; core.people decides and writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import extend, people
from core.fields import CleanCharField
from core.forms.keyed import KeyedForm
from core.forms.reference import ReferenceField, References, source_of
from core.models import Unit, User


class ProfileForm(KeyedForm):
    """Name, roles and department of a person."""

    display_name = CleanCharField(max_length=60)
    roles = forms.MultipleChoiceField(
        label=lazy("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: Any, present: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_label = User._meta.get_field("display_name").verbose_name
        self.fields["display_name"].label = capfirst(str(name_label))
        self.fields["unit"] = ReferenceField(
            source_of(Unit),
            References(user),
            chosen=present,
            label=capfirst(str(User._meta.get_field("unit").verbose_name)),
            required=False,
            help_text=_("A clerk sees the records of this department and below."),
        )
        known = extend.roles().values()
        self.fields["roles"].choices = [(role.name, role.label) for role in known]

    def role_rows(self) -> list[dict[str, Any]]:
        """Give each role with its box, its label and what it may do."""
        boxes = self["roles"].subwidgets
        known = extend.roles()
        return [
            {"box": box.tag(), "label": box.choice_label, "hint": known[box.data["value"]].hint}
            for box in boxes
        ]

    def profile(self) -> people.Profile:
        """Give what was typed, for core.people."""
        typed = self.cleaned_data
        return people.Profile(typed["display_name"], typed["unit"], frozenset(typed["roles"]))


def _password(label: Any, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **more)


class PasswordTwice(forms.Form):
    """A new password, twice; whether it is good enough is decided where it is set."""

    password1 = _password(
        lazy("Temporary password"),
        help_text=lazy(
            "At least 8 characters; not digits only, not the name, not a common password."
        ),
    )
    password2 = _password(lazy("Temporary password once more"))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if {"password1", "password2"} <= set(typed) and typed["password1"] != typed["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return typed


class NewUserForm(PasswordTwice, ProfileForm):
    """A new person: account name, profile, first password."""

    username = CleanCharField(
        label=lazy("Account"),
        max_length=150,
        fold=True,
        validators=[UnicodeUsernameValidator()],
        help_text=lazy("Signs in with it; letters, digits and @ . + - _ only. It stays as it is."),
    )

    def clean_username(self) -> str:
        return people.folded(self.cleaned_data["username"])


class NewPasswordForm(PasswordTwice, KeyedForm):
    """A new password for somebody else."""
