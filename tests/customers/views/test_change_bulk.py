"""Change requests decided and taken back many at once, on the common page of a selection."""

import re

import pytest
from django.urls import reverse

from core.aggregate import RowInput
from core.models import Change
from core.records import bulk
from customers.models import Customer, CustomerChange
from tests.customers.asking import ask

START = "/changes/bulk/"


@pytest.fixture
def carried_out(client):
    """Choose requests as a user, confirm with a reason; gives the pages before and after."""

    def post(user, action, changes, reason=""):
        client.force_login(user)
        data = {"action": action, "pks": [one.pk for one in changes]}
        confirm = client.post(START, data)
        asked = client.get(confirm.url).content.decode()
        return asked, client.post(confirm.url, {"reason": reason}, follow=True).content.decode()

    return post


@pytest.fixture
def asked(make_enabled, clerk):
    """Three requests for other names."""
    return [ask(make_enabled(), clerk, {"name": f"北京改名第{n}有限公司"}) for n in range(3)]


def states(changes):
    found = CustomerChange.objects.in_bulk([one.pk for one in changes])
    return [found[one.pk].state for one in changes]


def test_requests_are_approved_together_and_the_history_says_unseen(
    client, carried_out, asked, reviewer
):
    before, after = carried_out(reviewer, "approve", asked)

    assert "此处只显示存疑的核对项" in before
    assert "3 成功" in after
    assert states(asked) == ["approved"] * 3
    assert Customer.objects.filter(name__startswith="北京改名第").count() == 3
    entries = Change.objects.filter(subject_type="customers.customerchange", action="approve")
    assert [entry.changes["evidence"]["shown"] for entry in entries] == [False] * 3
    assert len({entry.operation for entry in entries}) == 1
    page = client.get(reverse("customers:change-detail", args=[asked[0].pk])).content.decode()
    assert "未显示核对依据" in page


def test_own_ones_and_equal_names_are_refused_each(carried_out, asked, make_enabled, admin, clerk):
    own = ask(make_enabled(), admin, {"name": "北京自改有限公司"})
    twin = ask(make_enabled(), clerk, {"name": "北京同名有限公司"})
    make_enabled(name="北京同名有限公司")

    _before, after = carried_out(admin, "approve", [asked[0], own, twin])

    assert "1 成功" in after
    assert "2 失败" in after
    assert states([asked[0], own, twin]) == ["approved", "submitted", "submitted"]


def test_whose_account_it_is_and_what_is_doubtful_is_read_before(
    carried_out, make_enabled, finance, reviewer
):
    customer = make_enabled()
    [stored] = customer.bank_accounts.all()
    new = RowInput(None, {"account_number": "6217000000000000099", "account_name": "同户名"})
    rows = {"bank_accounts": [RowInput(stored.pk, {}), new]}
    change = ask(customer, finance, rows=rows)

    before, _after = carried_out(reviewer, "approve", [change])

    assert customer.name in before
    assert "首次使用的账户" in before
    assert "户名与客户名称" in before


def test_the_list_says_what_shall_stand_there(client, asked, reviewer):
    client.force_login(reviewer)

    shown = client.get("/changes/").content.decode()

    assert "客户名称 → 北京改名第1有限公司" in shown


def test_of_more_than_move_at_once_the_first_are_offered_and_then_the_rest(
    client, carried_out, asked, reviewer, monkeypatch
):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    client.force_login(reviewer)
    url = "/changes/?state=submitted&sort=code"
    page = client.get(url).content.decode()
    assert re.findall('name="all" value="([^"]*)"', page) == ["first"]
    assert "共 3 条中的前 2 条（一次最多处理这么多）" in page

    codes, rest = [one.code for one in asked], {"action": "return", "all": "first"}
    start = client.post("/changes/bulk/?state=submitted&sort=code", rest)
    confirm = client.get(start.url).content.decode()
    client.post(start.url, {"reason": "再核实"})

    assert "共 3 条符合条件，这里是前 2 条" in confirm
    assert [code in confirm for code in sorted(codes)] == [True, True, False]
    page = client.get(url).content.decode()
    assert re.findall('name="all" value="([^"]*)"', page) == ["1"]
    last = client.post("/changes/bulk/?state=submitted&sort=code", rest)
    assert "符合条件" not in client.get(last.url).content.decode()
    client.post(last.url, {"reason": "再核实"})
    assert not CustomerChange.objects.filter(state="submitted").exists()


def test_requests_are_returned_with_one_reason(carried_out, asked, reviewer):
    carried_out(reviewer, "return", asked, "缺少变更函")

    assert states(asked) == ["returned"] * 3
    entries = Change.objects.filter(subject_type="customers.customerchange", action="return")
    assert {entry.reason for entry in entries} == {"缺少变更函"}


def test_who_asked_takes_many_back(carried_out, asked, clerk, colleague):
    carried_out(colleague, "withdraw", asked[:1])
    assert states(asked[:1]) == ["submitted"]

    carried_out(clerk, "withdraw", asked)

    assert states(asked) == ["withdrawn"] * 3


@pytest.mark.parametrize("who", ["clerk", "finance", "viewer"])
def test_others_decide_on_none(client, cast, asked, who):
    client.force_login(cast[who])

    answer = client.post(START, {"action": "approve", "pks": [one.pk for one in asked]})

    assert answer.status_code == 403
    assert states(asked) == ["submitted"] * 3
