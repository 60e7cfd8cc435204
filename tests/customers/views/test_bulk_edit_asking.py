"""The page of a bulk edit where customers are in force: the reason, the requests, taken back."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Change
from customers.models import Customer, CustomerChange
from tests.cast import move
from tests.customers.asking import ask
from tests.customers.views.test_bulk_edit import chosen, edit_of, looked, text, write

__all__ = ["chosen", "looked"]
pytestmark = pytest.mark.django_db
DAYS = {"credit_days": "45"}


@pytest.fixture
def customers(make_customer):
    return [make_customer("enabled"), make_customer("disabled"), make_customer()]


def test_the_preview_tells_of_requests_and_wants_the_reason(
    client, looked, customers, finance, clerk
):
    held = ask(customers[0], finance, {"credit_days": 7})
    answer = looked(finance, customers, **DAYS)

    page = text(client.get(answer.url))
    refused = write(client, answer, reason=" ")

    assert "1 条记录已生效" in page
    assert "修改 1 条，申请变更 1 条" in page
    assert "信用期限：" in page
    assert held.code in page
    assert re.search("信用期限 ◆</span> <span>—</span> → <ins>45</ins>", page)
    assert refused.status_code == 422
    assert "请填写变更理由" in text(refused)
    assert re.search('<textarea name="reason"[^>]*aria-invalid="true"', text(refused))
    assert not Change.objects.filter(operation=edit_of(answer).pk).exists()


def test_the_result_leads_to_each_request_and_to_all_of_them(
    client, looked, customers, finance, reviewer
):
    answer = looked(finance, customers, **DAYS, reason="统一账期")
    assert "统一账期</textarea>" in text(client.get(answer.url))

    result = text(write(client, answer, reason="统一账期为 45 天"))

    assert "已修改 1 条，已申请变更 2 条" in result
    requests = CustomerChange.objects.order_by("pk")
    assert {one.reason for one in requests} == {"统一账期为 45 天"}
    for one in requests:
        assert f'href="/changes/{one.pk}/">{one.code}</a>' in result
    [together] = re.findall(r'href="(/changes/\?edit=[^"]*)"', result)
    other = ask(customers[1], finance, {"credit_limit": 9})
    client.force_login(reviewer)
    listed = text(client.get(together))
    assert [one.code in listed for one in (*requests, other)] == [True, True, False]
    assert str(finance) in listed
    assert "来自批量修改" in listed
    assert "来自批量修改" not in text(client.get("/changes/"))
    page = text(client.get(f"/changes/{requests[0].pk}/"))
    assert f'href="{together}"' in page
    assert "/changes/?edit=" not in text(client.get(f"/changes/{other.pk}/"))


@pytest.mark.parametrize("key", ["x", uuid.UUID(int=7)])
def test_of_no_edit_there_are_no_requests(client, customers, finance, key):
    request = ask(customers[0], finance, {"credit_days": 7})
    client.force_login(finance)

    assert request.code not in text(client.get(f"/changes/?edit={key}"))


def test_taking_back_tells_what_was_withdrawn(client, looked, customers, finance):
    answer = looked(finance, customers, **DAYS, reason="统一账期")
    result = text(write(client, answer))

    undone = client.post(answer.url, {"step": "undo"}, follow=True)

    assert "尚未审核的变更申请将被撤销" in result
    assert "已恢复原值 1 条，仅撤销变更申请 2 条" in text(undone)
    assert "申请已撤销" in text(undone)
    assert set(CustomerChange.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert not Customer.objects.filter(credit_days=45).exists()
    mine = text(client.get("/customers/bulk/edits/"))
    labels = "已修改", "已申请变更", "未修改"
    numbers = [re.findall(f'data-label="{one}" class="num">([^<]*)<', mine) for one in labels]
    assert numbers == [["3", "1"], ["—", "2"], ["0", "0"]]


def test_a_reason_of_drafts_is_not_asked_for(client, looked, make_customer, finance):
    answer = looked(finance, [make_customer()], **DAYS)

    assert 'name="reason"' not in text(client.get(answer.url))
    assert "已修改 1 条记录" in text(write(client, answer))


def test_flags_are_chosen_and_shown_again(client, looked, make_customer, finance):
    customer = make_customer(credit_managed=True)
    answer = looked(finance, [customer], credit_managed="0")

    again = text(client.get(f"{answer.url}?fields=1"))
    write(client, answer)

    assert re.search('<option value="0" selected', again)
    assert Customer.objects.get().credit_managed is False


def test_one_that_changed_meanwhile_is_refused(client, looked, customers, finance, admin):
    answer = looked(finance, customers[:1], **DAYS, reason="统一账期")
    move(customers[0], "disable", admin)

    result = write(client, answer)

    assert "选中之后 何嘉 改动过" in text(result)
    assert not CustomerChange.objects.exists()


def test_queries_of_the_pages_do_not_grow(client, looked, make_customer, finance):
    def queries(answer):
        client.get(answer.url)
        with CaptureQueriesContext(connection) as seen:
            client.get(answer.url)
        return len(seen)

    few, many = (
        looked(finance, [make_customer("enabled") for _ in range(number)], **DAYS, reason="账期")
        for number in (2, 12)
    )

    assert queries(many) == queries(few) <= 20
    for answer in (few, many):
        write(client, answer)
    assert queries(many) == queries(few) <= 20
