"""What an administrator sets for the whole company."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from core.forms.catalog import checked
from core.forms.keyed import KeyedForm
from customers.models import Policy

SWITCHES = ("four_eyes", "review_months")


class PolicyForm(KeyedForm):
    """Four eyes, and how long an approval stands before somebody looks again."""

    four_eyes = Policy._meta.get_field("four_eyes").formfield()
    review_months = Policy._meta.get_field("review_months").formfield()

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(policy, name) for name in (*SWITCHES, "version")}
        super().__init__(*args, **kwargs)
        for name in SWITCHES:
            self.fields[name].label = capfirst(str(self.fields[name].label))
        self.fields["four_eyes"].ui = {"kind": "switch", "width": 3}
        self.fields["review_months"].ui = {"kind": "num"}

    def clean_review_months(self) -> int:
        problem, months = checked(
            Policy._meta.get_field("review_months"), self.cleaned_data["review_months"]
        )
        if problem:
            raise ValidationError(problem)
        return months

    def values(self) -> dict[str, Any]:
        """Give what was typed, for the service."""
        return {name: self.cleaned_data[name] for name in SWITCHES}
