"""Opportunities to act with, made and moved as people do."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.aggregate import RowInput
from core.models import User
from core.records import transition
from core.records.record import Record
from core.records.save import save
from sales.models import Opportunity
from sales.services.kinds import KIND
from tests.cast import act_by

PRODUCTS = [{"name": "直流屏", "quantity": 20, "price": Decimal("12800.00")}]


def enter(customer: Any, author: User, stage: str = "", **over: Any) -> Any:
    """Make an opportunity by `author` and walk it to a stage."""
    values = {
        "name": "站用电源改造",
        "customer": customer,
        "amount": Decimal("256000.00"),
        "expected_date": datetime.date(2026, 12, 20),
        "department": author.unit,
        **over,
    }
    record = Record(values, {"products": [RowInput(None, row) for row in PRODUCTS]})
    made = save(KIND, None, record, version=None, submit=False, act=act_by(author))
    for wanted in KIND.life.path(stage, made.state) if stage else ():
        made = move(made, wanted.name, author)
    return made


def move(opportunity: Any, name: str, user: User) -> Any:
    """Make one move as somebody who has looked at the record."""
    act = act_by(user, "价格没有谈拢")
    return transition.perform(KIND, name, opportunity.pk, version=opportunity.version, act=act)


@pytest.fixture
def make_opportunity(make_customer: Callable[..., Any], clerk: User) -> Callable[..., Any]:
    """Make an opportunity of an enabled customer by clerk `by` and walk it to `state`."""

    def make(state: str = "", by: User | None = None, **over: Any) -> Opportunity:
        author = by or clerk
        customer = over.pop("customer", None)
        customer = customer or make_customer("enabled", by=author, department=author.unit)
        opportunity: Opportunity = enter(customer, author, state, **over)
        return opportunity

    return make


@pytest.fixture
def desk(client: Client, clerk: User) -> Client:
    """The browser of the clerk."""
    client.force_login(clerk)
    return client


@pytest.fixture
def office(client: Client, admin: User) -> Client:
    """The browser of the administrator."""
    client.force_login(admin)
    return client
