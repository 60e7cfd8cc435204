"""The customer: what its own fields hold."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import Customer

DAYS = Customer._meta.get_field("credit_days")


@pytest.mark.parametrize("days", [0, 30, 3650, None])
def test_a_credit_period_of_up_to_ten_years_is_kept(days):
    assert DAYS.clean(days, None) == days


@pytest.mark.parametrize("days", [-1, 3651])
def test_a_credit_period_out_of_range_is_refused(days):
    with pytest.raises(ValidationError):
        DAYS.clean(days, None)
