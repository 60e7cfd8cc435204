"""From entry to use: a clerk enters, a reviewer returns and approves, in both languages.

With and without JavaScript, at a desk and on a phone.
"""

import pytest

from customers.models import Contact, Customer
from tests.e2e import steps
from tests.e2e.conftest import SMALL_PHONE
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e

NAME = "北京恒信科技有限公司"
WORDS = {
    "zh-hans": {"returned": "已退回", "reason": "信息有误", "approve": "审核"},
    "en": {"returned": "Returned", "reason": "Wrong information", "approve": "Approve"},
}


@pytest.fixture
def speaking(clerk, reviewer):
    """Let both people read the pages in a language."""

    def speak(language):
        for user in (clerk, reviewer):
            user.language = language
            user.save(update_fields=["language"])
        return WORDS[language]

    return speak


@pytest.mark.parametrize(
    ("script", "language"),
    [(True, "zh-hans"), (False, "zh-hans"), (True, "en"), (False, "en")],
    ids=["script-zh", "no-script-zh", "script-en", "no-script-en"],
)
def test_entered_returned_mended_approved_enabled(
    as_user, speaking, world, clerk, reviewer, script, language
):
    words = speaking(language)
    desk, review = as_user(clerk, script=script), as_user(reviewer, script=script)

    steps.enter_customer(desk, NAME, 1)
    steps.press(desk, "action", "draft")
    pk = steps.pk_of(desk)
    assert steps.state_on(desk) == "draft"

    desk.goto(f"/customers/{pk}/edit/")
    steps.press(desk, "action", "submit")
    assert steps.state_on(desk) == "submitted"

    review.goto("/review/")
    assert NAME in review.locator("h1").inner_text()
    review.locator("label.chip", has_text=words["reason"]).click()
    review.locator('main [name="reason"]').fill("执照地址与登记不一致")
    steps.press(review, "decision", "return")
    assert review.locator("h1").count() == 1

    desk.goto(f"/customers/{pk}/")
    assert steps.state_on(desk) == "returned"
    shown = desk.locator("main").inner_text()
    assert words["returned"] in shown
    assert f"{words['reason']} · 执照地址与登记不一致" in shown

    desk.goto(f"/customers/{pk}/edit/")
    assert "执照地址与登记不一致" in desk.locator("main").inner_text()
    steps.fill(desk, {"registered_address": "北京市朝阳区建国路 8 号"}, within=steps.FORM)
    steps.press(desk, "action", "submit")
    assert steps.state_on(desk) == "submitted"

    review.goto(f"/review/{pk}/")
    assert "北京市朝阳区建国路 8 号" in review.locator("main").inner_text()
    steps.press(review, "decision", "approve")
    review.goto(f"/customers/{pk}/")
    assert steps.state_on(review) == "approved"
    steps.do(review, "enable")
    assert steps.state_on(review) == "enabled"

    assert steps.actions_of(pk) == [
        "create", "submit", "return", "change", "submit", "approve", "enable",
    ]  # fmt: skip
    customer = Customer.objects.get(pk=pk)
    assert customer.code == "BJ-JS-001"
    assert list(Contact.objects.filter(customer=pk).values_list("name", flat=True)) == [
        "刘洋", "周敏",
    ]  # fmt: skip


def test_approve_and_enable_in_one_step(as_user, make_customer, reviewer, script):
    customer = make_customer("submitted")
    page = as_user(reviewer, script=script)

    page.goto(f"/review/{customer.pk}/")
    page.locator("form.actionbar summary[aria-label]").click()
    steps.press(page, "decision", "enable")

    assert steps.actions_of(customer.pk)[-2:] == ["approve", "enable"]
    customer.refresh_from_db()
    assert customer.state == "enabled"


def test_the_history_tells_who_did_what_and_why(as_user, make_customer, clerk, reviewer):
    customer = make_customer("returned")
    page = as_user(clerk)

    page.goto(f"/customers/{customer.pk}/")

    told = page.locator(".timeline").inner_text()
    assert "李文静" in told
    assert "审核甲" in told
    assert "资料有误" in told


def test_what_is_missing_stops_the_submission_and_nothing_typed_is_lost(
    as_user, world, clerk, script
):
    page = as_user(clerk, script=script)
    page.goto("/customers/add/")
    steps.fill(page, {"name": NAME, "remark": "手抄的备注"}, within=steps.FORM)

    steps.press(page, "action", "submit")

    assert page.locator("#errors").is_visible()
    assert page.locator('[name="remark"]').input_value() == "手抄的备注"
    assert not Customer.objects.exists()
    href = page.locator("#errors a").first.get_attribute("href")
    assert page.locator(f'[id="{href[1:]}"]').count() == 1
    check_axe_if(page, script)


def check_axe_if(page, script):
    if script:
        check_axe(page)


def test_review_on_a_small_phone_with_keys_only(as_user, make_customer, reviewer):
    customers = [make_customer("submitted") for _ in range(3)]
    page = as_user(reviewer, size=SMALL_PHONE)
    page.goto("/review/")
    assert str(customers[0]) in page.locator("h1").inner_text()
    assert overflow(page) == []

    with page.expect_navigation():
        page.keyboard.press("j")
    assert str(customers[1]) in page.locator("h1").inner_text()
    with page.expect_navigation():
        page.keyboard.press("k")
    assert str(customers[0]) in page.locator("h1").inner_text()
    with page.expect_navigation():
        page.keyboard.press("a")
    assert str(customers[1]) in page.locator("h1").inner_text()

    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("缺少联系人电话 arjk")
    with page.expect_navigation():
        page.locator('[name="decision"][value="return"]').click()
    assert str(customers[2]) in page.locator("h1").inner_text()

    states = [Customer.objects.get(pk=one.pk).state for one in customers]
    assert states == ["approved", "returned", "submitted"]
    check_axe(page)
