"""The pages of an import say what is: one fix for one text, one count, a reason for every row."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from customers.imports import desk
from customers.models import ImportFix, ImportIssue
from tests.customers.imports.filled import (
    ACCOUNTS,
    CONTACTS,
    CUSTOMERS,
    complete,
    contact_row,
    customer_row,
    press,
    workbook,
)
from tests.customers.views.imports import (
    form_of,
    page_of,
    refused_for_a_contact,
    send,
    sent,
    url,
)
from tests.customers.views.page_form import sent_by

pytestmark = pytest.mark.django_db

HEADS = (*CUSTOMERS, "注册资本")


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def amounts(*texts: str) -> bytes:
    """Make customers with these registered capitals."""
    rows = [[*customer_row(n), text] for n, text in enumerate(texts, 1)]
    return workbook({"客户": [HEADS, *rows]})


def tiles(page: str) -> dict[str, str]:
    """Give the numbers of the tiles by their labels."""
    found = re.findall(
        r'stat__label">.*?</svg>(.*?)</span><span class="stat__num">([\d,]+)', page, re.DOTALL
    )
    return {label.strip(): number for label, number in found}


# One fix for one text


def test_a_group_has_a_box_for_each_different_text(office):
    batch = sent(office, amounts("一百甲", "五百乙", "五百乙"))
    page = page_of(office, batch)

    assert re.findall(r'name="old-\d" value="(.*?)"', page) == ["五百乙", "一百甲"]
    assert "2 行" in page
    assert "应用到全部" not in page


def test_a_fix_of_one_text_leaves_the_others_alone(office):
    batch = sent(office, amounts("一百甲", "五百乙", "五百乙"))
    key = ImportIssue.objects.filter(batch=batch).first().group
    form = form_of(office, batch, "cell-form")
    common = {"key": form["key"], "version": form["version"], "group": key}

    office.post(
        url(batch, "fix-group/"),
        {**common, "old-0": "五百乙", "new-0": "", "old-1": "一百甲", "new-1": "1000000"},
    )

    assert list(ImportFix.objects.values_list("row", "cell")) == [(2, "1000000")]
    assert "五百乙" in page_of(office, batch)


def test_a_fix_that_says_nothing_is_refused_and_one_can_empty_cells(office):
    batch = sent(office, amounts("一百甲", "五百乙"))
    key = ImportIssue.objects.filter(batch=batch).first().group
    form = form_of(office, batch, "cell-form")
    common = {"key": form["key"], "version": form["version"], "group": key, "old-0": "一百甲"}

    assert office.post(url(batch, "fix-group/"), {**common, "new-0": " "}).status_code == 422
    answer = office.post(
        url(batch, "fix-group/"), {**common, "key": "another-key-0000", "new-0": "", "empty": "0"}
    )

    assert answer.status_code == 302
    assert list(ImportFix.objects.values_list("row", "cell")) == [(2, "")]


def test_one_of_several_tags_is_replaced_among_the_others(office):
    rows = [customer_row(1, 标签="T1、没有的"), customer_row(2, 标签="没有的")]
    batch = sent(office, workbook({"客户": [CUSTOMERS, *rows]}))
    issue = ImportIssue.objects.filter(batch=batch, field="customers.tags").first()

    desk.fix_group(batch, issue.group, {"没有的": "T2"}, press(batch.by))

    assert list(ImportFix.objects.order_by("row").values_list("cell", flat=True)) == [
        "T1、T2",
        "T2",
    ]


# The same count everywhere


def test_tiles_tabs_and_sentence_count_the_same(office):
    page = page_of(office, sent(office, refused_for_a_contact()))

    assert tiles(page) == {
        "全部": "3",
        "新增": "1",
        "更新": "0",
        "无变化": "0",
        "待定": "0",
        "错误": "2",
    }
    assert "将写入 1 家客户" in page
    assert "错误 2" in words(page.split('id="write-bar"')[1])


def test_a_customer_of_whom_only_a_contact_changes_is_updated(office):
    batch = sent(office, complete([1]))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    data = workbook(
        {
            "客户": [CUSTOMERS, customer_row(1)],
            "联系人": [CONTACTS, contact_row(1, 姓名="李新人", 手机="13900000001", 主联系人="")],
        }
    )

    batch = sent(office, data)
    page = page_of(office, batch)

    assert tiles(page)["更新"] == "1"
    assert tiles(page)["无变化"] == "0"
    assert "南京第1号机械有限公司" in page_of(office, batch, "?sheet=0&show=updated")


# A reason for every row


def test_rows_that_are_right_name_the_row_that_is_wrong(office):
    page = words(page_of(office, sent(office, refused_for_a_contact()), "?sheet=0&show=failed"))

    assert "联系人 D3 手机：" in page


def test_the_result_says_why_for_every_customer(office):
    batch = sent(office, refused_for_a_contact())
    office.post(url(batch, "write/"), {**form_of(office, batch, "write-form"), "policy": "good"})
    page = page_of(office, batch, "")

    assert "已写入 1 家客户，2 家未写入" in page
    assert 'class="alert" data-tone="success"' in page
    batch.refresh_from_db()
    refused = desk.result(batch, batch.by).not_written
    assert [bool(row.reasons) for row in refused] == [True, True]
    assert "联系人 D3 手机" in refused[0].reason
    assert "K77" in refused[1].reason


def test_the_first_of_two_equal_codes_is_marked_as_well(office):
    rows = [customer_row(1, 客户编码="BJ-ZD-900"), customer_row(2, 客户编码="BJ-ZD-900")]
    batch = sent(office, workbook({"客户": [CUSTOMERS, *rows]}))

    marked = ImportIssue.objects.filter(batch=batch, field="customers.code")
    assert sorted(marked.values_list("row", flat=True)) == [2, 3]


# Exactly those rows, with their cells


def test_show_rows_shows_exactly_these_rows(office):
    contacts = [contact_row(1), contact_row(2, 手机="1381234"), contact_row(3, 姓名="")]
    customers = [customer_row(n) for n in (1, 2, 3)]
    batch = sent(
        office, workbook({"客户": [CUSTOMERS, *customers], "联系人": [CONTACTS, *contacts]})
    )
    page = page_of(office, batch)
    link = next(
        unescape(one)
        for one in re.findall(r'href="(\?[^"]*group=[^"]*)"', page)
        if ImportIssue.objects.get(group=re.search(r"group=(\w+)", one)[1]).row == 3
    )

    assert link.endswith("#grid")
    shown = page_of(office, batch, link.removesuffix("#grid"))
    assert re.findall(r'<tr id="row-(\d+)"', shown) == ["3"]
    assert "联系人 · 手机 · D3" in words(page)


def test_all_kinds_of_problems_can_be_opened(office):
    rows = [customer_row(n, 销售部门=f"没有的部门{n}") for n in range(1, 46)]
    batch = sent(office, workbook({"客户": [CUSTOMERS, *rows]}))
    page = page_of(office, batch)

    assert "另有 25 类问题" in page
    last = page_of(office, batch, "?step=check&groups=3")
    assert "没有的部门45" in last
    assert last.count("<li data-tone") == 5


# Notes once, problems in the reader's language


def test_problems_are_read_in_the_language_of_the_reader(office, admin):
    batch = sent(office, refused_for_a_contact())
    chinese = words(page_of(office, batch))
    admin.language = "en"
    admin.save()
    english = words(page_of(office, batch))

    assert "1 行：手机号应为 11 位" in chinese
    assert "没有行标为" in chinese or "K77" in chinese
    assert "手机号" not in english.replace("联系人 D3", "")
    assert "mobile" in english.casefold()


def test_an_old_problem_is_shown_as_it_was_kept(office):
    batch = sent(office, refused_for_a_contact())
    ImportIssue.objects.filter(batch=batch).update(reason="一句旧话", hint="")

    assert "一句旧话" in page_of(office, batch)


def test_notes_are_told_once_without_internal_words(office):
    book = load_workbook(BytesIO(workbook({"客户": [(*CUSTOMERS, "没有的列"), customer_row(1)]})))
    sheet = book["客户"]
    sheet.merge_cells("B2:B3")
    sheet.row_dimensions[2].hidden = True
    target = BytesIO()
    book.save(target)
    batch = sent(office, target.getvalue())
    form = sent_by(page_of(office, batch, ""), "columns-form")
    office.post(url(batch, "columns/"), {**form, "column-0:11": ""})
    batch.refresh_from_db()

    notes = desk.summary(batch).notes

    assert len(notes) == len(set(notes)) == 3
    assert sum("没有的列" in note for note in notes) == 1
    assert not any(word in note for note in notes for word in ("merged", "hidden-rows"))


def test_sheets_of_accounts_count_too(office):
    orphan = ["", "K9", "中国工商银行", "6222021234500000001", "甲", "人民币"]
    data = workbook({"客户": [CUSTOMERS, customer_row(1)], "银行账户": [ACCOUNTS, orphan]})
    page = page_of(office, sent(office, data))

    assert (tiles(page)["全部"], tiles(page)["错误"]) == ("2", "1")
    assert send(office, data).status_code == 302


# Columns that ask first; what cells mean; the next error


def test_columns_that_ask_stand_first_and_the_others_are_folded(office):
    batch = sent(office, workbook({"客户": [(*CUSTOMERS, "没有的列"), [*customer_row(1), "甲"]]}))
    page = page_of(office, batch, "")
    first, folded = page.split('<details class="folded"', 1)

    assert 'name="column-0:11"' in first
    assert 'name="column-0:2"' not in first
    assert 'name="column-0:2"' in folded
    assert "11 列已对应" in words(folded)
    assert sent_by(page, "columns-form")["column-0:2"] == ["customers.name"]


def test_a_matched_word_and_a_code_show_what_they_mean(office, world):
    row = customer_row(1, 销售部门="销售一处", 地区="110000")
    batch = sent(office, workbook({"客户": [CUSTOMERS, row]}))
    form = form_of(office, batch, "values-form", "?step=values")
    office.post(url(batch, "values/"), form)
    page = page_of(office, batch)

    assert '<span data-text>销售一处</span><small class="muted">= 销售一部</small>' in page
    assert '<span data-text>110000</span><small class="muted">= 北京市</small>' in page
    assert "= 李文静" not in page


def test_a_mended_cell_leads_to_the_next_error(office):
    contacts = [contact_row(1, 手机="1381"), contact_row(2), contact_row(3, 手机="1382")]
    data = workbook(
        {
            "客户": [CUSTOMERS, *(customer_row(n) for n in (1, 2, 3))],
            "联系人": [CONTACTS, *contacts],
        }
    )
    batch = sent(office, data)
    for row, value, there in ((2, "13800000001", "at=4-3#next"), (4, "x", "at=4-3#next")):
        form = form_of(office, batch, "cell-form", "?sheet=1&show=failed")
        answer = office.post(
            url(batch, "fix/"), {**form, "row": str(row), "column": "3", "value": value}
        )
        assert answer.url.endswith(there)
    page = page_of(office, batch, answer.url.partition("?")[2].partition("#")[0].join(("?", "")))
    assert re.search(r'<td[^>]* id="next"[^>]* data-row="4" data-column="3"', page)

    form = form_of(office, batch, "cell-form", "?sheet=1&show=failed")
    answer = office.post(
        url(batch, "fix/"), {**form, "row": "4", "column": "3", "value": "13800000003"}, follow=True
    )
    assert "已没有错误" in answer.content.decode()


def test_the_name_of_a_customer_stands_first_in_the_grid(office):
    page = page_of(office, sent(office, complete([1])))

    assert page.index(">客户名称</th>") < page.index(">客户行号</th>")
    assert 'title="C 客户名称"' in page


def test_a_file_that_cannot_be_read_says_so_in_the_language_of_the_reader(office, admin):
    batch = sent(office, b"%PDF-1.7 no table at all", "客户.xlsx")
    chinese = words(page_of(office, batch, ""))
    admin.language = "en"
    admin.save()
    english = words(page_of(office, batch, ""))

    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "另存为" in chinese or "保存" in chinese
    assert "save it as .xlsx" in english


def test_a_page_of_many_rows_asks_no_more_than_one_of_few(office, django_assert_max_num_queries):
    def book(count: int) -> bytes:
        rows = [customer_row(n, 销售部门=f"没有{n}", 客户类型="没有") for n in range(1, count + 1)]
        contacts = [contact_row(n, 手机="1381") for n in range(1, count + 1)]
        return workbook({"客户": [CUSTOMERS, *rows], "联系人": [CONTACTS, *contacts]})

    few, many = sent(office, book(2)), sent(office, book(60))
    for query in ("?step=check", "?sheet=1&show=failed"):
        with CaptureQueriesContext(connection) as asked:
            page_of(office, few, query)
        with django_assert_max_num_queries(len(asked) + 1):
            page_of(office, many, query)
