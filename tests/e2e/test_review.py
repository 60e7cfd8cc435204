"""The reviewer's hands on the keys: whatever has the focus, A approves; Enter returns nothing."""

import pytest

from core.records.record import Record
from customers.models import Customer
from customers.services import customer as customer_service
from tests.cast import act_by
from tests.e2e.watch import check_axe

pytestmark = pytest.mark.e2e


def state_of(customer):
    return Customer.objects.get(pk=customer.pk).state


@pytest.fixture
def twin(make_customer, clerk):
    """A submitted customer of the same name as another, with the clerk's explanation."""
    other = make_customer("submitted")
    draft = make_customer(name=other.name)
    return customer_service.save(
        draft.pk,
        Record({"same_name_reason": "母子公司，税号不同"}),
        version=draft.version,
        submit=True,
        act=act_by(clerk),
    )


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_record_of_an_equal_name_is_approved_without_the_mouse(as_user, twin, reviewer):
    page = as_user(reviewer)
    page.goto(f"/review/{twin.pk}/")

    press(page, "a")
    assert page.evaluate("document.activeElement.name") == "confirmed"
    assert state_of(twin) == "submitted"
    press(page, "c")
    with page.expect_navigation():
        press(page, "a")

    assert state_of(twin) == "approved"
    toast = page.locator(".toast")
    assert toast.get_by_role("link", name="打开记录").get_attribute("href") == (
        f"/customers/{twin.pk}/"
    )
    check_axe(page)
    with page.expect_navigation():
        toast.get_by_role("link", name="反审核").click()
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("看错了")
    with page.expect_navigation():
        page.locator('main form[action$="/do/reopen/"] .row button').click()
    assert state_of(twin) == "returned"


def test_approve_and_enable_has_a_key(as_user, make_customer, reviewer):
    customer = make_customer("submitted")
    page = as_user(reviewer)
    page.goto(f"/review/{customer.pk}/")

    with page.expect_navigation():
        press(page, "e")

    assert state_of(customer) == "enabled"


def test_the_keys_work_while_a_box_or_a_chip_has_the_focus(as_user, make_customer, reviewer):
    first, second = make_customer("submitted"), make_customer("submitted")
    page = as_user(reviewer)
    page.goto(f"/review/{first.pk}/")

    press(page, "2")
    chip = page.locator('[name="reasons"]').nth(1)
    assert chip.is_checked()
    chip.focus()
    with page.expect_navigation():
        press(page, "r")
    assert state_of(first) == "returned"

    page.locator('[name="reasons"]').first.focus()
    with page.expect_navigation():
        press(page, "a")
    assert state_of(second) == "approved"


def test_enter_returns_nothing(as_user, twin, reviewer, script):
    page = as_user(reviewer, script=script)
    page.goto(f"/review/{twin.pk}/")
    page.locator('[name="reason"]').fill("请补充")
    for name in ("confirmed", "reasons", "reason"):
        page.locator(f'[name="{name}"]').first.focus()
        press(page, "Enter")
        page.wait_for_timeout(200)

    assert page.url.endswith(f"/review/{twin.pk}/")
    assert state_of(twin) == "submitted"


def test_typing_an_opinion_then_enter_twice_or_escape_and_the_key(as_user, make_customer, reviewer):
    first, second = make_customer("submitted"), make_customer("submitted")
    page = as_user(reviewer)
    page.goto(f"/review/{first.pk}/")
    press(page, "r")
    page.keyboard.type("arec 1")
    press(page, "Enter")
    assert page.evaluate("document.activeElement.value") == "return"
    with page.expect_navigation():
        press(page, "Enter")
    assert state_of(first) == "returned"

    press(page, "r")
    page.keyboard.type("2")
    press(page, "Escape")
    with page.expect_navigation():
        press(page, "r")
    assert state_of(second) == "returned"
