"""What entering customers knows of its own: what follows, what does not fit, what is out of reach.

core/records/save.py asks these by the rules of the kind; nobody else needs them all.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from core import serials
from core.catalog import Row
from core.history import Act
from core.prepared import Prepared
from core.records.record import Rules, Values
from core.saving import Refused
from customers.models import Customer, Salesperson, Tag
from customers.queries import group, reach, readiness
from customers.queries.customer import home_currency
from customers.rules import record as rules
from customers.services import reference

GROUP_LINKS = "lock:customer.parent"
_OWN = Prepared(lambda user: Salesperson.objects.active().filter(user=user).in_order()[:1])


def problems(values: Values, today: datetime.date) -> dict[str, str]:
    """Say by field what does not fit together."""
    return rules.cross_problems(values, kind=rules.kind_of(values), today=today)


def is_needed(row: Row, values: Values) -> bool:
    """Say whether a record with these values needs a field to be submitted."""
    return rules.is_needed(row.required, values, kind=rules.kind_of(values))


def own(user: Any) -> dict[str, Any]:
    """Give whose a new record is: the department and the salesperson of who enters it."""
    department = user.unit if user.unit and user.unit.is_active else None
    return {"department": department, "salesperson": _OWN.first(user.pk)}


def start(user: Any) -> dict[str, Any]:
    """Give what a new customer begins with: whose it is, our currency."""
    return {**own(user), "currency": home_currency()}


def no_circle(customer: Customer, values: Values, _act: Act) -> None:
    """Refuse a group customer that stands below the customer itself.

    Two links that close a circle only together wait for each other, however long the chains.
    """
    parent = values["parent"]
    if parent is not None and circles({customer.pk: parent.pk}):
        sentence = group.circle_sentence()
        raise Refused([sentence], {"parent": sentence})


def circles(links: Mapping[int, int | None]) -> set[int]:
    """Give those that would stand above themselves if all these got these parents.

    Nobody else links group customers until the transaction ends.
    """
    if not any(links.values()):
        return set()
    serials.hold(GROUP_LINKS)
    return group.circles(links)


def marks(marks: Mapping[str, Sequence[Tag]], act: Act) -> dict[str, Sequence[Tag]]:
    """Make the tags that are only a name yet, by right. Raises Refused, also for too many."""
    if (tags := marks.get("tags")) is None:
        return {}
    if problem := rules.tag_problem(len({tag.pk or tag.name for tag in tags})):
        raise Refused([problem], {"tags": problem})
    return {"tags": reference.with_made(tags, act=act)}


RULES = Rules(
    fill=rules.filled,
    problems=problems,
    missing=readiness.missing,
    wrong=readiness.wrong,
    is_needed=is_needed,
    outside=reach.outside,
    start=start,
    before={"parent": no_circle},
    marks=marks,
    beside={"same_name_reason": "name"},
    submit="submit",
)
