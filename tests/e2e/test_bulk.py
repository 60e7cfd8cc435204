"""Many records at once: select, confirm, see what came of each."""

import pytest

from customers.models import Customer
from tests.e2e import steps
from tests.e2e.watch import check_axe

pytestmark = pytest.mark.e2e


def select(page, customers):
    page.goto("/customers/")
    for customer in customers:
        page.locator(f'[name="pks"][value="{customer.pk}"]').check()


def confirm(page):
    with page.expect_navigation():
        page.locator('button[form="confirm"]').click()


def states(customers):
    return [Customer.objects.get(pk=one.pk).state for one in customers]


def test_a_clerk_submits_a_selection_and_reads_the_result(as_user, make_customer, clerk, script):
    ready = [make_customer(), make_customer()]
    incomplete = make_customer(region=None)
    left = make_customer()
    page = as_user(clerk, script=script)
    select(page, [*ready, incomplete])

    steps.press(page, "action", "submit")
    told = page.locator("main").inner_text()
    assert all(str(one) in told for one in [*ready, incomplete])
    confirm(page)

    assert states([*ready, incomplete, left]) == ["submitted", "submitted", "draft", "draft"]
    result = page.locator("main").inner_text()
    assert "2 成功" in result
    assert "1 失败" in result
    assert str(incomplete) in result
    if script:
        check_axe(page)


def test_a_reviewer_enables_what_is_approved(as_user, make_customer, reviewer, script):
    approved = [make_customer("approved"), make_customer("approved")]
    page = as_user(reviewer, script=script)
    select(page, approved)

    steps.press(page, "action", "enable")
    confirm(page)

    assert states(approved) == ["enabled", "enabled"]


def test_disabling_many_asks_for_one_reason(as_user, make_customer, reviewer, script):
    customers = [make_customer("enabled"), make_customer("enabled")]
    page = as_user(reviewer, script=script)
    select(page, customers)
    steps.press(page, "action", "disable")

    confirm(page)
    assert states(customers) == ["enabled", "enabled"]
    page.locator('main [name="reason"]').fill("已停止合作")
    confirm(page)

    assert states(customers) == ["disabled", "disabled"]
    assert "已停止合作" in page.locator("main").inner_text()


def test_the_bar_of_the_selection_counts_and_selects_the_page(as_user, make_customer, clerk):
    customers = [make_customer() for _ in range(3)]
    page = as_user(clerk)
    page.goto("/customers/")
    assert not page.locator(".bulkbar").is_visible()

    page.locator("[data-select-page]").check()

    assert page.locator("[data-selected-count]").inner_text() == str(len(customers))
    assert page.locator(".bulkbar").is_visible()
    check_axe(page)


def test_all_that_match_are_taken_not_only_the_ticked(as_user, make_customer, clerk, script):
    customers = [make_customer() for _ in range(3)]
    page = as_user(clerk, script=script)
    select(page, customers[:1])
    page.locator('[name="all"]').check()

    steps.press(page, "action", "submit")
    confirm(page)

    assert states(customers) == ["submitted"] * 3
