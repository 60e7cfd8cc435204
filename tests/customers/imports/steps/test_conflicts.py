"""What stands against a plan when it is written: who may not see or change the customer by then."""

from __future__ import annotations

import pytest

from customers.imports.kept import shapes
from customers.imports.steps import conflicts, lookups
from customers.imports.steps.conflicts import Entry
from tests.customers.imports.filled import started, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(admin, clerk, make_customer, world):
    """Give for a user what stands against changing the remark of a clerk's draft."""
    draft = make_customer("draft", by=clerk)
    head = ["客户编码", "客户名称", "备注"]
    batch = started(workbook({"客户": [head, [draft.code, draft.name, "改过"]]}), admin)
    (planned,) = shapes.plans_of(batch.plans.get())
    entries, vocabulary = [Entry(planned, (), frozenset())], lookups.vocabulary()

    def against(user):
        return conflicts.find(entries, user, vocabulary, lock=False, batch=batch.pk)

    return against


def test_nothing_stands_against_who_may(found, admin, clerk):
    assert found(admin) == found(clerk) == {}


def test_a_customer_out_of_sight_counts_as_moved(found, outsider):
    (conflict,) = found(outsider).values()

    assert conflict.is_since


def test_who_may_not_change_the_customer_any_more_is_told(found, viewer):
    (conflict,) = found(viewer).values()

    assert conflict.reason
    assert not conflict.is_since
