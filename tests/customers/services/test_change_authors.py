"""Requests that two people wrote: what each may ask for in them, and who submits what is left."""

import pytest

from core.saving import Refused
from tests.customers.asking import ask, decide

pytestmark = pytest.mark.django_db
OTHERS = "由申请这些内容的人提交"


@pytest.fixture
def customer(make_customer):
    return make_customer("enabled")


def test_what_is_left_of_a_request_of_two_is_submitted_by_who_may_ask_for_it(
    customer, clerk, colleague, finance, reviewer
):
    begun = ask(customer, clerk, {"name": "北京改名有限公司"}, submit=False)
    both = ask(customer, finance, {"invoice_title": "新抬头"}, request=begun.pk, version=1)
    assert (both.state, both.asks.size) == ("submitted", 2)
    back = decide(both, "return", reviewer, "抬头不需要改")

    left = ask(customer, finance, {}, request=back.pk, version=back.version)

    assert (left.state, [one.name for one in left.asks.fields]) == ("returned", ["name"])
    with pytest.raises(Refused, match=OTHERS):
        decide(left, "submit", finance)
    assert decide(left, "submit", colleague).state == "submitted"


def test_who_made_a_request_does_not_submit_what_others_alone_may_ask_for(customer, clerk, finance):
    begun = ask(customer, clerk, {"name": "北京改名有限公司"}, submit=False)
    both = ask(
        customer, finance, {"invoice_title": "新抬头"}, request=begun.pk, version=1, submit=False
    )

    left = ask(customer, clerk, {}, request=both.pk, version=both.version)

    assert (left.state, [one.name for one in left.asks.fields]) == ("draft", ["invoice_title"])
    with pytest.raises(Refused, match=OTHERS):
        decide(left, "submit", clerk)
    assert decide(left, "submit", finance).state == "submitted"
