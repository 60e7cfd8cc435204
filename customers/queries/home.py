"""What this company is used to: the currency that new records begin with.

It reads only.
"""

from __future__ import annotations

from customers.models import Currency

HOME_CURRENCY = "CNY"


def home_currency() -> Currency | None:
    """Give the currency of this company, None while there is none to choose."""
    return Currency.objects.active().filter(code=HOME_CURRENCY).first()
