"""Codes for many customers at once are those that one after the other would get."""

import pytest

from core import saving
from core.records import coding
from customers.models import CodeRule, UsedCode
from customers.services import customer as service
from customers.services.aggregates import CODE_RULE
from customers.services.kinds import KIND
from tests.cast import act_by

pytestmark = pytest.mark.django_db


def record(region=None, kind=None):
    return {"region": region, "customer_type": kind, "category": None}


def test_each_basis_counts_for_itself_in_the_order_of_the_records(world):
    wanted = [(world.beijing, world.dealer), (world.shanghai, world.dealer),
              (world.beijing, world.dealer), (world.beijing, world.person)]  # fmt: skip

    codes = coding.draw(KIND, [record(*parts) for parts in wanted])

    assert codes == ["BJ-JS-001", "SH-JS-001", "BJ-JS-002", "BJ-GR-001"]
    assert coding.demand(KIND, record(world.beijing, world.dealer)) == "BJ-JS-003"


def test_a_record_without_its_parts_gets_no_code(world):
    records = [record(world.beijing, None), record(world.beijing, world.dealer)]

    assert coding.draw(KIND, records) == ["", "BJ-JS-001"]


def test_a_code_that_was_typed_before_is_stepped_over(world, complete, clerk):
    typed = complete(code="BJ-JS-002", region=world.shanghai)
    service.save(None, typed, version=None, submit=False, act=act_by(clerk))

    codes = coding.draw(KIND, [record(world.beijing, world.dealer)] * 3)

    assert codes == ["BJ-JS-001", "BJ-JS-003", "BJ-JS-004"]


def test_without_a_rule_there_are_no_codes(world, system_user):
    rule = CodeRule.objects.active().get(subject=KIND.subject)
    saving.change(
        CODE_RULE, rule.pk, {"is_active": False}, version=rule.version, act=act_by(system_user)
    )

    assert coding.draw(KIND, [record(world.beijing, world.dealer)]) == [""]


def test_the_ledger_takes_each_code_once(make_customer):
    customer = make_customer()
    coding.remember(KIND, [("X-1", customer.pk), ("", customer.pk)])

    with pytest.raises(saving.Duplicate):
        coding.remember(KIND, [("X-1", customer.pk)])

    assert UsedCode.objects.filter(code__in=("X-1", "")).count() == 1
