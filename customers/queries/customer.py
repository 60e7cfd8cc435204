"""What pages ask about customers: the plain search, the primary contact, checks, returns.

It reads only; columns, filters and pages come from core.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core import history
from core.models import Change
from core.plans import containing
from core.prepared import Prepared
from customers.lifecycle import LIFE, OPEN_STATES, RETURNED, USABLE
from customers.models import Contact, Currency, Customer
from customers.rules.identity import normalised_name

_PRIMARY = Prepared(
    lambda keys: Contact.objects.filter(customer__pk__in=keys, is_primary=True).values_list(
        "customer_id", "name", "mobile", "phone"
    )
)


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Give those with the text in code, name, or a contact's name or phone."""
    contacts = Contact.objects.filter(customer=OuterRef("pk")).filter(
        containing(text, "name") | Q(mobile__contains=text) | Q(phone__contains=text)
    )
    return customers.filter(containing(text, "code", "name") | Exists(contacts))


def named(text: str) -> Q:
    """Give the condition that a customer is called like this, written in whatever way."""
    return Q(name_key=normalised_name(text))


def put_primary_contacts(customers: Sequence[Customer]) -> None:
    """Put name and number of the primary contact at each customer, or None, as primary_contact."""
    found = {
        key: (name, mobile or phone)
        for key, name, mobile, phone in _PRIMARY([one.pk for one in customers])
    }
    for one in customers:
        one.primary_contact = found.get(one.pk)  # type: ignore[attr-defined]


HOME_CURRENCY = "CNY"
_NAMED = Prepared(lambda code: Currency.objects.active().filter(code=code))


def home_currency() -> Currency | None:
    """Give the currency of this company, None while there is none to choose."""
    return _NAMED.first(HOME_CURRENCY)


@dataclass(frozen=True)
class Check:
    """The next regular check of an enabled record."""

    due: date
    is_overdue: bool


def is_open(customer: Customer) -> bool:
    """Say whether the record is still being entered."""
    return customer.state in OPEN_STATES


def next_check(customer: Customer) -> Check | None:
    """Give the next regular check, or None while the record is not checked regularly."""
    due = customer.review_due_date
    if due is None or customer.state not in USABLE:
        return None
    return Check(due, due <= timezone.localdate())


RETURNING = tuple(move.name for move in LIFE.leading_to(RETURNED))
SUBJECT = Customer._meta.label_lower


def return_reasons(customers: Iterable[Customer]) -> dict[int, str]:
    """Give the newest reason of return for each of some customers, in one query."""
    return reasons_of(SUBJECT, [one.pk for one in customers], RETURNING)


def reasons_of(subject: str, keys: Sequence[int], moves: Sequence[str]) -> dict[int, str]:
    """Give by key the newest reason that some records were moved for."""
    found = Change.objects.filter(
        subject_type=subject, subject_id__in=keys, action__in=moves
    ).order_by("version")
    return dict(found.values_list("subject_id", "reason"))


def submissions(subject: str, pk: int) -> int:
    """Count how often a record was submitted."""
    return history.of(subject, pk).filter(action="submit").count()
