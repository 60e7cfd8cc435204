"""The desk of change requests: queues, the difference alone, the decision, and what stops one."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from core.aggregate import RowInput
from core.forms.keyed import new_key
from core.models import Change
from core.models.base import writing
from customers.models import Customer, CustomerChange
from customers.queries import waiting
from customers.services import changes
from tests.cast import enter, set_raw
from tests.customers.asking import ask, decide
from tests.effort import statement

QUEUE = "/review/"
OLD, OTHER = "6222020200112233445", "6222020200998877665"


def address(change):
    return reverse("customers:change-review", args=[change.pk])


def body(change, user, decision="approve", **over):
    """What the form of the page holds for this user, with a decision."""
    digest = changes.judgement([CustomerChange.objects.get(pk=change.pk)], user)[change.pk].digest
    return {
        "key": new_key(),
        "version": change.version,
        "digest": digest,
        "decision": decision,
        "reason": "",
        **over,
    }


def page(client, user, change):
    client.force_login(user)
    response = client.get(address(change))
    assert response.status_code == 200
    return response.content.decode()


def state_of(change):
    return CustomerChange.objects.get(pk=change.pk).state


def renamed(customer, user, name="北京改名有限公司", **more):
    return ask(customer, user, {"name": name}, **more)


def with_account(customer, user, number=OTHER, **more):
    [stored] = customer.bank_accounts.all()
    new = RowInput(None, {"account_number": number, "account_name": "北京恒信"})
    return ask(customer, user, rows={"bank_accounts": [RowInput(stored.pk, {}), new]}, **more)


@pytest.fixture
def customer(make_enabled):
    return make_enabled()


def test_what_differs_is_shown_and_the_rest_is_folded(client, customer, clerk, reviewer):
    change = renamed(customer, clerk)

    shown = page(client, reviewer, change)

    assert f"<del>{customer.name}</del>" in shown
    assert "<ins>北京改名有限公司</ins>" in shown
    assert "客户来函" in shown
    assert "审核前，继续使用原值" in shown
    folded = shown[shown.index('<details class="panel') :]
    assert customer.uscc in folded
    assert "北京改名" not in folded[: folded.index("</details>")]


def test_rows_come_change_and_go(client, make_enabled, finance, reviewer, world):
    first = {"account_number": OLD, "account_name": "甲", "bank": world.bank}
    second = {"account_number": "6222020200112200000", "account_name": "乙", "branch": "支行"}
    customer = enter(world, finance, "enabled", accounts=[first, second])
    kept, _gone = customer.bank_accounts.order_by("line")
    rows = [
        RowInput(kept.pk, {"branch": "中关村支行"}),
        RowInput(None, {"account_number": OTHER, "account_name": "丙", "bank": world.bank}),
    ]
    change = ask(customer, finance, rows={"bank_accounts": rows})

    shown = page(client, reviewer, change)

    operations = re.findall(r'<tr data-op="(\w+)"', shown)
    assert sorted(operations) == ["add", "del", "mod"]
    assert "<del>—</del> → <ins>中关村支行</ins>" in shown
    assert "6222 0202 0099 8877 665" in shown
    assert "6222 0202 0011 2200 000" in shown


def test_money_flags_and_references_are_told_in_words(client, customer, finance, reviewer, admin):
    values = {"credit_managed": True, "credit_limit": 50_000, "credit_days": 30}
    change = ask(customer, finance, values)

    shown = page(client, reviewer, change)

    assert re.search(r"<ins><span class=\"nums\">50,000.00</span></ins> CNY", shown)
    assert re.search(r"<del>否</del>.*?<ins>是</ins>", shown, re.DOTALL)
    assert "首次设置信用额度" in shown


@pytest.mark.parametrize("who", ["clerk", "outsider", "finance", "viewer", "nobody"])
def test_desk_is_for_those_who_decide(client, cast, customer, clerk, who):
    change = renamed(customer, clerk)
    client.force_login(cast[who])

    assert client.get(QUEUE).status_code == 403
    assert client.get(address(change)).status_code == 403
    assert client.post(address(change), {}).status_code == 403


def test_desk_sends_strangers_to_the_login(client, customer, clerk):
    assert client.get(address(renamed(customer, clerk))).url.startswith(reverse("core:login"))


def test_show_of_nothing_does_not_exist(client, reviewer):
    client.force_login(reviewer)

    assert client.get("/review/changes/999999/").status_code == 404
    assert client.post("/review/changes/999999/", {"key": new_key()}).status_code == 404


def test_a_decided_change_goes_to_its_page(client, customer, clerk, reviewer, admin):
    change = renamed(customer, clerk)
    decide(change, "approve", admin)
    client.force_login(reviewer)

    response = client.get(address(change))

    assert response.url == reverse("customers:change-detail", args=[change.pk])


def test_approve_keeps_what_was_seen_and_opens_the_next(
    client, customer, make_enabled, clerk, reviewer
):
    first, second = renamed(customer, clerk), renamed(make_enabled(), clerk, "北京新名有限公司")
    client.force_login(reviewer)

    response = client.post(address(first), body(first, reviewer))

    assert response.url == address(second)
    assert Customer.objects.get(pk=customer.pk).name == "北京改名有限公司"
    entry = Change.objects.get(subject_type="customers.customerchange", action="approve")
    assert entry.changes["evidence"]["shown"] is True


def test_after_the_last_of_one_queue_another_one_opens(client, customer, clerk, finance, reviewer):
    first, second = renamed(customer, clerk), with_account(customer, finance)
    client.force_login(reviewer)

    response = client.post(address(first), body(first, reviewer), follow=True)

    assert response.redirect_chain[-1][0] == address(second)


def test_return_joins_reasons_and_opinion(client, customer, clerk, reviewer):
    change = renamed(customer, clerk)
    client.force_login(reviewer)

    sent = body(change, reviewer, "return", reasons=["unproved"], reason="附变更函")
    client.post(address(change), sent)

    assert state_of(change) == "returned"
    entry = Change.objects.get(subject_type="customers.customerchange", action="return")
    assert entry.reason == "缺少证明 · 附变更函"
    decide(change, "submit", clerk)
    assert "附变更函" in page(client, reviewer, change)


@pytest.mark.parametrize(
    "broken",
    [
        {"reason": " "},
        {"reason": "a\x00b"},
        {"reason": "长" * 10_000},
        {"version": "1e309"},
        {"digest": ""},
        {"decision": "enable"},
        {"decision": "explode"},
        {"reasons": ["nope"]},
        {"reason": "<script>alert(1)</script>", "digest": ""},
    ],
)
def test_decision_takes_nasty_input_without_failing(client, customer, clerk, reviewer, broken):
    change = renamed(customer, clerk)
    client.force_login(reviewer)

    response = client.post(address(change), body(change, reviewer, "return") | broken)

    assert response.status_code == 422
    assert "<script>alert(1)" not in response.content.decode()
    assert state_of(change) == "submitted"


def test_decision_on_another_version_is_refused_and_keeps_the_opinion(
    client, customer, clerk, reviewer, admin
):
    change = renamed(customer, clerk)
    sent = body(change, reviewer, "return", reasons=["other"], reason="请补充变更函")
    back = decide(change, "return", admin, "请改正")
    renamed(customer, clerk, "北京再名有限公司", request=back.pk, version=back.version)
    client.force_login(reviewer)

    response = client.post(address(change), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "请补充变更函" in shown
    assert re.search(r'value="other"[^>]*checked', shown)
    assert "<ins>北京再名有限公司</ins>" in shown
    assert state_of(change) == "submitted"


def test_what_somebody_else_wrote_meanwhile_stands_beside_and_is_not_approved(
    client, customer, clerk, reviewer
):
    change = renamed(customer, clerk)
    sent = body(change, reviewer)
    set_raw(customer, name="北京旁人有限公司")
    client.force_login(reviewer)

    response = client.post(address(change), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "自动检查的结果有变化" in shown
    assert re.search(r"其间已改为：\s*北京旁人有限公司", shown)
    assert re.search(r'value="approve"[^>]* disabled', shown)
    assert state_of(change) == "submitted"


def test_a_row_that_is_gone_or_came_otherwise_is_marked(client, customer, finance, reviewer):
    change = with_account(customer, finance)
    [stored] = customer.bank_accounts.all()
    with writing():
        stored.account_number = OTHER
        stored.save()

    shown = page(client, reviewer, change)

    assert "其间已被他人修改" in shown
    assert re.search(r'value="approve"[^>]* disabled', shown)


def test_decision_on_other_evidence_is_refused(client, customer, clerk, reviewer):
    change = renamed(customer, clerk)
    client.force_login(reviewer)

    response = client.post(address(change), body(change, reviewer, digest="0" * 32))

    assert response.status_code == 409
    assert "自动检查的结果有变化" in response.content.decode()
    assert state_of(change) == "submitted"


def test_decision_is_carried_out_once_per_form(client, customer, clerk, reviewer):
    change = renamed(customer, clerk)
    client.force_login(reviewer)
    sent = body(change, reviewer)

    answers = [client.post(address(change), sent) for _time in range(4)]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert Change.objects.filter(subject_id=customer.pk, action="amend").count() == 1


def test_an_approval_reads_the_customer_once_to_judge_and_once_to_write(
    client, customer, clerk, reviewer, django_assert_max_num_queries
):
    change = renamed(customer, clerk)
    sent = body(change, reviewer)
    client.force_login(reviewer)

    with django_assert_max_num_queries(36) as asked:
        client.post(address(change), sent)

    assert state_of(change) == "approved"
    told = [statement(one["sql"]) for one in asked]
    tables = ("customers_contact", "customers_bankaccount")
    assert [sum(f'FROM "{table}"' in sql for sql in told) for table in tables] == [2, 2]


def test_own_request_cannot_be_approved(client, customer, admin):
    change = renamed(customer, admin)

    shown = page(client, admin, change)
    response = client.post(address(change), body(change, admin))

    assert re.search(r'value="approve"[^>]* disabled', shown)
    assert response.status_code == 409
    assert state_of(change) == "submitted"


def test_equal_name_needs_a_confirmation(client, customer, make_enabled, clerk, reviewer):
    other = make_enabled()
    change = ask(customer, clerk, {"name": other.name, "same_name_reason": "母子公司"})

    shown = page(client, reviewer, change)
    refused = client.post(address(change), body(change, reviewer))
    assert refused.status_code == 409
    assert state_of(change) == "submitted"
    client.post(address(change), body(change, reviewer, confirmed="on"))

    assert 'name="confirmed"' in shown
    assert state_of(change) == "approved"


def test_a_day_to_come_is_told(client, customer, clerk, reviewer):
    day = timezone.localdate() + datetime.timedelta(days=10)
    change = renamed(customer, clerk, holds_from=day)

    assert day.isoformat() in page(client, reviewer, change)
    client.post(address(change), body(change, reviewer))

    assert Customer.objects.get(pk=customer.pk).name == customer.name
    detail = client.get(reverse("customers:change-detail", args=[change.pk])).content.decode()
    assert "待生效" in detail


def test_each_tab_opens_its_own_queue(client, customer, make_customer, clerk, finance, reviewer):
    new, data = make_customer("submitted"), renamed(customer, clerk)
    account = with_account(customer, finance)
    client.force_login(reviewer)

    found = {one.name: client.get(QUEUE, {"queue": one.name}).url for one in waiting.QUEUES}

    assert found == {
        "new": reverse("customers:review-show", args=[new.pk]),
        "data": address(data),
        "accounts": address(account),
    }
    for path in found.values():
        shown = " ".join(client.get(path).content.decode().split())
        for label in ("新客户 1", "变更 1", "银行变更 1"):
            assert f"{label}</a>" in shown
    assert waiting.badge(reviewer) == 3


def test_the_desk_of_changes_without_a_key_opens_the_first(client, customer, clerk, reviewer):
    change = renamed(customer, clerk)
    client.force_login(reviewer)

    assert client.get("/review/changes/", follow=True).redirect_chain[-1][0] == address(change)

    decide(change, "approve", reviewer)
    assert "没有待审核的变更" in client.get("/review/changes/", follow=True).content.decode()


def test_the_desk_of_changes_opens_those_of_accounts_where_no_other_waits(
    client, customer, finance, reviewer
):
    change = with_account(customer, finance)
    client.force_login(reviewer)

    assert client.get("/review/changes/", follow=True).redirect_chain[-1][0] == address(change)


def test_an_empty_queue_says_so_and_leads_to_the_others(client, customer, clerk, reviewer):
    renamed(customer, clerk)
    client.force_login(reviewer)

    shown = client.get(QUEUE, {"queue": "accounts"}).content.decode()

    assert "没有待审核的银行变更" in shown
    assert "?queue=data" in shown


def test_who_only_edited_a_request_is_told_that(client, customer, clerk, make_user, admin):
    change = renamed(customer, clerk, submit=False)
    editor = make_user("editor", "clerk", "reviewer")
    edited = {"request": change.pk, "version": change.version}
    ask(customer, editor, {"name": "北京又改名有限公司"}, submit=False, **edited)
    decide(change, "submit", clerk)

    shown = page(client, editor, change)

    assert re.search(r'value="approve"[^>]* disabled', shown)
    assert "您修改过这条变更申请，须由他人审核。" in shown
    assert "您修改过这条申请" in shown
    assert "由您申请" not in shown
    decide(change, "return", admin, "再核实")
    decide(change, "submit", editor)
    assert "您提交了这条变更，须由他人审核。" in page(client, editor, change)


def test_who_asked_is_told_that(client, customer, admin):
    shown = page(client, admin, renamed(customer, admin))

    assert "这条变更由您申请，须由他人审核。" in shown
