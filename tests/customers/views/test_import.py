"""The pages of an import: upload, check, fix, decide, write, result, undo, records."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from customers.models import Customer, ImportBatch
from tests.customers.imports.filled import CUSTOMERS as HEADS
from tests.customers.imports.filled import complete, customer_row, upload, workbook
from tests.customers.views.imports import ADD, faulty, form_of, sent, url
from tests.customers.views.page_form import sent_by

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return answer.content.decode()


# Upload


def test_a_good_file_is_checked_and_its_page_opens(office):
    batch = sent(office, complete(range(1, 4)))

    page = text_of(office.get(url(batch)))

    assert batch.state == "checked"
    assert Customer.objects.count() == 0
    assert "将写入 3 家客户" in page
    assert "南京第2号机械有限公司" in page


def test_the_options_of_the_upload_reach_the_import(office):
    batch = sent(office, complete([1]), mode="add", child_mode="replace", empty="clear", submit="1")

    assert (batch.mode, batch.child_mode, batch.empty) == ("add", "replace", "clear")
    assert batch.submit


def test_what_removes_or_submits_is_chosen_anew_each_time(office):
    over = {"mode": "update", "empty": "clear", "child_mode": "replace", "submit": "1"}
    batch = sent(office, complete([1]), **over)

    form = sent_by(text_of(office.get(ADD)), "import-form")
    assert [form[name] for name in over] == [["both"], ["keep"], ["merge"], [""]]
    page = text_of(office.get(f"{ADD}?like={batch.pk}"))
    form = sent_by(page, "import-form")
    assert [form[name] for name in over] == [["update"], ["clear"], ["replace"], ["1"]]
    assert "沿用了那次引入的设置" in page
    assert all(line in page for line in ("会被删除", "会清空原值", "会同时提交"))


def test_adding_only_is_kept_for_the_next_file(office):
    sent(office, complete([1]), mode="add")

    page = text_of(office.get(ADD))
    assert sent_by(page, "import-form")["mode"] == ["add"]
    assert "沿用了那次引入的设置" not in page


def test_the_same_form_twice_makes_one_import(office):
    form = sent_by(text_of(office.get(ADD)), "import-form")

    data = complete([1])

    first = office.post(ADD, {**form, "file": upload(data)})
    second = office.post(ADD, {**form, "file": upload(data)})

    assert ImportBatch.objects.count() == 1
    assert first.url == second.url


def test_another_file_under_a_used_key_is_refused(office):
    form = sent_by(text_of(office.get(ADD)), "import-form")
    office.post(ADD, {**form, "file": upload(complete([1]))})

    answer = office.post(ADD, {**form, "file": upload(complete([1, 2])), "mode": "add"})

    assert answer.status_code == 409
    assert ImportBatch.objects.count() == 1
    fresh = sent_by(text_of(answer), "import-form")
    assert fresh["key"] != form["key"]
    assert fresh["mode"] == ["add"]


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"file": ""}, "选择一个 .xlsx、.xls 或 .csv 文件"),
        ({"mode": "everything"}, "mode"),
    ],
)
def test_a_wrong_upload_is_shown_again(office, over, words):
    form = sent_by(text_of(office.get(ADD)), "import-form")

    answer = office.post(ADD, {**form, "file": upload(complete([1])), "empty": "clear", **over})

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert '<option value="clear" selected>' in text_of(answer)
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("data", [b"no workbook at all", b"PK\x03\x04broken", b"\x00" * 100])
def test_a_file_nobody_can_read_says_why_on_the_page(office, data):
    batch = sent(office, data)

    page = text_of(office.get(url(batch)))

    assert batch.state == "failed"
    assert batch.failure
    assert batch.failure.splitlines()[0][:10] in page


# The check


def test_every_problem_stands_in_its_cell_and_equal_ones_together(office):
    batch = sent(office, faulty())

    page = text_of(office.get(url(batch, "?step=check")))

    assert page.count('data-cell="error"') == 3
    assert "2 行：" in page
    assert "改为“销售一部”" in page


def test_unknown_values_are_asked_for_first_and_may_wait(office):
    batch = sent(office, faulty())

    first = text_of(office.get(url(batch)))
    later = text_of(office.get(url(batch, "?step=check")))

    assert 'id="values-form"' in first
    assert 'id="write-form"' in later


def test_a_tile_shows_only_its_rows(office):
    batch = sent(office, faulty())

    page = text_of(office.get(url(batch, "?sheet=0&show=created")))

    assert "南京第1号机械有限公司" in page
    assert "南京第4号机械有限公司" not in page


@pytest.mark.parametrize("query", ["?page=99", "?sheet=77", "?show=nonsense", "?page=x&sheet=-1"])
def test_nonsense_in_the_address_shows_the_check(office, query):
    batch = sent(office, complete([1]))

    assert office.get(url(batch, query)).status_code == 200


def test_a_cell_is_changed_and_its_row_checked_again(office):
    batch = sent(office, faulty())
    page = text_of(office.get(url(batch, "fix/?sheet=0&row=5&column=6")))
    form = sent_by(page, "fix-form")
    assert form["value"] == ["91110108"]

    answer = office.post(url(batch, "fix/"), {**form, "value": ""})
    after = office.post(url(batch, "fix/"), {**form, "value": ""})

    assert answer.status_code == 302
    assert after.status_code == 302  # the same form again: nothing happens twice
    assert answer.url.startswith(url(batch))


def test_a_stale_fix_is_refused_and_keeps_the_typing(office):
    batch = sent(office, faulty())
    form = form_of(office, batch, "cell-form")
    fix = {**form, "row": 5, "column": 6, "value": "我输入的"}
    ImportBatch.objects.filter(pk=batch.pk).update(revision=batch.revision + 1)

    answer = office.post(url(batch, "fix/"), fix)

    assert answer.status_code == 409
    assert "我输入的" in text_of(answer)
    assert "本次引入已被推进" in text_of(answer)


def test_a_fix_of_no_cell_is_422(office):
    batch = sent(office, faulty())
    form = form_of(office, batch, "cell-form")

    answer = office.post(url(batch, "fix/"), {**form, "row": "x", "column": 6, "value": "a"})

    assert answer.status_code == 422


def test_a_group_is_put_right_with_one_press(office):
    batch = sent(office, faulty())
    page = text_of(office.get(url(batch, "?step=check")))
    group = page.split('name="group" value="')[1].split('"')[0]
    form = form_of(office, batch, "cell-form")

    answer = office.post(
        url(batch, "fix-group/"),
        {
            "key": form["key"],
            "version": form["version"],
            "group": group,
            "old-0": "销售一处",
            "new-0": "销售一部",
        },
    )

    assert answer.status_code == 302
    page = text_of(office.get(url(batch, "?step=check")))
    assert page.count('data-cell="error"') == 1


def test_values_are_matched_and_remembered(office, world):
    batch = sent(office, faulty())
    form = form_of(office, batch, "values-form", "?step=values")
    name = next(key for key in form if key.startswith("value-"))
    assert form[name] == [f"map:{world.units.first.code}"]

    answer = office.post(url(batch, "values/"), form)

    assert answer.status_code == 302
    page = text_of(office.get(url(batch, "?step=check")))
    assert page.count('data-cell="error"') == 1
    again = sent(office, faulty())
    assert 'id="write-form"' in text_of(office.get(url(again)))


def test_an_unknown_column_is_asked_for(office):
    row = [*customer_row(1), "某值"]
    batch = sent(office, workbook({"客户": [[*HEADS, "神秘列"], row]}))
    assert batch.state == "mapping"
    page = text_of(office.get(url(batch)))
    assert "神秘列" in page

    answer = office.post(url(batch, "columns/"), sent_by(page, "columns-form"))

    assert answer.status_code == 302
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_two_columns_for_one_field_are_refused_and_kept(office):
    row = [*customer_row(1), "某值"]
    batch = sent(office, workbook({"客户": [[*HEADS, "神秘列"], row]}))
    form = sent_by(text_of(office.get(url(batch))), "columns-form")
    name = list(form)[-1]

    answer = office.post(url(batch, "columns/"), {**form, name: "customers.name"})

    assert answer.status_code == 422
    assert sent_by(text_of(answer), "columns-form")[name] == ["customers.name"]
    batch.refresh_from_db()
    assert batch.state == "mapping"


def test_a_row_that_may_be_several_customers_is_decided(office, make_customer, world):
    one = make_customer(name="北京恒信科技有限公司")
    make_customer(name="北京恒信科技有限公司")
    row = customer_row(1, 客户名称="北京恒信科技有限公司", 统一社会信用代码="")
    batch = sent(office, workbook({"客户": [HEADS, row]}))
    page = text_of(office.get(url(batch, "?step=check")))
    assert f'value="0:2:update:{one.pk}"' in page
    form = sent_by(page, "decide-form")

    answer = office.post(url(batch, "decide/"), {**form, "answer": f"0:2:update:{one.pk}"})

    assert answer.status_code == 302
    page = text_of(office.get(url(batch, "?step=check")))
    assert "取消选择" in page
    assert "将写入 1 家客户" in page


def test_a_nonsense_decision_is_422(office):
    batch = sent(office, complete([1]))
    form = form_of(office, batch, "decide-form")

    assert office.post(url(batch, "decide/"), {**form, "answer": "all"}).status_code == 422


# Error workbook


def test_the_error_workbook_is_mended_and_uploaded_again(office, world):
    batch = sent(office, faulty())
    answer = office.get(url(batch, "errors/"))
    data = b"".join(answer.streaming_content)
    book = load_workbook(BytesIO(data))
    sheet = book["客户"]
    heads = [cell.value for cell in sheet[1]]
    wrong = [row[0].row for row in sheet.iter_rows(min_row=2) if row[2].value]
    assert wrong == [2, 3, 4]
    assert [sheet.cell(n, len(heads)).value for n in wrong] == ["3", "4", "5"]
    for number in wrong:
        sheet.cell(number, heads.index("销售部门") + 1).value = "销售一部"
        code = sheet.cell(number, heads.index("统一社会信用代码") + 1)
        code.value = None if code.value == "91110108" else code.value
    target = BytesIO()
    book.save(target)
    form = sent_by(text_of(office.get(url(batch, "again/"))), "again-form")

    again = office.post(url(batch, "again/"), {**form, "file": upload(target.getvalue())})

    assert again.status_code == 302
    batch.refresh_from_db()
    assert batch.state == "checked"
    assert 'data-cell="error"' not in text_of(office.get(url(batch, "?step=check&sheet=0")))


def test_uploading_again_without_a_file_is_422(office):
    batch = sent(office, faulty())
    form = sent_by(text_of(office.get(url(batch, "again/"))), "again-form")

    assert office.post(url(batch, "again/"), form).status_code == 422


def test_a_value_of_a_long_list_is_found_by_typing(office):
    batch = sent(office, complete([1], 地区="杭洲府"))
    page = text_of(office.get(url(batch, "?step=values")))
    form = form_of(office, batch, "values-form", "?step=values")
    name = next(key for key in form if key.startswith("other-"))

    unclear = office.post(url(batch, "values/"), form | {name: "hz"})
    form = form_of(office, batch, "values-form", "?step=values")
    answer = office.post(url(batch, "values/"), form | {name: "杭州市 330100"})

    assert 'data-combo="/choose/customers.region/"' in page
    assert page.count("<option") < 10
    assert unclear.status_code == 422
    assert answer.status_code == 302
    assert 'id="write-form"' in text_of(office.get(url(batch, "?step=check")))
