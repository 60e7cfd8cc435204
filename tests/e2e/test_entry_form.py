"""The entry form under the hands: every stop of Tab in sight, few keys, nothing lost."""

import pytest

from customers.models import Customer
from tests.e2e import steps
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.watch import overflow

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
