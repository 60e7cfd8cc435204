"""Moves of one customer over HTTP: every row of the table, and everything that stops one."""

import pytest
from django.urls import reverse

from core.forms.keyed import new_key
from core.models import Change
from customers.models import Customer
from tests.cast import move

MOVES = [
    ("draft", "submit", "clerk", "submitted"),
    ("submitted", "withdraw", "clerk", "draft"),
    ("submitted", "return", "reviewer", "returned"),
    ("approved", "enable", "reviewer", "enabled"),
    ("enabled", "disable", "reviewer", "disabled"),
    ("disabled", "enable", "reviewer", "enabled"),
    ("approved", "reopen", "reviewer", "returned"),
]


def address(customer, name):
    return reverse("customers:customer-do", args=[customer.pk, name])


def body(customer, reason="资料不全", **over):
    return {"key": new_key(), "version": customer.version, "reason": reason, **over}


@pytest.mark.parametrize(("state", "name", "who", "target"), MOVES)
def test_do_moves_the_record(client, make_customer, cast, state, name, who, target):
    customer = make_customer(state)
    client.force_login(cast[who])

    response = client.post(address(customer, name), body(customer))

    assert response.status_code == 302
    assert response.url == reverse("customers:customer-detail", args=[customer.pk])
    customer.refresh_from_db()
    assert customer.state == target
    entry = Change.objects.get(subject_id=customer.pk, version=customer.version)
    assert (entry.action, entry.actor, entry.source, entry.reason) == (
        name,
        cast[who],
        "form",
        "资料不全",
    )


def test_do_says_what_was_done(client, make_customer, clerk):
    customer = make_customer()
    client.force_login(clerk)

    response = client.post(address(customer, "submit"), body(customer), follow=True)

    assert f"已提交：{customer.name}" in response.content.decode()


def test_do_deletes_and_goes_to_the_list(client, make_customer, clerk):
    customer = make_customer()
    client.force_login(clerk)

    response = client.post(address(customer, "delete"), body(customer))

    assert (response.status_code, response.url) == (302, reverse("customers:customer-list"))
    assert not Customer.objects.filter(pk=customer.pk).exists()


