"""THE kinds of records of this app: what moves, lists and keeps them is written once in core."""

from core.records.kind import Kind
from customers.lifecycle import CUSTOMER as LIFE
from customers.services import aggregates

CUSTOMER = Kind(
    app="customers",
    stem="customer",
    icon="users",
    aggregate=aggregates.CUSTOMER,
    life=LIFE,
    related=("customer_type", "region", "category", "created_by", "submitted_by"),
)
