"""THE kinds of records of this app: what moves, lists and keeps them is written once in core."""

from core.records.changes.asked_places import AskedPlaces
from core.records.kind import Kind
from customers.catalog import CHANGE as CHANGE_CATALOG
from customers.catalog import CUSTOMER as CATALOG
from customers.change_lifecycle import LIFE as CHANGE_LIFE
from customers.lifecycle import LIFE
from customers.parts import PARTS
from customers.queries.told import CHANGE_HISTORY, HISTORY
from customers.services import aggregates
from customers.services.coding import CHANGE_CODING, CODING
from customers.services.entered import RULES

CHANGE = Kind(
    app="customers",
    stem="change",
    icon="history",
    aggregate=aggregates.CHANGE,
    catalog=CHANGE_CATALOG,
    parts=(),
    life=CHANGE_LIFE,
    related=("record", "created_by", "submitted_by", "approved_by"),
    history=CHANGE_HISTORY,
    code=CHANGE_CODING,
    places=AskedPlaces,
    title=lambda request: str(request.record),
)
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
    changes=CHANGE,
)
