"""What a person types about the own session: signing in, a new password, own settings.

They parse and explain; the views act.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from core.models import User


class SignInForm(AuthenticationForm):
    """Name and password; the answer is the same whether the name exists or not."""

    keep = forms.BooleanField(label=lazy("Keep me signed in on this computer"), required=False)

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = lazy("Account")
        longest = User._meta.get_field("username").max_length
        self.fields["username"].validators.append(MaxLengthValidator(longest))
        self.fields["password"].label = lazy("Password")

        if self.is_bound and self.data.get("username"):  # the password is what was wrong
            self.fields["username"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs["autofocus"] = True

    def clean_username(self) -> str:
        """Give the name as it is stored, so that case neither locks out nor dodges the throttle."""
        return User.normalize_username(self.cleaned_data["username"])

    def get_invalid_login_error(self) -> ValidationError:
        """Refuse without a hint at which of the two was wrong."""
        return ValidationError(_("The account or the password is wrong."), code="invalid_login")

    def confirm_login_allowed(self, user: Any) -> None:
        """Answer a person who was deactivated as one who does not exist."""
        if not user.is_active or user.is_system:
            raise self.get_invalid_login_error()


class PasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = lazy("Present password")
        self.fields["new_password1"].label = lazy("New password")
        self.fields["new_password2"].label = lazy("New password once more")
        self.fields["new_password1"].help_text = lazy(
            "At least 8 characters; not digits only, not your name, not a common password."
        )
        self.fields["new_password2"].help_text = ""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": lazy("This is not your current password."),
        "password_mismatch": lazy("The two new passwords differ."),
    }

    def clean_new_password1(self) -> str:
        """Refuse the present password: a temporary one is to be replaced."""
        typed: str = self.cleaned_data["new_password1"]
        if typed == self.cleaned_data.get("old_password"):
            raise forms.ValidationError(lazy("Choose a password other than your current one."))
        return typed


class PreferencesForm(forms.ModelForm):
    """What a person chooses for the own screen."""

    class Meta:
        model = User
        fields = ("display_name", "language", "theme", "density", "shortcuts")
        widgets = {name: forms.RadioSelect for name in ("language", "theme", "density")}
        help_texts = {
            "display_name": lazy("Shown in the history and beside everything you do."),
            "shortcuts": lazy("Keys such as J, K, A, R and / outside of input fields."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].ui = {"width": 2}
        for name in ("language", "theme", "density", "shortcuts"):
            self.fields[name].ui = {"width": 3}
        self.fields["shortcuts"].ui["kind"] = "switch"


def tries_left(limit: int, failures: int) -> str:
    """Return the sentence about the tries left before the account is locked for a while."""
    left = limit - failures
    return ngettext(
        "%(n)d more try, then the account is locked for 15 minutes.",
        "%(n)d more tries, then the account is locked for 15 minutes.",
        left,
    ) % {"n": left}
