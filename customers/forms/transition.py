"""Forms of moves: one action with its reason, and the decision of a reviewer. They never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.keyed import MOST_REASON, KeyedForm
from core.text import clean, listed


class DecisionForm(KeyedForm):
    """Approve, approve and enable, or return with reasons; `digest` names the checklist shown.

    Enter in a text or a box sends STAY: a decision is a button that somebody pressed.
    """

    APPROVE, ENABLE, RETURN, STAY = "approve", "enable", "return", "stay"

    DECISIONS = (
        (APPROVE, _("Approve")),
        (ENABLE, _("Approve and enable")),
        (RETURN, _("Return")),
        (STAY, ""),
    )

    decision = forms.ChoiceField(label=_("Decision"), choices=DECISIONS)
    reasons = forms.MultipleChoiceField(
        label=_("Reason of return"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("incomplete", _("Incomplete")),
            ("wrong", _("Wrong information")),
            ("duplicate", _("Possible duplicate")),
            ("credit", _("Credit to be completed")),
            ("other", _("Other reason")),
        ],
    )
    reason = forms.CharField(
        label=_("Opinion"),
        required=False,
        max_length=MOST_REASON,
        widget=forms.TextInput,
    )
    confirmed = forms.BooleanField(
        label=_("I compared them: this is another company"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-key": "c", "aria-keyshortcuts": "C"}),
    )
    digest = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="decision-%s", **kwargs)
        self.fields["version"].required = True

    def clean_reason(self) -> str:
        """Clean the opinion of what cannot be stored or shown."""
        return clean(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the record is returned."""
        values = super().clean()
        returning = values.get("decision") == self.RETURN
        if returning and "reason" in values and not (values["reason"] or values.get("reasons")):
            self.add_error("reason", _("Choose a reason or write one."))
        return values

    def whole_reason(self) -> str:
        """Give the chosen reasons and the opinion as one line, as the history keeps it."""
        names = dict(self.fields["reasons"].choices)
        chosen = listed(names[key] for key in self.cleaned_data["reasons"])
        return " · ".join(part for part in (chosen, self.cleaned_data["reason"]) if part)


class ChangeDecisionForm(DecisionForm):
    """Approve a change or return it: there is nothing to enable."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [
            (name, label) for name, label in self.DECISIONS if name != self.ENABLE
        ]
        self.fields["reasons"].choices = [
            ("unproved", _("Evidence is missing")),
            ("wrong", _("Wrong information")),
            ("unclear", _("Reason is unclear")),
            ("unconfirmed", _("Not confirmed by phone")),
            ("other", _("Other reason")),
        ]
