"""What an administrator sets for the whole company."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from core.forms.catalog import checked
from core.forms.keyed import ColumnsForm
from customers.models import Policy


class PolicyForm(ColumnsForm):
    """Four eyes, how long an approval stands before somebody looks again, changes of accounts."""

    model = Policy
    columns = ("four_eyes", "review_months", "account_wait_days", "account_asker_twice")
    looks = {
        "four_eyes": {"kind": "switch", "width": 3},
        "review_months": {"kind": "num"},
        "account_wait_days": {"kind": "num"},
        "account_asker_twice": {"kind": "switch", "width": 3},
    }

    def clean_review_months(self) -> int:
        """Keep to the months that the table takes."""
        return self._number("review_months")

    def clean_account_wait_days(self) -> int:
        """Keep to the days that the table takes."""
        return self._number("account_wait_days")

    def _number(self, name: str) -> int:
        problem, number = checked(Policy._meta.get_field(name), self.cleaned_data[name])
        if problem:
            raise ValidationError(problem)
        return number
