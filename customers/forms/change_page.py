"""What the pages of a change request show beside what every record's does."""

from __future__ import annotations

from typing import Any

from core.access import permissions_of
from core.records.changes import diff
from core.records.places import reason_of
from customers.imports import desk
from customers.models import CustomerChange
from customers.parts import BY_NAME
from customers.services.kinds import CHANGE, KIND


def with_customer(change: CustomerChange, user: Any) -> bool:
    """Put its customer at a request, with all its rows; say whether the user sees it.

    What a reviewer may read of the customer depends on the request, which is put there too.
    """
    customer = KIND.find(change.record_id, user)
    if customer is None:
        return False
    customer.open_requests = [change]
    change.record = customer
    return True


def beside(change: CustomerChange, user: Any) -> dict[str, Any]:
    """Give what is asked for: of what customer, old and new, and where it is asked for anew."""
    if not with_customer(change, user):
        return {}
    return {
        "customer": change.record,
        "origin": desk.origin(change, user),
        "together_url": _together(change),
        "reason": reason_of(CHANGE, change, user),
        "diff": diff.of(KIND, change, change.record, user),
        "again_url": again(change, user),
    }


def _together(change: CustomerChange) -> str:
    """Give the list of all requests of the bulk edit that made this one, "" where none did."""
    edit = change.operation
    return CHANGE.url("list", query={"edit": edit}) if edit else ""


def again(change: CustomerChange, user: Any) -> str:
    """Give the address of the form that gives a request another content, "" for who may not."""
    is_open = change.workflow.state(change.state).is_open
    if not is_open or KIND.right("change") not in permissions_of(user):
        return ""
    only = {"only": BY_NAME[change.area].section} if change.area and not change.asks.fields else {}
    return KIND.url("edit", change.record_id, query={"change": change.pk, **only})
