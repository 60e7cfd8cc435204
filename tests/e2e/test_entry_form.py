"""The entry form under the hands: every stop of Tab in sight, few keys, nothing lost."""

import time

import pytest

from core.models import KeptForm
from core.models.base import writing
from customers.models import Customer, Salesperson
from tests.cast import PASSWORD, valid_uscc
from tests.e2e import steps
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e

LAPTOP = (1280, 800)
MOST_STOPS = 160
CONTACTS = [{"name": f"联系人{n}", "mobile": f"1380013{n:04d}", "email": "a@example.com"}
            for n in range(3)]  # fmt: skip
ACCOUNTS = [{"account_name": "北京恒信", "account_number": "6222020200112233445"}]

# What stands at three points of the element that has the focus; "" when it is seen there.
SEEN = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return ["end", ""];
  const words = focused.textContent.trim().slice(0, 40);
  const label = focused.name || focused.id || words || focused.tagName;
  const shown = focused.closest("label.chip, label.check, label.switch") ?? focused;
  const box = shown.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  const points = [box.left + 3, box.left + box.width / 2, box.right - 3].map((x) => [x, middle]);
  const hidden = points.filter(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return !(top && (shown.contains(top) || top.contains(shown)));
  });
  return [label, hidden.length ? `${label} is covered at ${JSON.stringify(hidden)}` : ""];
}"""


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP, PHONE], ids=["1440", "1280", "390"])
def test_every_stop_of_tab_is_in_sight(as_user, make_customer, clerk, size):
    customer = make_customer(contacts=CONTACTS, accounts=ACCOUNTS)
    page = as_user(clerk, size=size)
    page.goto(f"/customers/{customer.pk}/edit/")
    page.locator("main h1").evaluate("h1 => { h1.tabIndex = -1; h1.focus(); }")
    found, seen = [], []

    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        label, problem = page.evaluate(SEEN)
        if label == "end":
            break
        seen.append(label)
        found += [problem] if problem else []

    assert found == []
    assert {"name", "contacts-0-remark", "accounts-0-cnaps", "accounts-2-currency"} <= set(seen)
    assert len(seen) < MOST_STOPS
    assert overflow(page) == []


def test_buttons_of_rows_are_one_stop_and_arrows_move_among_them(as_user, make_customer, clerk):
    customer = make_customer(contacts=CONTACTS)
    page = as_user(clerk)
    page.goto(f"/customers/{customer.pk}/edit/")
    stops = page.locator("#contacts tr[data-row] button[tabindex='0']")
    assert stops.count() == 1

    stops.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)

    names = page.locator("#contacts tr[data-row]:visible [name$='-name']")
    assert [one.input_value() for one in names.all()[:2]] == ["联系人0", "联系人2"]
    assert stops.count() == 1


def test_enter_goes_to_the_next_field_and_saves_nothing(as_user, world, clerk):
    page = as_user(clerk)
    page.goto("/customers/add/")
    assert page.evaluate("document.activeElement.name") == "name"

    page.keyboard.type("回车测试有限公司")
    page.keyboard.press("Enter")
    page.keyboard.type("回车")

    assert page.locator('[name="short_name"]').input_value() == "回车"
    assert page.url.endswith("/customers/add/")
    assert not Customer.objects.exists()


def test_ctrl_s_saves_and_stays_in_the_same_field(as_user, world, clerk):
    page = as_user(clerk)
    page.goto("/customers/add/")
    page.keyboard.type("保存测试有限公司")

    for words in ("010-62515678", "010-62515679"):
        page.locator('[name="phone"]').fill(words)
        with page.expect_navigation():
            page.keyboard.press("Control+s")

        assert page.url.endswith("/edit/")
        assert page.evaluate("document.activeElement.name") == "phone"
        assert "已保存" in page.locator(".toast").inner_text()

    saved = Customer.objects.get()
    assert (saved.phone.endswith("5679"), saved.version) == (True, 2)


def test_a_name_too_long_is_told_and_not_cut(as_user, world, clerk):
    page = as_user(clerk)
    page.goto("/customers/add/")

    page.locator('[name="name"]').fill("长" * 200)
    steps.press(page, "action", "draft")

    assert page.locator('[name="name"]').input_value() == "长" * 200
    assert "120" in page.locator("#id_name-e").inner_text()


def test_a_wrong_value_is_told_as_its_field_is_left_and_taken_back_when_mended(
    as_user, world, clerk
):
    page = as_user(clerk)
    page.goto("/customers/add/")
    phone, mobile = (page.locator(f'[name="{name}"]') for name in ("phone", "contacts-0-mobile"))

    phone.fill("12")
    page.wait_for_timeout(900)
    assert page.locator("#id_phone-e").count() == 0
    phone.press("Tab")
    page.locator("#id_phone-e").wait_for()
    mobile.fill("1380013220")
    mobile.press("Tab")
    page.locator("#id_contacts-0-mobile-e").wait_for()
    assert phone.get_attribute("aria-invalid") == "true"
    assert "10" in page.locator("#id_contacts-0-mobile-e").inner_text()
    check_axe(page)
    phone.fill("010-62515678")
    page.locator("#id_phone-e").wait_for(state="detached")

    assert phone.get_attribute("aria-invalid") is None
    assert mobile.get_attribute("aria-describedby") == "id_contacts-0-mobile-e"


def test_a_session_that_ends_in_the_middle_of_the_form_loses_nothing(as_user, world, clerk):
    page = as_user(clerk)
    page.goto("/customers/add/")
    typed = {"name": "会话测试有限公司"} | {
        f"contacts-{number}-name": f"联系人{number}" for number in range(3)
    }
    steps.fill(page, typed, within=steps.FORM)
    page.context.clear_cookies(name="sessionid")

    page.locator('[name="phone"]').fill("010-62515678")
    page.locator("[data-session-ended]").wait_for()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert "/login/" in page.url
    sign_in(page, clerk)

    shown = {name: page.locator(f'[name="{name}"]').input_value() for name in typed}
    assert shown == typed
    assert not Customer.objects.exists()
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert Customer.objects.get().contacts.count() == 3


def test_another_person_who_signs_in_is_shown_nothing_of_it(as_user, world, clerk, outsider):
    page = as_user(clerk)
    page.goto("/customers/add/")
    steps.fill(page, {"name": "会话测试有限公司"}, within=steps.FORM)
    page.context.clear_cookies(name="sessionid")
    with page.expect_navigation():
        page.keyboard.press("Control+s")

    sign_in(page, outsider)

    assert "会话测试" not in page.content()
    page.goto("/customers/add/")
    assert "会话测试" not in page.content()
    assert page.locator("[name=name]").input_value() == ""


def test_signing_in_again_in_another_tab_lets_the_form_go_on(as_user, world, clerk):
    page = as_user(clerk)
    page.goto("/customers/add/")
    steps.fill(page, {"name": "两页测试有限公司"}, within=steps.FORM)
    page.context.clear_cookies(name="sessionid")
    page.locator('[name="phone"]').fill("010-62515678")
    page.locator("[data-session-ended]").wait_for()

    other = page.context.new_page()
    other.goto("/login/")
    sign_in(other, clerk)
    other.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("[data-session-ended]").wait_for(state="hidden")
    with page.expect_navigation():
        page.keyboard.press("Control+s")

    assert Customer.objects.get().name == "两页测试有限公司"


def test_a_form_that_is_left_is_offered_on_return(as_user, world, clerk):
    page = as_user(clerk)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/customers/add/")
    page.locator("[name=name]").press_sequentially("离开测试有限公司")
    page.goto("/customers/")
    until = time.monotonic() + 10
    while not KeptForm.objects.exists() and time.monotonic() < until:
        page.wait_for_timeout(100)

    page.goto("/customers/add/")
    page.locator('main .alert a[href*="?kept="]').click()

    assert page.locator("[name=name]").input_value() == "离开测试有限公司"
    assert not Customer.objects.exists()


def sign_in(page, user):
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("button.btn--primary").click()


class Hands:
    """Counts the keys that somebody presses, a chord as one."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, key, into=""):
        """Press one key; with `into` see that it led to that field."""
        self.page.keyboard.press(key)
        self.count += 1
        if into:
            assert self.page.evaluate("document.activeElement.name") == into

    def type(self, text):
        """Type a text character by character."""
        self.page.keyboard.type(text)
        self.count += len(text)

    def choose(self, text, into=""):
        """Type into a combobox, and take with Tab what it offers first."""
        self.type(text)
        self.page.locator("#combo-list [role=option]").first.wait_for()
        self.press("Tab", into)


