"""What a reviewer is told: the head of a record, what moved meanwhile, the way back."""

import re

from django.urls import reverse

from core.records.record import Record
from customers.services import customer as customer_service
from tests.cast import act_by, move
from tests.customers.views.test_review import ACCOUNT, address, body, page, state_of, submitted

__all__ = ["submitted"]


def test_a_decision_on_a_moved_record_says_who_did_what(client, reviewer, clerk, submitted):
    sent = body(submitted, reviewer)
    move(submitted, "withdraw", clerk)
    client.force_login(reviewer)

    shown = client.post(address(submitted), sent).content.decode()

    assert "已撤销（李文静，0 分钟前）" in shown


def test_a_decision_on_moved_evidence_says_so(client, make_customer, reviewer, submitted):
    sent = body(submitted, reviewer)
    make_customer(name=submitted.name)
    client.force_login(reviewer)

    response = client.post(address(submitted), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "自动检查的结果有变化" in shown
    assert "资料已被" not in shown


def test_the_head_shows_credit_and_what_changed_since_the_return(
    client, make_customer, clerk, reviewer
):
    account = {"account_name": "恒信", "account_number": ACCOUNT}
    customer = make_customer("returned", accounts=[account])
    customer = customer_service.save(
        customer.pk,
        Record({"credit_managed": True, "credit_limit": 500_000, "credit_days": 30}),
        version=customer.version,
        submit=True,
        act=act_by(clerk),
    )

    head = page(client, reviewer, customer).split("自动检查")[0]

    assert "500,000.00" in head
    assert "30 天" in head
    assert 'href="#since"' in head


def test_enter_sends_no_decision_and_keeps_what_was_typed(client, reviewer, submitted):
    client.force_login(reviewer)

    response = client.post(
        address(submitted), body(submitted, reviewer, "stay", reason="请补充", reasons=["wrong"])
    )

    shown = response.content.decode()
    assert response.status_code == 200
    assert 'value="请补充"' in shown
    assert re.search(r'value="wrong"[^>]* checked', shown)
    assert 'id="errors"' not in shown
    assert state_of(submitted) == "submitted"


def test_the_message_after_an_approval_leads_to_the_record_and_back(client, reviewer, submitted):
    client.force_login(reviewer)

    shown = client.post(address(submitted), body(submitted, reviewer), follow=True)

    detail = reverse("customers:customer-detail", args=[submitted.pk])
    toast = shown.content.decode().split('class="toast"')[1].split("</div>")[0]
    assert f'<a href="{detail}">打开记录</a>' in toast
    assert f'<a href="{detail}?ask=reopen">反审核</a>' in toast
    asked = client.get(f"{detail}?ask=reopen").content.decode()
    assert re.search(r'<textarea[^>]*name="reason"[^>]*data-focus-on-load', asked)
    assert "data-focus-on-load" not in client.get(f"{detail}?ask=enable").content.decode()
