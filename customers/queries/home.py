"""What this company is used to: the currency that new records begin with.

It reads only.
"""

from __future__ import annotations

from core.prepared import Prepared
from customers.models import Currency

HOME_CURRENCY = "CNY"
_NAMED = Prepared(lambda code: Currency.objects.active().filter(code=code))


def home_currency() -> Currency | None:
    """Give the currency of this company, None while there is none to choose."""
    return _NAMED.first(HOME_CURRENCY)