def test_a_minimal_company_costs_sixty_keys_from_the_dashboard_to_submitted(as_user, world, clerk):
    with writing():  # a clerk who sells
        Salesperson.objects.filter(pk=world.salesperson.pk).update(user=clerk)
    page = as_user(clerk)
    page.goto("/")
    hands = Hands(page)

    with page.expect_navigation():
        hands.press("n")
    page.wait_for_function("document.activeElement.name === 'name'")
    hands.type("恒信科技公司")
    hands.press("Tab", "short_name")
    hands.press("Tab", "customer_type")
    hands.choose("jxs", "region")
    hands.choose("bj")
    page.locator('[data-hint-html="missing"] a[href="#id_tax_number"]').wait_for()
    hands.press("F8", "registered_address")
    hands.type("海淀区知春路1号")
    hands.press("F8", "contacts-0-name")
    hands.type("刘洋")
    hands.press("F8", "contacts-0-mobile")
    hands.type("13800132207")
    hands.press("F8", "tax_number")
    hands.type(valid_uscc(7))
    with page.expect_navigation():
        hands.press("Control+Enter")

    assert Customer.objects.get().state == "submitted"
    assert hands.count <= 60


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_a_row_is_deleted_by_a_box_that_says_so_without_script(as_user, make_customer, clerk, size):
    customer = make_customer()
    page = as_user(clerk, script=False, size=size)
    page.goto(f"/customers/{customer.pk}/edit/")
    box = page.locator('[name="contacts-0-DELETE"]')
    label = page.locator('label:has([name="contacts-0-DELETE"])')

    assert box.get_attribute("aria-label") == "删除第 1 行"
    assert label.inner_text().strip() == "删除"
    assert label.bounding_box()["width"] > box.bounding_box()["width"] + 20
    label.click()

    assert box.is_checked()
    assert overflow(page) == []
