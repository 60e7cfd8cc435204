"""Why a change is asked for, as people write it and as others may read it."""

import pytest

from core.records.places import reason_of
from customers.services.kinds import CHANGE
from tests.customers.asking import ask, decide

pytestmark = pytest.mark.django_db
NUMBER = "6222020200998877665"


def test_a_number_that_is_hidden_from_whoever_saves_stays_in_the_reason(
    make_customer, clerk, reviewer
):
    customer, wanted = make_customer("enabled"), {"name": "北京改名有限公司"}
    asked = ask(customer, clerk, wanted, reason=f"账号 {NUMBER} 已停用")
    returned = decide(asked, "return", reviewer, "名称不全")
    shown = reason_of(CHANGE, returned, clerk)
    assert NUMBER not in shown

    again = ask(
        customer, clerk, wanted, request=returned.pk, version=returned.version, reason=shown
    )

    assert again.reason == f"账号 {NUMBER} 已停用"
