"""The whole way by keyboard alone: sign in, find, enter, submit; the grid like a spreadsheet."""

import pytest

from customers.models import Contact, Customer
from tests.cast import PASSWORD, valid_uscc
from tests.e2e import steps

pytestmark = pytest.mark.e2e

FOCUS = "(() => { const e = document.activeElement; return e.name || e.id || e.className; })()"
MOST_TABS = 250


def tab_to(page, wanted):
    """Press Tab until the element with this name or id has the focus, and see that it shows it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS) == wanted:
            assert page.evaluate(
                "(() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()"
            )
            return
    raise AssertionError(f"Tab never reaches {wanted}")


def choose(page, typed, words):
    """Type what stands for a value, and take the suggestion that is marked by leaving the field."""
    page.keyboard.type(typed)
    marked = page.locator('#combo-list [role="option"][aria-selected="true"]')
    marked.filter(has_text=words).wait_for()
    name = page.evaluate("document.activeElement.name")
    page.keyboard.press("Enter")
    assert words in page.locator(f'[name="{name}"]').input_value()


def tab_to_link(page, href):
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == href:
            return
    raise AssertionError(f"Tab never reaches a link to {href}")


def test_from_login_to_a_submitted_customer_without_a_mouse(open_page, world, clerk):
    page = open_page()
    page.goto("/login/")
    tab_to(page, "username")
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    tab_to_link(page, "/customers/")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to_link(page, "/customers/add/")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    tab_to(page, "name")
    page.keyboard.type("北京恒信科技有限公司")
    tab_to(page, "customer_type")
    choose(page, "jxs", "经销商")
    tab_to(page, "region")
    choose(page, "bj", "北京市")
    tab_to(page, "uscc")
    page.keyboard.type(valid_uscc(7))
    tab_to(page, "registered_address")
    page.keyboard.type("北京市海淀区中关村南大街 12 号")
    tab_to(page, "contacts-0-name")
    page.keyboard.type("刘洋")
    tab_to(page, "contacts-0-mobile")
    page.keyboard.type("13800132207")
    tab_to(page, "salesperson")
    choose(page, "lwj", "李文静")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    customer = Customer.objects.get()
    assert (customer.state, steps.state_on(page)) == ("submitted", "submitted")


def test_the_first_tab_skips_to_the_content(as_user, clerk):
    page = as_user(clerk)
    page.goto("/customers/")

    page.keyboard.press("Tab")
    assert page.locator(".skip-link").evaluate("e => e === document.activeElement")
    assert page.locator(".skip-link").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.fixture
def form(as_user, world, clerk):
    page = as_user(clerk)
    page.goto("/customers/add/")
    return page


def test_enter_in_the_last_cell_makes_a_row_and_ctrl_d_copies_from_above(form):
    rows = form.locator("#contacts tr[data-row]:visible")
    count = rows.count()
    form.locator('[name="contacts-0-name"]').fill("刘洋")
    form.locator('[name="contacts-1-name"]').focus()

    form.keyboard.press("Control+d")
    assert form.locator('[name="contacts-1-name"]').input_value() == "刘洋"
    form.locator(f'[name="contacts-{count - 1}-remark"]').focus()
    form.locator(f'[name="contacts-{count - 1}-fax"]').focus()
    for _ in range(4):
        form.keyboard.press("Enter")
        if rows.count() > count:
            break
    else:
        form.locator("#contacts [data-grid-add]").press("Enter")

    assert rows.count() == count + 1


def test_rows_pasted_from_a_spreadsheet_fill_the_grid_and_are_saved(form):
    lines = [f"联系人{n}\t经理\t采购\t1380013{n:04d}" for n in range(12)]
    form.locator('[name="contacts-0-name"]').evaluate(
        """(cell, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          cell.focus();
          cell.dispatchEvent(new ClipboardEvent("paste", {
            clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        "\r\n".join(lines) + "\r\n",
    )
    assert form.locator('[name="contacts-11-mobile"]').input_value() == "13800130011"
    steps.fill(form, {"name": "粘贴测试有限公司"}, within=steps.FORM)

    steps.press(form, "action", "draft")

    saved = Contact.objects.order_by("line")
    assert list(saved.values_list("name", flat=True)) == [f"联系人{n}" for n in range(12)]
    assert saved.last().responsibilities == "采购"


def test_a_row_deleted_in_the_grid_is_gone_and_the_primary_moves(form):
    for number, name in enumerate(("甲", "乙", "丙")):
        steps.fill(form, {f"contacts-{number}-name": name}, within=steps.FORM)
    steps.fill(form, {"name": "删除测试有限公司"}, within=steps.FORM)
    form.locator('[name="contacts-primary"][value="2"]').check()

    form.locator("#contacts tr[data-row]").nth(1).locator("[data-row-delete]").click()
    steps.press(form, "action", "draft")

    saved = Contact.objects.order_by("line").values_list("name", "is_primary")
    assert list(saved) == [("甲", False), ("丙", True)]


def test_single_keys_do_nothing_when_they_are_switched_off(as_user, make_customer, reviewer):
    reviewer.shortcuts = False
    reviewer.save(update_fields=["shortcuts"])
    customer = make_customer("submitted")
    page = as_user(reviewer)
    page.goto("/review/")

    page.keyboard.press("a")
    page.wait_for_timeout(200)

    customer.refresh_from_db()
    assert customer.state == "submitted"
