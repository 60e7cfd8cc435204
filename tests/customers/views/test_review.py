"""The reviewer's desk: queue, evidence, decision, and everything that stops one."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from core import access, extend
from core.forms.keyed import new_key
from core.models import Change
from core.models.base import writing
from core.records.record import Record
from customers.models import Customer
from customers.queries import review
from customers.services import customer as customer_service
from tests.cast import act_by, move
from tests.effort import statement

QUEUE = "/review/"
ACCOUNT = "11090334500120109"


def address(customer):
    return reverse("customers:review-show", args=[customer.pk])


def body(customer, user, decision="approve", **over):
    """What the form of the page holds for this user, with a decision."""
    return {
        "key": new_key(),
        "version": customer.version,
        "digest": review.checklist(customer, user).digest,
        "decision": decision,
        "reason": "",
        **over,
    }


def page(client, user, customer):
    client.force_login(user)
    response = client.get(address(customer))
    assert response.status_code == 200
    return response.content.decode()


def state_of(customer):
    return Customer.objects.get(pk=customer.pk).state


@pytest.fixture
def make_role_without(monkeypatch):
    """Take a right from a role for one test."""

    def make(name, permission):
        known = dict(extend.roles())
        known[name] = replace(known[name], permissions=known[name].permissions - {permission})
        monkeypatch.setattr(extend, "_roles", known)
        monkeypatch.setattr(access, "_added_up", access._added_up.__wrapped__)

    return make


@pytest.fixture
def submitted(make_customer):
    """A customer that waits for a review."""
    return make_customer("submitted")


def test_queue_opens_the_record_that_waits_longest(client, make_customer, reviewer):
    first = make_customer("submitted")
    make_customer("submitted")
    client.force_login(reviewer)

    assert client.get(QUEUE).url == address(first)


def test_empty_queue_says_so(client, reviewer):
    client.force_login(reviewer)

    response = client.get(QUEUE)

    assert response.status_code == 200
    assert "没有待审核的客户" in response.content.decode()


@pytest.mark.parametrize("who", ["clerk", "finance", "viewer", "nobody"])
def test_desk_is_for_reviewers(client, cast, submitted, who):
    client.force_login(cast[who])

    assert client.get(QUEUE).status_code == 403
    assert client.get(address(submitted)).status_code == 403
    assert client.post(address(submitted), {}).status_code == 403


def test_desk_sends_strangers_to_the_login(client, submitted):
    assert client.get(QUEUE).url.startswith(reverse("core:login"))
    assert client.post(address(submitted), {}).url.startswith(reverse("core:login"))


def test_show_of_nothing_does_not_exist(client, reviewer):
    client.force_login(reviewer)

    assert client.get("/review/999999/").status_code == 404
    assert client.post("/review/999999/", {"key": new_key()}).status_code == 404


def test_show_puts_evidence_and_full_account_numbers_on_the_table(
    client, make_customer, reviewer, world
):
    account = {"account_name": "恒信", "bank": world.bank, "account_number": ACCOUNT}
    customer = make_customer("submitted", accounts=[account])

    shown = page(client, reviewer, customer)

    assert "自动检查" in shown
    assert customer.uscc in shown
    assert "1109 0334 5001 2010 9" in shown
    results = re.findall(r'data-result="(\w+)"', shown)
    assert results == sorted(results, key=["fail", "warn", "ok"].index)


def test_show_of_a_decided_record_goes_to_its_page(client, make_customer, reviewer):
    customer = make_customer("approved")
    client.force_login(reviewer)

    response = client.get(address(customer))

    assert response.url == reverse("customers:customer-detail", args=[customer.pk])


def test_approve_keeps_what_was_seen_and_opens_the_next(client, make_customer, reviewer, submitted):
    following = make_customer("submitted")
    client.force_login(reviewer)

    response = client.post(address(submitted), body(submitted, reviewer))

    assert response.url == address(following)
    assert state_of(submitted) == "approved"
    entry = Change.objects.get(subject_id=submitted.pk, action="approve")
    assert entry.changes["evidence"]["shown"] is True
    assert entry.actor == reviewer


def test_after_the_last_of_the_queue_comes_the_first(client, make_customer, reviewer):
    first, last = make_customer("submitted"), make_customer("submitted")
    client.force_login(reviewer)

    assert client.post(address(last), body(last, reviewer)).url == address(first)
    response = client.post(address(first), body(first, reviewer), follow=True)

    assert "没有待审核的客户" in response.content.decode()
    assert "已审核" in response.content.decode()


def test_approve_and_enable_is_one_step(client, reviewer, submitted):
    client.force_login(reviewer)

    client.post(address(submitted), body(submitted, reviewer, "enable"))

    assert state_of(submitted) == "enabled"


def test_return_joins_reasons_and_opinion(client, reviewer, submitted):
    client.force_login(reviewer)

    client.post(
        address(submitted),
        body(submitted, reviewer, "return", reasons=["wrong", "credit"], reason="门牌不一致"),
    )

    assert state_of(submitted) == "returned"
    entry = Change.objects.get(subject_id=submitted.pk, action="return")
    assert entry.reason == "信息有误、信用待补 · 门牌不一致"


def test_return_asks_for_a_reason(client, reviewer, submitted):
    client.force_login(reviewer)

    response = client.post(address(submitted), body(submitted, reviewer, "return", reason=" "))

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert state_of(submitted) == "submitted"


@pytest.mark.parametrize(
    "broken",
    [
        {"reason": "a\x00b"},
        {"reason": "长" * 10_000},
        {"version": "1e309"},
        {"version": ""},
        {"digest": "x"},
        {"digest": ""},
        {"decision": "explode"},
        {"reasons": ["nope"]},
        {"reason": "\u202ex"},
        {"reason": "<script>alert(1)</script>", "digest": ""},
    ],
)
def test_decision_takes_nasty_input_without_failing(client, reviewer, submitted, broken):
    client.force_login(reviewer)

    response = client.post(
        address(submitted), body(submitted, reviewer, "return", reasons=["other"]) | broken
    )

    assert 302 <= response.status_code < 500
    assert "<script>alert(1)" not in response.content.decode()
    if response.status_code != 302:
        assert state_of(submitted) == "submitted"


def test_decision_on_what_changed_since_is_refused_and_keeps_the_opinion(
    client, reviewer, clerk, submitted
):
    sent = body(submitted, reviewer, "return", reasons=["other"], reason="请补充传真")
    moved = move(move(submitted, "withdraw", clerk), "submit", clerk)
    client.force_login(reviewer)

    response = client.post(address(submitted), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "请补充传真" in shown
    assert re.search(r'value="other"[^>]*checked', shown)
    assert f'name="version" value="{moved.version}"' in shown
    assert state_of(submitted) == "submitted"


def test_decision_on_other_evidence_is_refused(client, reviewer, submitted):
    client.force_login(reviewer)

    response = client.post(address(submitted), body(submitted, reviewer, digest="0" * 32))

    shown = response.content.decode()
    assert response.status_code == 409
    assert "自动检查的结果有变化" in shown
    assert "资料已被他人改动" not in shown
    assert state_of(submitted) == "submitted"


def test_who_may_only_return_is_offered_no_approval(client, reviewer, submitted, make_role_without):
    make_role_without("reviewer", "customers.approve_customer")

    shown = page(client, reviewer, submitted)

    assert 'value="return"' in shown
    assert 'value="approve"' not in shown


def test_an_approval_asks_each_thing_once(
    client, reviewer, submitted, django_assert_max_num_queries
):
    client.force_login(reviewer)
    sent = body(submitted, reviewer)

    with django_assert_max_num_queries(25) as asked:
        client.post(address(submitted), sent)

    assert state_of(submitted) == "approved"
    tables = ("customers_policy", "customers_usedcode", "customers_contact")
    told = [statement(one["sql"]) for one in asked]
    asked_of = [sum(f'FROM "{table}"' in sql for sql in told) for table in tables]
    assert asked_of == [1, 1, 1]


def test_second_of_two_reviewers_sees_the_record_as_it_is_now(client, reviewer, admin, submitted):
    sent = body(submitted, reviewer, "return", reason="门牌不一致")
    move(submitted, "approve", admin)
    client.force_login(reviewer)

    response = client.post(address(submitted), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert 'data-state="approved"' in shown
    assert "门牌不一致" in shown
    assert response.context["place"] is None
    assert not response.context["queue"]
    assert state_of(submitted) == "approved"


def test_decision_is_carried_out_once_per_form(client, reviewer, submitted):
    client.force_login(reviewer)
    sent = body(submitted, reviewer)

    answers = [client.post(address(submitted), sent) for _time in range(5)]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert Change.objects.filter(subject_id=submitted.pk, action="approve").count() == 1


def test_own_submission_cannot_be_approved(client, make_customer, admin):
    customer = make_customer("submitted", by=admin)

    shown = page(client, admin, customer)
    response = client.post(address(customer), body(customer, admin))

    assert re.search(r'value="approve"[^>]* disabled', shown)
    assert 'value="enable"' not in shown
    assert response.status_code == 409
    assert state_of(customer) == "submitted"


def test_equal_name_needs_a_confirmation(client, make_customer, clerk, reviewer):
    other = make_customer("submitted")
    twin = make_customer(name=other.name)
    twin = customer_service.save(
        twin.pk,
        Record({"same_name_reason": "母子公司，税号不同"}),
        version=twin.version,
        submit=True,
        act=act_by(clerk),
    )
    shown = page(client, reviewer, twin)

    refused = client.post(address(twin), body(twin, reviewer))
    assert refused.status_code == 409
    assert state_of(twin) == "submitted"
    client.post(address(twin), body(twin, reviewer, confirmed="on"))

    assert 'name="confirmed"' in shown
    assert "母子公司，税号不同" in shown
    assert state_of(twin) == "approved"


def test_red_line_disables_approving(client, reviewer, submitted):
    with writing():
        Customer.objects.filter(pk=submitted.pk).update(registered_address="")
    submitted.refresh_from_db()

    shown = page(client, reviewer, submitted)
    response = client.post(address(submitted), body(submitted, reviewer))

    assert 'data-result="fail"' in shown
    assert re.search(r'value="approve"[^>]* disabled', shown)
    assert response.status_code == 409


def test_resubmission_tells_what_changed_since_the_return(client, make_customer, clerk, reviewer):
    customer = make_customer("returned")
    customer = customer_service.save(
        customer.pk,
        Record({"short_name": "恒信新"}),
        version=customer.version,
        submit=True,
        act=act_by(clerk),
    )

    shown = page(client, reviewer, customer)

    assert "第 2 次提交" in shown
    assert "资料有误" in shown
    assert "恒信新</ins>" in shown


def test_age_is_marked_by_urgency(client, make_customer, reviewer):
    fresh, slow, late = (make_customer("submitted") for _number in range(3))
    for customer, hours in ((slow, 9), (late, 25)):
        with writing():
            Customer.objects.filter(pk=customer.pk).update(
                submitted_at=customer.submitted_at - timedelta(hours=hours)
            )

    shown = page(client, reviewer, fresh).split("</ol>")[0]

    assert re.findall(r'data-sla="(\w*)"', shown)[:3] == ["over", "warn", ""]


def test_neighbours_are_links_with_their_keys(client, make_customer, reviewer):
    first, middle, last = (make_customer("submitted") for _number in range(3))

    shown = page(client, reviewer, middle)

    assert f'href="{address(first)}" rel="prev" data-key="k"' in shown
    assert f'href="{address(last)}" rel="next" data-key="j"' in shown
    assert "第 2 / 3" in shown


def test_show_costs_the_same_with_a_long_queue(
    client, make_customer, reviewer, django_assert_max_num_queries
):
    for _number in range(15):
        make_customer("submitted")
    customer = make_customer("submitted")
    client.force_login(reviewer)
    client.get(address(customer))

    with django_assert_max_num_queries(26):
        client.get(address(customer))


def test_get_and_post_only(client, reviewer, submitted):
    client.force_login(reviewer)

    assert client.put(address(submitted)).status_code == 405
    assert client.delete(address(submitted)).status_code == 405
