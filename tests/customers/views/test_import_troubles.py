"""Imports in trouble, on their pages: standing still, waiting for a try, refused, without rows."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core import faults, jobs, saving
from core.jobs import worker
from core.models import Job, WorkerBeat
from customers.imports import desk
from customers.models import Customer, ImportBatch
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by
from tests.customers.imports.filled import CUSTOMERS, complete, customer_row, press, workbook
from tests.customers.views.imports import form_of, send, sent, url
from tests.customers.views.page_form import sent_by

pytestmark = pytest.mark.django_db


def page(office, batch, part=""):
    answer = office.get(url(batch, part))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def failing(office, settings):
    """An import that is being taken back, which failed once; a worker is there."""
    settings.IMPORT_CHUNK = 2
    batch = sent(office, complete(range(6)))
    settings.IMPORT_REQUEST_SECONDS = 0
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    for fault in (*["import.write.finish:1"] * 3, "import.undo.chunk:1"):
        batch.refresh_from_db()
        with faults.armed(f"raise@{fault}"):
            jobs.run_here(batch.job)
    worker.Heart().beat()
    return ImportBatch.objects.get(pk=batch.pk)


# Set going again


def test_a_taking_back_that_fails_says_so_and_can_be_tried_at_once(office, failing):
    told = page(office, failing, "progress/")
    assert "等待重试" in told
    assert "连续 1 次没有成功" in told
    assert "参考号" in told
    assert "会一直重试，直到全部撤回" in told
    assert "已写入的内容正在撤回" in told
    assert "import-cancel" not in told
    assert url(failing, "cancel/") not in told

    answer = office.post(url(failing, "resume/"), sent_by(told, "resume-form"))

    assert (answer.status_code, answer.url) == (302, url(failing))
    told = page(office, failing)
    assert "排队等待" in told
    assert "resume-form" not in told
    jobs.run_waiting()
    assert "本次引入没有成功" in page(office, failing)
    assert not Customer.objects.exists()


def test_an_import_that_stands_still_has_a_button(office, failing):
    Job.objects.update(state="failed", finished_at=timezone.now())

    told = page(office, failing)
    assert "已停住" in told
    assert "后台会自动接着做" in told

    office.post(url(failing, "resume/"), sent_by(told, "resume-form"))
    jobs.run_waiting()

    failing.refresh_from_db()
    assert failing.state == "failed"
    assert not Customer.objects.exists()


def test_without_a_worker_the_page_says_that_nothing_goes_on(office, failing):
    WorkerBeat.objects.all().delete()

    assert "后台进程没有运行" in page(office, failing)


def test_what_needs_no_help_cannot_be_set_going(office):
    batch = sent(office, complete([1]))
    form = form_of(office, batch, "write-form")

    assert office.post(url(batch, "resume/"), form).status_code == 422
    assert office.get(url(batch, "resume/")).status_code == 405


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("reviewer", 403)])
def test_who_may_not_import_sets_nothing_going(client, cast, failing, role, status):
    client.force_login(cast[role])

    assert client.post(url(failing, "resume/"), {}).status_code == status


def test_an_undo_that_was_refused_leaves_the_import_done_and_says_why(office, admin, settings):
    batch = sent(office, complete(range(3)))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    settings.IMPORT_REQUEST_SECONDS = 0
    office.post(url(batch, "undo/"), form_of(office, batch, "undo-form", ""))
    groups = list(admin.groups.all())
    admin.groups.clear()
    jobs.run_waiting()
    admin.groups.set(groups)

    told = page(office, batch)

    assert "本次引入没有全部撤销" in told
    assert "undo-form" in told
    assert Customer.objects.count() == 3


# Without rows

HEADS = {name: workbook({"客户": [CUSTOMERS]}) for name in ("客户.xlsx",)} | {
    "客户.csv": ",".join(CUSTOMERS).encode() + b"\n"
}


@pytest.mark.parametrize("name", HEADS)
def test_a_table_of_heads_alone_says_so_and_offers_another_upload(office, name):
    batch = sent(office, HEADS[name], name)

    assert batch.state == "failed"
    for query in ("", "?step=check", "?sheet=0", "?step=columns"):
        told = office.get(url(batch) + query)
        assert told.status_code == 200
        assert "没有数据行" in told.content.decode()
        assert f"/customers/imports/add/?like={batch.pk}" in told.content.decode()


def test_a_template_without_its_sample_says_so(office):
    heads = {"客户": [CUSTOMERS, ["", "", ""]], "联系人": [["客户编码", "姓名"]]}

    batch = sent(office, workbook(heads))

    assert (batch.state, Customer.objects.count()) == ("failed", 0)
    assert "没有数据行" in page(office, batch)


def test_an_import_without_rows_from_before_can_be_read_and_put_aside(office):
    batch = sent(office, complete([1]))
    batch.blocks.all().delete()
    batch.plans.all().delete()
    ImportBatch.objects.update(counts={"sheets": {}, "customers": {}, "seconds": 1})

    for query in ("?step=check", "?sheet=0"):
        told = office.get(url(batch) + query).content.decode()
        assert "没有数据行" in told
    office.post(url(batch, "cancel/"), sent_by(told, "discard-form"))

    batch.refresh_from_db()
    assert batch.state == "cancelled"


# Refused


@pytest.mark.parametrize("size", [2, 500])
def test_a_refused_write_shows_a_new_check_and_can_be_repeated(office, clerk, settings, size):
    settings.IMPORT_CHUNK = size
    office.post(
        url(first := sent(office, complete(range(1, 5))), "write/"),
        form_of(office, first, "write-form"),
    )
    batch = sent(office, complete(range(1, 5), 备注="从文件"))
    one = Customer.objects.get(name="南京第2号机械有限公司")
    saving.change(
        AGGREGATE,
        one.pk,
        {"remark": "文员又改了", "short_name": "二号"},
        version=one.version,
        act=act_by(clerk),
    )

    answer = office.post(url(batch, "write/"), form_of(office, batch, "write-form"), follow=True)

    told = answer.content.decode()
    assert "没有写入" in told
    assert f"{clerk.display_name}在此之后改了：" in told
    assert str(AGGREGATE.root._meta.get_field("remark").verbose_name) in told
    assert "文员又改了" in told  # the value that would be replaced
    assert not Customer.objects.filter(remark="从文件").exists()
    batch.refresh_from_db()
    assert batch.state == "checked"

    answer = office.post(url(batch, "write/"), sent_by(told, "write-form"), follow=True)

    assert "已写入 4 家客户" in answer.content.decode()
    assert Customer.objects.filter(remark="从文件").count() == 4


def test_what_stood_against_a_write_is_forgotten_with_the_next_check(office, admin, clerk):
    batch = sent(office, complete([1, 2]))
    other = sent(office, complete([2]))
    office.post(url(other, "write/"), form_of(office, other, "write-form"))
    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    batch.refresh_from_db()
    assert desk.summary(batch).moved
    assert desk.summary(batch).customers.unchanged == 1  # it is there now

    row = batch.blocks.first().first + 1
    batch = desk.fix_cell(batch, 0, row, 2, "南京第9号机械有限公司", press(admin))

    assert not desk.summary(batch).moved


def test_a_refused_write_of_the_worker_is_checked_anew_by_the_worker(office, settings):
    batch = sent(office, complete([1, 2]))
    other = sent(office, complete([2]))
    office.post(url(other, "write/"), form_of(office, other, "write-form"))
    settings.IMPORT_REQUEST_SECONDS = 0

    office.post(url(batch, "write/"), form_of(office, batch, "write-form"))
    assert "data-progress" in page(office, batch)
    jobs.run_waiting()

    batch.refresh_from_db()
    assert batch.state == "checked"
    assert desk.summary(batch).moved
    assert not Job.objects.filter(state__in=Job.OPEN).exists()


def test_one_more_row_is_enough(office):
    batch = sent(office, workbook({"客户": [CUSTOMERS, customer_row(1)]}))

    assert batch.state == "checked"
    assert send(office, workbook({"客户": [CUSTOMERS]})).status_code == 302
