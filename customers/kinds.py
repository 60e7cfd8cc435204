"""THE kinds of records of this app: what their pages are made from."""

from django.utils.translation import gettext_lazy as _

from core.records.kind import Kind
from customers.forms.customer_cells import cells
from customers.forms.customer_filter import LISTING
from customers.lifecycle import CUSTOMER as LIFE
from customers.services.aggregates import CUSTOMER as AGGREGATE

CUSTOMER = Kind(
    app="customers",
    stem="customer",
    place="customers/",
    title=_("Customer list"),
    icon="users",
    aggregate=AGGREGATE,
    life=LIFE,
    listing=LISTING,
    cells=cells,
)
