"""The end of an import on its pages: written, put aside, undone, found again in the records."""

import pytest
from django.utils.html import escape

from core.records import bulk
from core.records.record import Record
from customers.models import Customer, ImportBatch
from customers.services import customer as customer_service
from tests.cast import act_by
from tests.customers.imports.filled import complete
from tests.customers.views.imports import LIST, faulty, form_of, send, sent, url
from tests.customers.views.page_form import sent_by

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return answer.content.decode()


# Writing and undoing


def test_a_checked_file_is_written_with_one_press_and_undone(office):
    batch = sent(office, complete(range(1, 4)))
    form = form_of(office, batch, "write-form")

    office.post(url(batch, "write/"), form)
    office.post(url(batch, "write/"), form)
    page = text_of(office.get(url(batch)))

    assert Customer.objects.count() == 3
    assert "已写入 3 家客户，对账一致" in page
    assert "对账：读取 3 家，等于新增 3" in page
    customer = Customer.objects.order_by("pk").first()
    assert f"/customers/{customer.pk}/" in page

    office.post(url(batch, "undo/"), sent_by(page, "undo-form"))
    page = text_of(office.get(url(batch)))

    assert Customer.objects.count() == 0
    assert "本次引入已撤销" in page


@pytest.mark.parametrize(
    ("touched", "told"),
    [
        (1, ["本次引入已部分撤销", "已撤销 2 家客户；其余 1 家保持不变，原因列在下方。"]),
        (3, ["本次引入没有可以撤销的客户", "3 家客户全部保持不变，原因列在下方。"]),
    ],
)
def test_an_undo_says_how_much_of_it_was_undone(office, admin, touched, told):
    batch = sent(office, complete(range(1, 4)))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    for one in Customer.objects.order_by("pk")[:touched]:
        changed = Record({"remark": "改过"})
        customer_service.save(one.pk, changed, version=one.version, submit=False, act=act_by(admin))

    page = text_of(office.get(url(batch)))
    office.post(url(batch, "undo/"), sent_by(page, "undo-form"))
    after = text_of(office.get(url(batch)))

    assert Customer.objects.count() == touched
    assert [sentence in after for sentence in told] == [True, True]
    assert "本次引入已撤销" not in after


@pytest.mark.parametrize("state", ["undone", "cancelled", "failed"])
def test_what_was_called_over_too_early_is_undone_by_a_button(office, state):
    batch = sent(office, complete(range(1, 4)))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    ImportBatch.objects.update(state=state)

    page = text_of(office.get(url(batch)))
    office.post(url(batch, "undo/"), sent_by(page, "undo-form"))
    after = text_of(office.get(url(batch)))

    assert "它写入的 3 家客户还在" in page
    assert Customer.objects.count() == 0
    assert "本次引入已撤销" in after
    assert "undo-form" not in after


def test_all_or_nothing_with_errors_writes_nothing(office):
    batch = sent(office, faulty())
    form = form_of(office, batch, "write-form")

    answer = office.post(url(batch, "write/"), {**form, "policy": "all"})

    assert answer.status_code == 422
    assert Customer.objects.count() == 0


def test_only_the_good_rows_are_written_and_the_others_named(office):
    batch = sent(office, faulty())
    form = form_of(office, batch, "write-form")

    office.post(url(batch, "write/"), {**form, "policy": "good"})
    page = text_of(office.get(url(batch)))

    assert Customer.objects.count() == 1
    assert "错误工作簿" in page
    assert "对账：读取 4 家，等于新增 1" in page


def test_an_unknown_policy_is_422(office):
    batch = sent(office, complete([1]))
    form = form_of(office, batch, "write-form")

    assert office.post(url(batch, "write/"), {**form, "policy": "some"}).status_code == 422


def test_an_import_is_put_aside(office):
    batch = sent(office, complete([1]))
    form = form_of(office, batch, "discard-form")

    assert office.post(url(batch, "cancel/"), form).status_code == 302

    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert "本次引入已停止" in text_of(office.get(url(batch)))


def test_a_customer_tells_the_import_it_came_from(office):
    batch = sent(office, complete([1]))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    customer = Customer.objects.get()

    page = text_of(office.get(f"/customers/{customer.pk}/"))

    assert url(batch) in page
    assert batch.number in page
    assert "第 2 行" in page


def test_the_result_leads_to_the_new_customers_and_to_their_submission(office, make_customer):
    make_customer(name="早已有的公司")
    batch = sent(office, complete(range(1, 4)))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    page = text_of(office.get(url(batch)))
    listed = f"/customers/?import={batch.number}"
    assert f'href="{listed}"' in page
    assert "查看新增的 3 家" in page

    rows = text_of(office.get(listed))
    assert all(one.code in rows for one in Customer.objects.filter(import_batch=batch))
    assert "早已有的公司" not in rows
    assert batch.number in rows

    assert "批量提交 3 家草稿" in page
    assert "新客户为草稿" in page
    address = f"/customers/bulk/?import={batch.number}&state=draft"
    assert f'action="{escape(address)}"' in page
    answer = office.post(address, {**sent_by(page, "submit-form"), "action": "submit"})
    office.post(answer.url, {})
    assert set(Customer.objects.filter(import_batch=batch).values_list("state", flat=True)) == {
        "submitted"
    }
    page = text_of(office.get(url(batch)))
    assert "submit-form" not in page
    assert "新客户为草稿" not in page


def test_more_drafts_than_are_submitted_at_once_are_only_shown(office, monkeypatch):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    batch = sent(office, complete(range(1, 4)))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))

    page = text_of(office.get(url(batch)))

    assert "查看新增的 3 家" in page
    assert "submit-form" not in page


def test_what_was_taken_back_is_not_offered(office):
    batch = sent(office, complete([1]))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    page = text_of(office.get(url(batch)))
    office.post(url(batch, "undo/"), sent_by(page, "undo-form"))

    page = text_of(office.get(url(batch)))

    assert "查看新增" not in page
    assert "submit-form" not in page


# Records


def test_the_records_name_every_import_and_hand_out_its_file(office):
    data = complete([1, 2])
    batch = sent(office, data, "二季度.xlsx")

    page = text_of(office.get(LIST))
    answer = office.get(url(batch, "file/"))

    assert batch.number in page
    assert "二季度.xlsx" in page
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Disposition"].startswith("attachment")


def test_no_records_yet_is_said(office):
    assert "还没有引入记录" in text_of(office.get(LIST))


def test_progress_without_a_job_stands_still(office):
    batch = sent(office, complete([1]))
    ImportBatch.objects.filter(pk=batch.pk).update(state="checking", job=None)

    for address in (url(batch), url(batch, "progress/")):
        page = text_of(office.get(address))
        assert "已停住" in page
        assert "resume-form" in page
    assert send(office, complete([2])).status_code == 302
