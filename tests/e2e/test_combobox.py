"""Choosing by typing in Chromium: keyboard with pinyin, mouse, touch, input method, no script."""

from __future__ import annotations

import re

import pytest

from core import saving
from core.choosing import MOST
from customers.models import Customer, Region, Tag
from customers.services.aggregates import REFERENCE
from tests.cast import act_by
from tests.e2e import steps
from tests.e2e.conftest import DESKTOP, SMALL_PHONE
from tests.e2e.watch import check_axe

try:
    from playwright.sync_api import expect
except ImportError:
    expect = None

pytestmark = pytest.mark.e2e

ADD = "/customers/add/"
REGION, BANK = "#id_region", "#id_accounts-0-bank"
OPTION = "#combo-list [role=option]"


@pytest.fixture
def cities(world, system_user):
    """Provinces and cities, whatever other tests left of the shipped ones."""
    rows = (
        ("330000", "浙江省", "", "ZJ"),
        ("330100", "杭州市", "330000", ""),
        ("330500", "湖州市", "330000", ""),
        ("440000", "广东省", "", "GD"),
        ("441300", "惠州市", "440000", ""),
    )
    for code, name, parent, letters in rows:
        if not Region.objects.filter(code=code).exists():
            values = {"code": code, "name": name, "letters": letters, "parent": _node(parent)}
            saving.create(REFERENCE["region"], values, act=act_by(system_user))


def _node(code):
    return Region.objects.get(code=code) if code else None


@pytest.fixture
def page(as_user, clerk, cities):
    page = as_user(clerk)
    page.goto(ADD)
    return page


def typed(page, field, text):
    page.locator(field).press_sequentially(text)
    page.locator(OPTION).first.wait_for()


def test_initials_then_enter_choose_and_tab_does_too(page):
    typed(page, REGION, "hz")
    assert page.locator(f"{OPTION}[aria-selected=true]").inner_text().startswith("杭州市")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(REGION).input_value() == "湖州市 330500"
    assert page.evaluate("document.activeElement.id") == "id_region"

    page.locator(BANK).focus()
    typed(page, BANK, "gsyh")
    page.keyboard.press("Tab")
    assert page.locator(BANK).input_value() == "中国工商银行 102"
    assert not page.locator("#combo-list").is_visible()


def test_the_ends_of_the_list_and_escape(page):
    typed(page, REGION, "hz")
    page.keyboard.press("End")
    assert page.locator(OPTION).last.get_attribute("aria-selected") == "true"
    page.keyboard.press("Home")
    assert page.locator(OPTION).first.get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert not page.locator("#combo-list").is_visible()
    assert page.locator(REGION).input_value() == "hz"


def test_keys_typed_faster_than_the_answer_choose_all_the_same(page):
    page.locator(REGION).focus()
    page.keyboard.type("hangzhou")
    page.keyboard.press("Enter")

    expect(page.locator(REGION)).to_have_value("杭州市 330100")

    page.locator(BANK).focus()
    page.keyboard.type("中国工商")
    page.keyboard.press("Tab")
    expect(page.locator(BANK)).to_have_value("中国工商银行 102")


def test_the_mouse_opens_chooses_and_clears(page):
    page.locator(REGION).click()
    page.locator(OPTION).filter(has_text="北京市").click()
    assert page.locator(REGION).input_value() == "北京市 110000"

    page.locator(".combo:has(#id_region) [data-combo-clear]").click()
    assert page.locator(REGION).input_value() == ""


def test_a_finger_chooses_on_a_narrow_phone(as_user, clerk, world):
    page = as_user(clerk, size=SMALL_PHONE, has_touch=True, is_mobile=True)
    page.goto(ADD)

    page.locator(REGION).tap()
    page.locator(OPTION).filter(has_text="北京市").tap()

    assert page.locator(REGION).input_value() == "北京市 110000"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_nothing_or_several_are_called_is_told_at_the_field(page):
    page.locator(REGION).press_sequentially("火星")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    error = page.locator(".combo:has(#id_region) .field__error")
    error.wait_for()
    assert error.inner_text() == "没有这个值，请输入编码或名称。"
    described = page.locator(REGION).get_attribute("aria-describedby")
    assert error.get_attribute("id") in described.split()

    page.locator(REGION).fill("")
    typed(page, REGION, "hz")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.locator(".combo:has(#id_region) .field__error").filter(has_text="有多个").wait_for()


