"""A group of different values, the rows of one problem, and the way from error to error."""

import pytest

from customers.models import Customer
from tests.customers.imports.filled import (
    CONTACTS,
    CUSTOMERS,
    contact_row,
    customer_row,
    workbook,
)
from tests.e2e.test_import import upload, written
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e
AMOUNT = len(CUSTOMERS)


def book() -> bytes:
    """Make three amounts that are none, two of them alike, and two phones that are too short."""
    amounts = ("一百甲", "五百乙", "五百乙", "")
    phones = ("", "1381234", "1390000", "")
    rows = [[*customer_row(n), amount] for n, amount in enumerate(amounts, 1)]
    contacts = [
        contact_row(n, **({"手机": phone} if phone else {})) for n, phone in enumerate(phones, 1)
    ]
    return workbook({"客户": [(*CUSTOMERS, "注册资本"), *rows], "联系人": [CONTACTS, *contacts]})


def test_different_values_are_mended_each_and_one_error_leads_to_the_next(
    as_user, admin, world, script
):
    page = as_user(admin, script=script)
    upload(page, book())
    group = page.locator(".groups li", has_text="3 行")
    group.locator("summary").click()
    assert group.locator('input[name^="new-"]').count() == 2
    if script:
        check_axe(page)

    group.locator('input[name="new-1"]').fill("1000000")  # of 一百甲; 五百乙 stays
    group.get_by_role("button", name="应用").click()
    group = page.locator(".groups li", has_text="注册资本")
    group.get_by_text("2 行：").wait_for()
    group.locator("summary").click()
    assert group.locator('input[name="old-0"]').input_value() == "五百乙"
    group.locator('input[name="new-0"]').fill("5000000")
    group.get_by_role("button", name="应用").click()
    group.wait_for(state="detached")

    page.locator(".groups li", has_text="手机").first.get_by_text("查看这些行").click()
    page.wait_for_url("**#grid")
    numbers = page.locator("tr[id^=row-]").evaluate_all("rows => rows.map(row => row.id)")
    assert numbers == ["row-3", "row-4"]
    assert page.locator("#grid").evaluate("grid => grid.getBoundingClientRect().top") < 450

    _mend(page, 3, "13800000002", script)
    page.locator('#next[data-row="4"]').wait_for()
    if script:
        at = page.evaluate("document.activeElement.dataset.row")
        assert at == "4"
    _mend(page, 4, "13800000003", script)
    page.get_by_text("已没有错误").first.wait_for()
    written(page)
    assert Customer.objects.count() == 4


def _mend(page, row, text, script):
    cell = page.locator(f'td[data-row="{row}"][data-column="3"]')
    if not script:
        cell.locator(".cell-edit").click()
        page.locator('[name="value"]').fill(text)
        page.locator("main .actionbar .btn--primary").click()
        return
    cell.dblclick()
    cell.locator("input").fill(text)
    cell.locator("input").press("Enter")
    cell.locator("input").wait_for(state="detached")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_name_and_the_result_stay_in_sight(as_user, admin, world, theme):
    admin.theme = theme
    admin.save(update_fields=["theme"])
    page = as_user(admin)
    upload(page, book())
    check_axe(page)
    wrap = page.locator(".sheet-wrap")
    left = wrap.bounding_box()["x"]
    for far in (0, 4000):
        wrap.evaluate("(wrap, far) => { wrap.scrollLeft = far; }", far)
        edge = left
        for name in (".rowno", ".sheet__result", ".sheet__name"):
            for part in ("thead", "tbody"):
                box = page.locator(f"{part} {name}").first.bounding_box()
                assert abs(box["x"] - edge) < 3, (far, part, name)
            edge += box["width"]
    assert overflow(page) == []
