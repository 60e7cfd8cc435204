"""THE kinds of records of this app: what moves, lists and keeps them is written once in core."""

from core.records.kind import Kind
from customers.catalog import CUSTOMER as CATALOG
from customers.lifecycle import LIFE
from customers.parts import PARTS
from customers.queries.told import HISTORY
from customers.services import aggregates
from customers.services.coding import CODING
from customers.services.entered import RULES

KIND = Kind(
    app="customers",
    stem="customer",
    icon="users",
    aggregate=aggregates.AGGREGATE,
    catalog=CATALOG,
    parts=PARTS,
    life=LIFE,
    related=("created_by", "submitted_by"),
    history=HISTORY,
    code=CODING,
    rules=RULES,
)
