"""A file with twelve kinds of error becomes customers in the browser, and is taken back."""

import re

import pytest

from customers.models import Customer, ImportBatch
from tests.customers.imports.filled import CUSTOMERS, complete, customer_row, workbook
from tests.customers.views.imports import faulty
from tests.e2e import import_file
from tests.e2e.conftest import PHONE, SMALL_PHONE
from tests.e2e.watch import check_axe, overflow

pytestmark = pytest.mark.e2e
ADD = "/customers/imports/add/"


def choose(page, data, name="客户.xlsx"):
    page.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def send(page):
    """Press the one primary button of the action bar."""
    with page.expect_navigation():
        page.locator("main .actionbar .btn--primary").click()


def upload(page, data):
    page.goto(ADD)
    choose(page, data)
    send(page)


def errors_on(page):
    return page.locator('td[data-cell="error"]').count()


def type_into(page, row, column, text):
    """Change a cell in place: double click, type, Enter; wait for the row's new verdict."""
    cell = page.locator(f'td[data-row="{row}"][data-column="{column}"]')
    cell.dblclick()
    field = cell.locator("input")
    field.fill(text)
    field.press("Enter")
    field.wait_for(state="detached")
    assert cell.locator("[data-text]").inner_text() == text


def download(page, click):
    with page.expect_download() as coming:
        click.click()
    with open(coming.value.path(), "rb") as file:
        return file.read()


def written(page):
    """Confirm the write and wait for the report."""
    send(page)
    page.locator(".recon").wait_for()


def undo(page):
    page.locator('button[popovertarget="ask-undo"]').first.click()
    with page.expect_navigation():
        page.locator("#undo-form .btn--danger-fill").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_twelve_kinds_of_error_are_mended_written_and_undone(as_user, admin, world, theme):
    admin.theme = theme
    admin.save(update_fields=["theme"])
    good = import_file.right()["客户"]
    page = as_user(admin)
    upload(page, import_file.wrong())
    check_axe(page)  # the words nobody knows
    page.locator("main .actionbar a").click()
    page.locator("#check").wait_for()
    check_axe(page)
    kinds = page.locator(".groups b").all_inner_texts()
    assert len({re.sub(r"^\d+ 行：", "", kind) for kind in kinds}) >= 12

    type_into(page, 3, 2, good[2][2])  # the name that is missing
    type_into(page, 4, 6, good[3][6])  # the number that is too short
    group = page.locator(".groups li", has_text="销售一处")
    group.get_by_role("button", name="改为“销售一部”").click()
    group.wait_for(state="detached")
    assert page.locator('td[data-cell="error"]', has_text="销售一处").count() == 0

    data = download(page, page.locator('a[href$="/errors/"]').first)
    page.locator('a[href$="/again/"]').first.click()
    check_axe(page)
    choose(page, import_file.mended(data))
    send(page)
    page.locator("#check").wait_for()
    assert errors_on(page) == 0
    assert Customer.objects.count() == 0
    written(page)
    check_axe(page)

    assert Customer.objects.count() == import_file.COUNT
    assert "读取 14 家，等于新增 14" in page.locator(".recon").get_attribute("aria-label")
    here = page.url
    page.locator("#rows .cell-title a").first.click()
    customer = Customer.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    assert page.locator("h1").inner_text() == customer.name
    page.locator('aside a[href*="/imports/"]').click()
    assert page.url == here

    undo(page)
    page.get_by_text("本次引入已撤销").wait_for()
    check_axe(page)
    assert Customer.objects.count() == 0


def test_it_all_works_without_script(as_user, admin, world):
    page = as_user(admin, script=False)
    upload(page, import_file.wrong())
    with page.expect_navigation():
        page.locator("main .actionbar a").click()

    with page.expect_navigation():
        page.locator('td[data-row="3"][data-column="2"] .cell-edit').click()
    page.locator('[name="value"]').fill(import_file.right()["客户"][2][2])
    send(page)
    with page.expect_navigation():
        page.locator(".groups li", has_text="销售一处").locator("form button").first.click()
    data = download(page, page.locator('a[href$="/errors/"]').first)
    with page.expect_navigation():
        page.locator('a[href$="/again/"]').first.click()
    choose(page, import_file.mended(data))
    send(page)
    if page.locator("#values-form").count():
        send(page)
    send(page)

    assert Customer.objects.count() == import_file.COUNT
    undo(page)
    assert Customer.objects.count() == 0
    assert ImportBatch.objects.get().state == "undone"


def test_the_grid_is_used_by_keyboard_alone(as_user, admin, world):
    page = as_user(admin)
    upload(page, import_file.wrong())
    page.locator("main .actionbar a").click()
    page.locator('td[data-column][tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")

    place = page.evaluate(
        "document.activeElement.dataset.row + ':' + document.activeElement.dataset.column"
    )

    assert re.fullmatch(r"\d+:\d+", place)
    assert page.locator("td input").count() == 0


def test_a_row_that_may_be_two_customers_is_decided_in_place(
    as_user, admin, world, make_customer, script
):
    name = "北京恒信科技有限公司"
    one = make_customer(name=name)
    make_customer(name=name)
    row = customer_row(1, 客户名称=name, 统一社会信用代码="")
    page = as_user(admin, script=script)
    upload(page, workbook({"客户": [CUSTOMERS, row]}))
    assert "将写入 0 家客户" in page.locator(".actionbar").inner_text()

    page.locator(f'button[value="0:2:update:{one.pk}"]').click()
    page.get_by_text("将写入 1 家客户").wait_for()
    send(page)

    one.refresh_from_db()
    assert one.registered_address == "建设路 1 号"


def test_only_the_good_rows_are_written_when_that_is_chosen(as_user, admin, world):
    page = as_user(admin)
    upload(page, faulty())
    page.locator("main .actionbar a").click()
    button = page.locator("main .actionbar .btn--primary")
    page.locator("#write-problem", has_text="家客户有错").wait_for()
    assert button.is_disabled()

    page.locator('[name="policy"][value="good"]').check()
    assert button.is_enabled()
    written(page)

    assert Customer.objects.count() == 1


def test_a_refused_cell_keeps_the_typing_and_says_why(as_user, admin, world):
    page = as_user(admin)
    upload(page, complete([1]))
    ImportBatch.objects.update(revision=77)
    cell = page.locator('td[data-row="2"][data-column="2"]')

    cell.dblclick()
    cell.locator("input").fill("别的名称")
    cell.locator("input").press("Enter")
    cell.locator('[role="alert"]').wait_for()

    assert cell.locator("input").input_value() == "别的名称"
    cell.locator("input").press("Enter")  # the second time it knows how things stand
    cell.locator("input").wait_for(state="detached")
    assert "别的名称" in page.locator("#grid").inner_text()


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE])
def test_no_page_of_an_import_is_wider_than_a_phone(as_user, admin, world, size):
    page = as_user(admin, size=size)
    upload(page, import_file.wrong())
    found = [("values", overflow(page))]
    batch = ImportBatch.objects.get()
    for part in ("?step=columns", "?step=check", "fix/?sheet=0&row=4&column=6", "again/"):
        page.goto(f"/customers/imports/{batch.pk}/{part}")
        found.append((part, overflow(page)))

    assert [one for one in found if one[1]] == []
