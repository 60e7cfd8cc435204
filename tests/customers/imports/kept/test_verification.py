"""`manage.py verify` finds an import whose books were touched, and customers held back for good."""

from __future__ import annotations

import pytest

from core import verify
from core.models.base import writing
from customers.imports import desk
from customers.models import Customer
from tests.customers.imports.filled import complete, press, started

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    """Give the names of the checks that find something."""
    return [tally.name for tally in verify.run() if tally.wrong]


def test_counts_that_do_not_add_up_are_found(admin, world):
    batch = desk.write(started(complete([1, 2]), admin), "all", False, press(admin))
    assert found() == []

    batch.counts["result"]["customers"]["created"] = 3
    batch.save()

    assert found() == ["imports: counts agree with the rows"]


def test_a_customer_held_back_for_nothing_is_found(admin, world):
    batch = desk.write(started(complete([1]), admin), "all", False, press(admin))
    with writing():
        Customer.objects.update(pending_batch=batch.pk)

    assert found() == ["imports: nobody is held back for good"]
