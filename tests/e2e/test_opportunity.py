"""A clerk makes an opportunity, brings it to the end, and takes the end back."""

import pytest

from sales.models import Opportunity
from tests.e2e import steps

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_entered_moved_to_won_and_reopened(as_user, world, clerk, make_customer, script):
    customer = make_customer("enabled", name="海通电力有限公司")
    waiting = make_customer("submitted", name="海通物流有限公司")
    desk = as_user(clerk, script=script)
    desk.goto("/opportunities/add/")
    control = desk.locator('[name="customer"]')
    if script:
        control.press_sequentially("haitong")
        barred = desk.locator('#combo-list [aria-disabled="true"]')
        assert "待审核 — 李文静" in barred.inner_text()
        assert waiting.name in barred.inner_text()
        desk.locator("#combo-list [role=option]").filter(has_text=customer.name).click()
    else:
        control.fill(customer.code)
    steps.fill(desk, {
        "name": "站用电源改造", "amount": "25.6万", "expected_date": "2026-12-20",
        "products-0-name": "直流屏", "products-0-quantity": "20",
    }, within="form#opportunity-form")  # fmt: skip

    steps.press(desk, "action", "draft")

    assert steps.state_on(desk) == "first"
    for move, state in (
        ("needs", "needs"),
        ("offer", "offer"),
        ("win", "won"),
        ("reopen", "talks"),
    ):
        steps.do(desk, move)
        assert steps.state_on(desk) == state
    steps.do(desk, "lose", "预算取消")
    assert steps.state_on(desk) == "lost"
    one = Opportunity.objects.get()
    assert (one.customer, one.lost_reason, one.probability) == (customer, "预算取消", 0)
