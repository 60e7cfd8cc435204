"""The grid of bank accounts; whoever may not read a number can keep, replace or remove it.

A number that is hidden never reaches the page; an empty cell then keeps what is stored.
"""

from django.utils.translation import gettext_lazy as _

from core.forms.grid import SPARE_SENT, Grid
from customers.catalog import BANK_ACCOUNT
from customers.rules import finance as rules
from customers.rules import record


class BankAccountGrid(Grid):
    """The bank accounts of one customer; one is the default, one may be for invoices."""

    catalog = BANK_ACCOUNT
    label = _("Bank accounts")
    sizes = {"account_name": "l", "account_number": "l", "currency": "s"}
    max_num = record.MOST_CHILDREN
    absolute_max = record.MOST_CHILDREN + SPARE_SENT
    always = ("is_default",)
    modes = {rules.cnaps: "numeric"}
    covered = "account_number"