def test_do_deletes_once_however_often_it_is_sent(client, make_customer, clerk):
    customer = make_customer()
    client.force_login(clerk)
    sent = body(customer)

    answers = [client.post(address(customer, "delete"), sent) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert Change.objects.filter(subject_id=customer.pk, action="delete").count() == 1


def test_do_is_carried_out_once_per_form(client, make_customer, clerk):
    customer = make_customer()
    client.force_login(clerk)
    sent = body(customer)

    answers = [client.post(address(customer, "submit"), sent) for _time in range(5)]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert Change.objects.filter(subject_id=customer.pk, action="submit").count() == 1


def test_do_refuses_the_key_of_another_form(client, make_customer, reviewer):
    customer = make_customer("enabled")
    client.force_login(reviewer)
    sent = body(customer)
    client.post(address(customer, "disable"), sent)

    response = client.post(address(customer, "disable"), {**sent, "reason": "另一个原因"})

    assert response.status_code == 409
    assert "另一个原因" in response.content.decode()


def test_do_asks_for_the_reason(client, make_customer, reviewer):
    customer = make_customer("enabled")
    client.force_login(reviewer)

    response = client.post(address(customer, "disable"), body(customer, reason="  "))

    assert response.status_code == 422
    assert "disable-reason" in response.content.decode()
    customer.refresh_from_db()
    assert customer.state == "enabled"


@pytest.mark.parametrize(
    "broken",
    [
        {"reason": "a\x00b"},
        {"reason": "长" * 10_000},
        {"version": "1e309"},
        {"version": ""},
        {"version": "-1"},
        {"version": "9" * 40},
        {"reason": "\u202ex\u2066"},
    ],
)
def test_do_takes_nasty_input_without_failing(client, make_customer, reviewer, broken):
    customer = make_customer("enabled")
    client.force_login(reviewer)

    response = client.post(address(customer, "disable"), body(customer) | broken)

    assert 302 <= response.status_code < 500
    if response.status_code != 302:
        customer.refresh_from_db()
        assert customer.state == "enabled"


def test_do_without_a_key_is_a_bad_request(client, make_customer, reviewer):
    customer = make_customer("approved")
    client.force_login(reviewer)
    sent = body(customer)
    del sent["key"]

    assert client.post(address(customer, "enable"), sent).status_code in (400, 422)
    customer.refresh_from_db()
    assert customer.state == "approved"


def test_do_with_an_old_version_keeps_the_reason_and_shows_the_record_as_it_is(
    client, make_customer, reviewer, admin
):
    customer = make_customer("enabled")
    sent = body(customer, reason="长期没有业务")
    moved = move(move(customer, "disable", admin), "enable", admin)
    client.force_login(reviewer)

    response = client.post(address(customer, "disable"), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "长期没有业务" in shown
    assert f'name="version" value="{moved.version}"' in shown
    assert sent["key"] not in shown
    customer.refresh_from_db()
    assert customer.state == "enabled"


def test_loser_sees_why_the_move_is_gone(client, make_customer, reviewer, admin):
    customer = make_customer("enabled")
    sent = body(customer)
    move(customer, "disable", admin)
    client.force_login(reviewer)

    response = client.post(address(customer, "disable"), sent)

    assert response.status_code == 409
    assert 'aria-describedby="barred"' in response.content.decode()


def test_do_refused_by_a_guard_tells_every_reason(client, make_customer, clerk):
    customer = make_customer(registered_address="", salesperson=None)
    client.force_login(clerk)

    response = client.post(address(customer, "submit"), body(customer))

    shown = response.content.decode()
    assert response.status_code == 409
    alert = shown.split('id="asked"')[1].split("</div></div>")[0]
    assert "注册地址" in alert
    assert "专属业务员" in alert


def test_do_cannot_approve_unseen(client, make_customer, reviewer):
    customer = make_customer("submitted")
    client.force_login(reviewer)

    answer = client.post(address(customer, "approve"), body(customer), follow=True)

    assert answer.redirect_chain == [(f"/review/{customer.pk}/", 302)]
    assert "请先看本页的检查结果" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.state == "submitted"


def test_do_approve_where_nothing_waits_says_only_that(client, make_customer, reviewer):
    customer = make_customer("approved")
    client.force_login(reviewer)

    answer = client.post(address(customer, "approve"), body(customer), follow=True)

    shown = answer.content.decode()
    assert answer.redirect_chain[-1] == (f"/customers/{customer.pk}/", 302)
    assert "请先看本页的检查结果" not in shown
    assert "不在待审核队列中" in shown


def test_do_is_for_posts(client, make_customer, clerk):
    client.force_login(clerk)

    assert client.get(address(make_customer(), "submit")).status_code == 405


def test_do_without_the_right_is_forbidden(client, make_customer, viewer, clerk):
    customer = make_customer("approved")

    for user in (viewer, clerk):
        client.force_login(user)
        assert client.post(address(customer, "enable"), body(customer)).status_code == 403


def test_do_sends_strangers_to_the_login(client, make_customer):
    customer = make_customer()

    response = client.post(address(customer, "submit"), body(customer))

    assert response.url.startswith(reverse("core:login"))


def test_do_on_another_department_does_not_exist(client, make_customer, outsider):
    customer = make_customer()
    client.force_login(outsider)

    assert client.post(address(customer, "submit"), body(customer)).status_code == 404
    assert client.post(address(customer, "submit"), body(customer, version="")).status_code == 404


def test_unknown_move_does_not_exist(client, make_customer, admin):
    customer = make_customer()
    client.force_login(admin)

    assert client.post(address(customer, "explode"), body(customer)).status_code == 404


def checked(customer):
    return reverse("customers:customer-checked", args=[customer.pk])


def test_checked_moves_the_next_check(client, make_customer, clerk):
    customer = make_customer("enabled")
    client.force_login(clerk)

    response = client.post(checked(customer), body(customer))

    assert response.status_code == 302
    entry = Change.objects.filter(subject_id=customer.pk).latest("version")
    assert (entry.action, entry.actor) == ("check", clerk)


def test_checked_is_refused_where_nothing_is_checked(client, make_customer, clerk):
    customer = make_customer("approved")
    client.force_login(clerk)

    assert client.post(checked(customer), body(customer)).status_code == 409


def test_checked_with_an_old_version_is_refused(client, make_customer, clerk):
    customer = make_customer("enabled")
    client.force_login(clerk)

    for version in (customer.version - 1, "", "x"):
        response = client.post(checked(customer), body(customer, version=version))
        assert response.status_code == 409
    assert not Change.objects.filter(subject_id=customer.pk, action="check").exists()


def test_checked_is_for_people_who_may_change(client, make_customer, viewer, outsider, clerk):
    customer = make_customer("enabled")
    client.force_login(viewer)
    assert client.post(checked(customer), body(customer)).status_code == 403
    client.force_login(outsider)
    assert client.post(checked(customer), body(customer)).status_code == 404
    client.force_login(clerk)
    assert client.get(checked(customer)).status_code == 405
