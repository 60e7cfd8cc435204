"""No import makes a customer belong to itself: not in the check, not when writing, not in undo."""

from __future__ import annotations

import pytest

from core import saving
from customers.imports import desk
from customers.imports.fields import issues
from customers.models import Customer, ImportBatch
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by
from tests.customers.imports.filled import press, started, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(make_customer):
    """Three customers that do not belong to each other yet."""
    return [make_customer(name=f"{name}有限公司", code=f"{name}-1") for name in "ABC"]


def linked(*pairs: tuple[Customer, Customer | None], admin) -> ImportBatch:
    """Check a file that says who belongs to whom."""
    rows = [[own.code, parent.code if parent else "<清空>"] for own, parent in pairs]
    return started(workbook({"客户": [["客户编码", "集团客户"], *rows]}), admin)


def link(own: Customer, parent: Customer | None, admin) -> None:
    """Link two as a clerk does in the form."""
    own.refresh_from_db()
    saving.change(AGGREGATE, own.pk, {"parent": parent}, version=own.version, act=act_by(admin))


def test_rows_of_one_file_that_close_a_circle_are_refused(admin, world, chain):
    a, b, c = chain

    batch = linked((a, b), (b, c), (c, a), admin=admin)

    wrong = list(batch.issues.filter(is_error=True).values_list("row", "kind"))
    assert wrong == [(4, issues.CROSS)]


def test_a_row_that_takes_a_link_away_makes_room_for_another(admin, world, chain):
    a, b, _c = chain
    link(a, b, admin)

    batch = linked((a, None), (b, a), admin=admin)
    batch = desk.write(batch, "all", False, press(admin))

    assert batch.state == "done"
    b.refresh_from_db()
    assert b.parent == a


def test_a_link_made_since_the_check_is_told_and_nothing_written(admin, world, chain):
    a, b, c = chain
    batch = linked((a, b), admin=admin)
    link(c, a, admin)
    link(b, c, admin)

    batch = desk.write(batch, "all", False, press(admin))

    assert batch.state == "checked"
    (moved,) = desk.summary(batch).moved
    assert "下级" in moved.reason
    a.refresh_from_db()
    assert a.parent is None


def test_undo_keeps_who_would_belong_to_himself_again(admin, world, chain):
    a, b, _c = chain
    link(a, b, admin)
    batch = desk.write(linked((a, None), admin=admin), "all", False, press(admin))
    link(b, a, admin)

    batch = desk.undo(batch, press(admin))

    buckets = {bucket.name: bucket.count for bucket in desk.result(batch, admin).undo}
    assert buckets == {"reverted": 0, "kept": 0, "failed": 1}
    a.refresh_from_db()
    assert a.parent is None
