"""Why a change is asked for, as people write it and as others may read it."""

import pytest

from core.records.places import reason_of
from core.saving import Refused
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


def test_a_name_that_another_customer_has_needs_a_sentence(make_customer, clerk):
    customer, other = make_customer("enabled"), make_customer("enabled")

    with pytest.raises(Refused, match="同名"):
        ask(customer, clerk, {"name": other.name})
    told = ask(customer, clerk, {"name": other.name, "same_name_reason": "分立后的新公司"})

    assert told.state == "submitted"
