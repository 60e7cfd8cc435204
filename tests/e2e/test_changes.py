"""Changes of customers in force: asked for, seen by somebody else, and only then what holds."""

import zipfile

import pytest

from core.aggregate import RowInput
from customers.models import CustomerChange
from tests.customers import asking
from tests.e2e import steps
from tests.e2e.conftest import PHONE, SMALL_PHONE
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e
OLD, NEW = "11090334500120109", "11090334500120117"
OLD_SHOWN, NEW_SHOWN = "1109 0334 5001 2010 9", "1109 0334 5001 2011 7"
UNDER_BAR = """one => {
  const bar = document.querySelector(".decision__act");
  const [own, its] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
  return !bar.contains(one) && own.height > 0 && own.bottom > its.top + 1 && own.top < its.bottom;
}"""
NAME, MISTYPED, RENAMED = "北京恒信科技有限公司", "北京恒信料技股份公司", "北京恒信科技股份公司"


@pytest.fixture
def live(make_customer):
    """A customer in use, paying from one account."""
    account = {"account_name": NAME, "account_number": OLD}
    return make_customer("enabled", name=NAME, accounts=[account])


def ask(page, reason):
    page.locator('[name="change_reason"]').fill(reason)
    steps.press(page, "action", "draft")


def decide(page, decision):
    with page.expect_navigation():
        page.locator(f'[name="decision"][value="{decision}"]:visible').first.click()


def numbers_of(customer):
    return [one.account_number for one in customer.bank_accounts.all()]


def numbers_left(page, customer):
    """Give where an administrator meets which of the two numbers: on the pages, in the files."""
    found = {}
    for place, content in (("finance", "main table"), ("history", "main")):
        page.goto(f"/customers/{customer.pk}/?tab={place}")
        found[place] = " ".join(page.locator(content).all_inner_texts()).replace(" ", "")
    page.goto("/customers/")
    for kind in ("xlsx", "workbook"):
        page.locator("summary", has_text="引出").click()
        with page.expect_download() as coming:
            page.locator(f'button[name="kind"][value="{kind}"]').click()
        with zipfile.ZipFile(coming.value.path()) as book:
            found[kind] = " ".join(book.read(name).decode() for name in book.namelist())
        page.goto("/customers/")
    return {
        place: [number for number in (OLD, NEW) if number in text] for place, text in found.items()
    }


def look(page):
    """Look at the page in light and in dark."""
    assert overflow(page) == []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        check_axe(page)


def scrolled_sideways(page):
    """Give the open tables that are wider than their place, beside the page if it is."""
    wide = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.ariaLabel)"
    return overflow(page) + page.locator(".table-wrap:visible").evaluate_all(wide)


def focus_under_bar(page):
    """Go to the next control; say whether the bar of the decision hides it."""
    page.keyboard.press("Tab")
    region = "document.activeElement.matches('.table-wrap, body')"
    return not page.evaluate(region) and page.evaluate(f"({UNDER_BAR})(document.activeElement)")


def test_the_old_account_holds_until_a_reviewer_approves(
    as_user, live, finance, reviewer, clerk, admin, script
):
    page = as_user(finance, script=script)
    page.goto(f"/customers/{live.pk}/")
    with page.expect_navigation():
        page.get_by_role("link", name="变更银行账户").click()
    assert page.locator('[name="name"], [name="contacts-0-name"]').count() == 0
    page.locator('[name="accounts-0-account_number"]').fill(NEW)
    ask(page, "")
    assert "请填写变更理由" in page.locator("#errors").inner_text()
    assert page.locator('[name="accounts-0-account_number"]').input_value() == NEW
    ask(page, "客户来函换行")
    request = CustomerChange.objects.get(record=live)
    assert request.state == "submitted"
    assert numbers_of(live) == [OLD]
    accounts = page.locator("main").inner_text()
    assert OLD_SHOWN in accounts
    assert NEW_SHOWN not in accounts
    assert "有 1 条变更未完成" in accounts
    office = as_user(admin) if script else None
    if office:
        before = {"finance": [OLD], "history": [OLD], "xlsx": [], "workbook": [OLD]}
        assert numbers_left(office, live) == before

    desk = as_user(reviewer, size=SMALL_PHONE, script=script)
    desk.goto("/review/?queue=accounts")
    assert desk.url.endswith(f"/review/changes/{request.pk}/")
    shown = desk.locator("main")
    assert shown.locator("del", has_text=OLD_SHOWN).is_visible()
    assert shown.locator("ins", has_text=NEW_SHOWN).is_visible()
    if script:
        look(desk)
    decide(desk, "approve")
    request.refresh_from_db()
    assert (request.state, numbers_of(live)) == ("approved", [NEW])
    if office:
        after = {"finance": [NEW], "history": [OLD, NEW], "xlsx": [], "workbook": [NEW]}
        assert numbers_left(office, live) == after
    page.goto(f"/customers/{live.pk}/")
    assert NEW_SHOWN in page.locator("main").inner_text()
    outside = as_user(clerk)
    outside.goto(f"/changes/{request.pk}/")
    assert NEW_SHOWN not in outside.locator("main").inner_text()


