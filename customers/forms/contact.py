"""The grid of contacts: which table it types into and how its cells are entered.

What contacts must have is in customers/rules; nothing is saved here.
"""

from django.utils.translation import gettext_lazy as _

from core.forms.grid import SPARE_SENT, Grid
from customers.catalog import CONTACT
from customers.rules import contact as rules
from customers.rules import record


class ContactGrid(Grid):
    """The contacts of one customer; one of them is the primary one."""

    catalog = CONTACT
    label = _("Contacts")
    note = _("At least one, with a phone or mobile")
    sizes = {"name": "s", "position": "s", "email": "l"}
    max_num = record.MOST_CHILDREN
    absolute_max = record.MOST_CHILDREN + SPARE_SENT
    always = ("is_primary",)
    modes = {rules.phone: "tel", rules.email: "email"}
