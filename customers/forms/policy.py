"""What an administrator sets for the whole company."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from core.forms.catalog import checked
from core.forms.keyed import ColumnsForm
from customers.models import Policy


class PolicyForm(ColumnsForm):
    """Four eyes, and how long an approval stands before somebody looks again."""

    model, columns = Policy, ("four_eyes", "review_months")
    looks = {"four_eyes": {"kind": "switch", "width": 3}, "review_months": {"kind": "num"}}

    def clean_review_months(self) -> int:
        problem, months = checked(
            Policy._meta.get_field("review_months"), self.cleaned_data["review_months"]
        )
        if problem:
            raise ValidationError(problem)
        return months