def test_the_tree_of_a_screen_reader(page):
    field = page.get_by_role("combobox", name=re.compile("^地区"))
    assert field.get_attribute("aria-expanded") == "false"

    typed(page, REGION, "hz")

    assert field.get_attribute("aria-expanded") == "true"
    listbox = page.get_by_role("listbox")
    assert field.get_attribute("aria-controls") == listbox.get_attribute("id")
    active = field.get_attribute("aria-activedescendant")
    assert listbox.get_by_role("option", selected=True).get_attribute("id") == active
    count = listbox.get_by_role("option").count()
    assert page.locator("#combo-status").inner_text().startswith(str(count))
    check_axe(page)


def test_an_input_method_is_left_alone_until_it_is_done(page):
    devtools = page.context.new_cdp_session(page)
    page.locator(REGION).focus()
    devtools.send(
        "Input.imeSetComposition", {"text": "hang", "selectionStart": 4, "selectionEnd": 4}
    )
    page.wait_for_timeout(400)
    assert not page.locator("#combo-list").is_visible()

    devtools.send("Input.insertText", {"text": "杭州"})

    page.locator(OPTION).first.wait_for()
    assert page.locator(f"{OPTION}[aria-selected=true]").inner_text().startswith("杭州市")


def test_rows_that_a_script_adds_choose_as_well(page):
    page.locator("#accounts [data-grid-add]").click()
    last = page.locator('#accounts tr[data-row]:visible [name$="-bank"]').last
    last.press_sequentially("gsyh")
    page.locator(OPTION).first.wait_for()
    page.keyboard.press("Enter")

    assert last.input_value() == "中国工商银行 102"


def test_tags_are_chosen_removed_and_made(as_user, admin, world):
    page = as_user(admin)
    page.goto(ADD)
    page.locator("#id_name").fill("北京恒信科技有限公司")
    typed(page, "#id_tags", "cqhz")
    page.keyboard.press("Enter")
    page.locator("#id_tags").press_sequentially("重点跟进")
    page.locator(OPTION).filter(has_text="重点跟进").wait_for()
    page.keyboard.press("Enter")
    typed(page, "#id_tags", "gxf")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    with page.expect_navigation():
        page.keyboard.press("Control+s")

    customer = Customer.objects.get()
    assert {tag.name for tag in customer.tags.all()} == {"长期合作", "重点跟进"}
    assert Tag.objects.get(name="重点跟进").code == "ZDGJ"


def test_without_script_an_unclear_entry_is_answered_with_candidates(as_user, clerk, world, cities):
    drafts = [saving.Draft({"code": f"N{n}", "name": f"名称{n}"}) for n in range(MOST)]
    saving.bulk_create(REFERENCE["region"], drafts, act=act_by(clerk))
    page = as_user(clerk, script=False, size=DESKTOP)
    page.goto(ADD)
    assert page.locator('[name="customer_type"]').evaluate("e => e.tagName") == "SELECT"
    steps.fill(page, {"name": "北京恒信科技有限公司", "region": "hz"}, within=steps.FORM)
    steps.press(page, "action", "draft")

    page.get_by_role("radio", name=re.compile("湖州市")).check()
    steps.press(page, "action", "draft")

    customer = Customer.objects.get()
    assert customer.region == Region.objects.get(code="330500")
    assert customer.name == "北京恒信科技有限公司"


def test_a_condition_of_the_list_is_chosen_by_typing(as_user, reviewer, cities, make_customer):
    make_customer("submitted", name="杭州的客户", region=Region.objects.get(code="330100"))
    make_customer("submitted", name="北京的客户")
    drafts = [saving.Draft({"code": f"N{n}", "name": f"名称{n}"}) for n in range(MOST)]
    saving.bulk_create(REFERENCE["region"], drafts, act=act_by(reviewer))
    page = as_user(reviewer)
    page.goto("/customers/?add=region")

    typed(page, "#id_region", "hz")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.locator("tbody tr").count() == 1
    assert "杭州的客户" in page.locator("tbody").inner_text()
