"""A return that says where: pinned by mouse, key or touch, mended by the clerk, read first."""

import pytest

from core.models import Change
from customers.models import Customer
from tests.e2e.conftest import DESKTOP, PHONE, SMALL_PHONE
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e
ACCOUNT = {"account_name": "恒信", "account_number": "11090334500120109"}


@pytest.fixture
def waiting(make_customer):
    """A customer with a bank account that waits for a review."""
    return make_customer("submitted", accounts=[ACCOUNT])


def state_of(customer):
    return Customer.objects.get(pk=customer.pk).state


def remarked():
    return [one["text"] for one in Change.objects.get(action="return").changes["remarks"]]


def submit(page):
    with page.expect_navigation():
        page.locator('[name="action"][value="submit"]').click()


def look(page):
    """Look at the page in light and in dark."""
    assert overflow(page) == []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        check_axe(page)


def test_pinned_changed_answered_and_read(as_user, waiting, reviewer, clerk):
    account = f"bank_accounts-{waiting.bank_accounts.get().pk}"
    desk = as_user(reviewer, size=DESKTOP)
    desk.goto(f"/review/{waiting.pk}/")
    desk.locator('[data-place="name"]').hover()
    desk.locator('[data-place="name"] .pin').click()
    desk.keyboard.type("名称与执照不符")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.dataset.pin") == "客户名称"
    desk.locator('[data-place="uscc"] .pin').focus()
    desk.keyboard.press("c")
    desk.keyboard.type("少一位 raec1")
    desk.keyboard.press("Escape")
    desk.locator('[data-place="region"] .pin').focus()
    desk.keyboard.press("c")
    desk.keyboard.press("Escape")
    desk.locator(f'[data-place="{account}"] .pin').click()
    desk.keyboard.type("缺开户行")
    links = desk.locator("[data-remarks] a")
    assert links.all_inner_texts()[:2] == ["客户名称", "统一社会信用代码"]
    assert links.count() == desk.locator("[data-place][data-remarked]").count() == 3
    look(desk)
    desk.locator('[name="reason"]').fill("请核对")
    with desk.expect_navigation():
        desk.locator('[name="decision"][value="return"]').click()
    assert remarked() == ["名称与执照不符", "少一位 raec1", "缺开户行"]

    form = as_user(clerk, size=SMALL_PHONE)
    form.goto(f"/customers/{waiting.pk}/edit/")
    asked = form.locator(".remark--asked")
    assert form.locator(".remarks > li").count() == asked.count() == 3
    look(form)
    submit(form)
    assert "以下批注尚未修改或说明" in form.locator("#errors").inner_text()
    assert state_of(waiting) == "returned"
    form.locator('[name="name"]').fill("北京恒信科技股份公司")
    form.locator('[name="accounts-0-branch"]').fill("中关村支行")
    form.locator('[name$="-uscc"][name^="answer"]').fill("执照即如此")
    submit(form)
    assert state_of(waiting) == "submitted"

    again = as_user(reviewer, size=PHONE)
    again.goto(f"/review/{waiting.pk}/")
    told = again.locator("#since")
    assert "第 2 次提交，上次退回 3 处：2 处已修改，1 处已说明" in told.inner_text()
    assert told.locator(".remarks ins").all_inner_texts() == ["北京恒信科技股份公司", "中关村支行"]
    look(again)
    told.locator('a[href="#place-uscc"]').click()
    assert again.locator("#place-uscc").bounding_box()["y"] > 0


def test_with_a_finger_and_c_elsewhere_still_confirms(as_user, waiting, reviewer):
    page = as_user(reviewer, size=SMALL_PHONE, has_touch=True)
    page.goto(f"/review/{waiting.pk}/")

    page.locator('[data-place="contacts"] .pin').tap()
    page.keyboard.type("请加财务联系人")
    page.locator('[name="reasons"]').first.focus()
    page.keyboard.press("c")
    page.keyboard.press("r")
    page.wait_for_timeout(200)
    assert page.locator(".remark").count() == 1
    page.locator('[name="reason"]').fill("缺")
    with page.expect_navigation():
        page.locator('[name="decision"][value="return"]').click()

    assert remarked() == ["请加财务联系人"]


def test_without_a_script_places_are_chosen(as_user, waiting, reviewer):
    page = as_user(reviewer, script=False, size=SMALL_PHONE)
    page.goto(f"/review/{waiting.pk}/")
    page.locator("summary", has_text="添加批注").click()
    for place, text in (("name", "名称不符"), ("contacts", "缺联系人")):
        page.locator('[name="remark_place"]').select_option(place)
        page.locator('[name="remark_text"]').fill(text)
        with page.expect_navigation():
            page.locator('[name="decision"][value="stay"]:visible').click()
    assert page.locator('[name="remark-name"]').input_value() == "名称不符"
    page.locator('[name="reason"]').fill("请改")
    with page.expect_navigation():
        page.locator('[name="decision"][value="return"]').click()

    assert remarked() == ["名称不符", "缺联系人"]
    assert state_of(waiting) == "returned"