def test_a_name_is_returned_mended_and_approved(as_user, live, clerk, reviewer):
    page = as_user(clerk)
    page.goto(f"/customers/{live.pk}/edit/")
    steps.fill(page, {"name": MISTYPED, "short_name": "恒信股份"}, within=steps.FORM)
    ask(page, "客户更名")
    request = CustomerChange.objects.get(record=live)
    live.refresh_from_db()
    assert (live.name, live.short_name) == (NAME, "恒信股份")
    assert page.locator("main h1").inner_text() == NAME

    desk = as_user(reviewer)
    desk.goto(f"/review/changes/{request.pk}/")
    look(desk)
    assert desk.locator(f"main a[href='/changes/{request.pk}/']").inner_text() == str(request)
    desk.locator("body").press("r")
    desk.keyboard.type("与执照不符")
    decide(desk, "return")

    page.goto(f"/changes/{request.pk}/")
    assert "与执照不符" in page.locator("main").inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="修改变更内容").click()
    assert page.locator('[name="name"]').input_value() == MISTYPED
    look(page)
    steps.fill(page, {"name": RENAMED}, within=steps.FORM)
    steps.press(page, "action", "draft")

    desk.goto(f"/review/changes/{request.pk}/")
    assert "与执照不符" in desk.locator("main").inner_text()
    decide(desk, "approve")
    live.refresh_from_db()
    request.refresh_from_db()
    assert (request.state, live.name) == ("approved", RENAMED)
    page.goto(f"/customers/{live.pk}/")
    assert page.locator("main h1").inner_text() == RENAMED
    assert CustomerChange.objects.count() == 1


def test_a_long_number_breaks_and_the_decision_covers_nothing_on_a_phone(
    as_user, live, finance, clerk, reviewer
):
    asking.ask(live, clerk, {"name": "北京恒信科技国际贸易（集团）股份有限公司"})
    number = "622202888877776666555544443333"
    rows = {"bank_accounts": [RowInput(live.bank_accounts.get().pk, {"account_number": number})]}
    request = asking.ask(live, finance, rows=rows)
    page = as_user(reviewer, size=PHONE)

    for path in ("/changes/", f"/changes/{request.pk}/"):
        page.goto(path)
        assert scrolled_sideways(page) == [], path

    page.goto(f"/review/changes/{request.pk}/")
    assert scrolled_sideways(page) == []
    bar = page.locator(".decision__act").bounding_box()
    assert bar["height"] < PHONE[1] / 6
    assert bar["y"] + bar["height"] == pytest.approx(PHONE[1])
    focused = [focus_under_bar(page) for _key in range(60)]
    assert set(focused) == {False}
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    reasons = page.locator('[name="reasons"]').last
    assert reasons.evaluate(UNDER_BAR) is False


def test_the_rows_of_a_change_fit_beside_its_checks(as_user, live, finance, reviewer):
    branch = "中国工商银行股份有限公司北京市海淀区中关村支行"
    row = {"account_number": NEW, "branch": branch, "account_name": NAME}
    stored = RowInput(live.bank_accounts.get().pk, {"account_number": "62220288887777666655554444"})
    rows = {"bank_accounts": [stored, RowInput(None, row)]}
    request = asking.ask(live, finance, rows=rows)
    page = as_user(reviewer)

    for path in ("/changes/", f"/changes/{request.pk}/", f"/review/changes/{request.pk}/"):
        page.goto(path)
        assert scrolled_sideways(page) == [], path
    name = page.locator("td[data-label='户名']").first
    assert name.bounding_box()["height"] < 32
