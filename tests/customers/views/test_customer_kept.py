"""What was typed is kept when the session ends or the page is left, for the person who typed it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core import kept
from core.models import KeptForm, User
from customers.models import Customer
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by

TYPED = {"name": "北京恒信科技有限公司", "contacts-0-name": "刘洋", "contacts-1-name": "周敏"}


@pytest.fixture
def sheet(desk: Client) -> Page:
    """The form of a new customer as the clerk had opened and filled it in."""
    return opened(desk) | TYPED


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_form_sent_without_a_session_is_there_after_signing_in(
    desk: Client, sheet: Page, clerk: User
) -> None:
    desk.logout()

    sent = desk.post(ADD, sheet)
    login = desk.get(sent.url).content.decode()
    desk.force_login(clerk)
    back = desk.get(desk.get(sent.url.partition("next=")[2]).url)

    assert sent.url.startswith("/login/?next=/kept/")
    assert "会话已结束" in login
    shown = sent_by(back.content.decode())
    assert {name: shown[name] for name in TYPED} == {name: [TYPED[name]] for name in TYPED}
    assert shown["key"] == sheet["key"]
    assert not Customer.objects.exists()


def test_what_was_kept_is_saved_once_and_then_gone(desk: Client, sheet: Page, clerk: User) -> None:
    Client().post(ADD, sheet)
    found = KeptForm.objects.get()

    desk.post(ADD, opened(desk, f"{ADD}?kept={found.pk}"))

    assert Customer.objects.get().name == TYPED["name"]
    assert not KeptForm.objects.exists()


def test_another_person_who_signs_in_sees_nothing_of_it(
    client: Client, sheet: Page, colleague: User
) -> None:
    client.logout()
    sent = client.post(ADD, sheet)
    pk = KeptForm.objects.get().pk
    client.force_login(colleague)

    answers = [
        client.get(sent.url.partition("next=")[2], follow=True),
        client.get(f"{ADD}?kept={pk}"),
        client.get(ADD),
        client.post(f"/kept/{pk}/discard/", follow=True),
    ]

    for answer in answers:
        assert TYPED["name"] not in answer.content.decode()
    assert KeptForm.objects.filter(pk=pk).exists()


def test_a_form_of_one_person_is_never_saved_under_the_name_of_another(
    sheet: Page, colleague: User, clerk: User
) -> None:
    answer = signed_in(colleague).post(ADD, sheet)

    assert answer.status_code == 403
    assert TYPED["name"] not in answer.content.decode()
    assert not Customer.objects.exists()
    assert KeptForm.objects.get().user == clerk


@pytest.mark.parametrize("who", ["clerk", "colleague", ""])
def test_a_form_older_than_the_sign_in_is_kept_for_its_writer(
    sheet: Page, cast: dict[str, User], who: str
) -> None:
    browser = Client(enforce_csrf_checks=True)
    if who:
        browser.force_login(cast[who])

    answer = browser.post(ADD, sheet)

    found = KeptForm.objects.get()
    assert found.user == cast["clerk"]
    if who == "clerk":
        assert answer.url == f"/kept/{found.pk}/"
    elif who:
        assert answer.status_code == 403
    else:
        assert answer.url == f"/login/?next=/kept/{found.pk}/"


def test_a_forged_stamp_keeps_nothing(client: Client, sheet: Page, colleague: User) -> None:
    answer = client.post(ADD, sheet | {"writer": f"{colleague.pk}:x:y"})
    client.logout()
    answer = client.post(ADD, sheet | {"writer": f"{colleague.pk}:x:y"})

    assert answer.url == f"/login/?next={ADD}"
    assert not KeptForm.objects.exists()


def test_passwords_are_not_kept(client: Client, sheet: Page) -> None:
    client.logout()

    client.post(ADD, sheet | {"new_password": "geheim"})

    assert not KeptForm.objects.exists()


def test_a_move_with_a_reason_is_offered_to_be_sent_again(
    make_customer: Callable[..., Customer], reviewer: User
) -> None:
    customer = make_customer("submitted")
    data = {
        "key": "k" * 20, "version": customer.version, "reason": "地址不完整",
        "writer": kept.stamp(reviewer), "policy": "all", "back": "?sheet=0&page=2",
    }  # fmt: skip
    url = f"/customers/{customer.pk}/do/return/"
    Client().post(url, data)
    browser = signed_in(reviewer)

    html = browser.get(f"/kept/{KeptForm.objects.get().pk}/").content.decode()

    assert re.findall("<li>(.*?)</li>", html.partition("<main")[2]) == ["地址不完整"]
    assert f'action="{url}"' in html
    customer.refresh_from_db()
    assert customer.state == "submitted"


def test_scripts_are_told_that_nobody_is_signed_in(sheet: Page, client: Client) -> None:
    client.logout()

    answer = client.post("/customers/hints/", sheet, headers={"accept": "application/json"})

    assert answer.status_code == 401
    assert not KeptForm.objects.exists()


def test_a_page_gets_a_new_token_for_the_same_person_only(
    clerk: User, colleague: User, world: Any
) -> None:
    asked = {"writer": kept.stamp(clerk)}

    same = signed_in(clerk).get("/kept/token/", asked).json()
    other = signed_in(colleague).get("/kept/token/", asked).json()

    assert same["same"]
    assert same["token"]
    assert other == {"same": False, "token": ""}


def test_a_form_left_is_offered_on_return_and_discarded_by_one_click(
    desk: Client, sheet: Page
) -> None:
    assert desk.post("/kept/", sheet | {"place": ADD}).status_code == 204
    pk = KeptForm.objects.get().pk

    offered = desk.get(ADD).content.decode()
    desk.post(f"/kept/{pk}/discard/")

    assert f'href="{ADD}?kept={pk}"' in offered
    assert TYPED["name"] not in offered
    assert f"?kept={pk}" not in desk.get(ADD).content.decode()
    assert not Customer.objects.exists()


def test_a_form_that_took_effect_is_not_kept_again(desk: Client, sheet: Page) -> None:
    desk.post(ADD, sheet)

    desk.post("/kept/", sheet | {"place": ADD})

    assert not KeptForm.objects.exists()


def test_two_windows_keep_two_forms(desk: Client) -> None:
    for name in ("甲", "乙"):
        desk.post("/kept/", opened(desk) | {"name": name, "place": ADD})

    assert desk.get(ADD).content.decode().count("?kept=") == 2


def test_stored_numbers_that_one_may_not_see_do_not_come_back(
    desk: Client, make_customer: Callable[..., Customer], clerk: User, monkeypatch: Any
) -> None:
    customer = make_customer(accounts=[{"account_number": "6222020200112233445"}])
    new = {"accounts-1-account_number": "6217009876543210", "place": edit_url(customer)}
    desk.post("/kept/", opened(desk, edit_url(customer)) | new)
    monkeypatch.setattr("core.records.secrets.may_see", lambda row, user, obj: False)

    html = desk.get(f"{edit_url(customer)}?kept={KeptForm.objects.get().pk}").content.decode()

    assert "6222020200112233445" not in html
    assert "6217009876543210" in html


def test_a_record_deleted_meanwhile_gives_a_form_for_a_new_one(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=[{"name": "刘洋"}])
    place = edit_url(customer)
    desk.post("/kept/", opened(desk, place) | {"short_name": "恒信", "place": place})
    desk.post(f"/customers/{customer.pk}/do/delete/", {"key": "k" * 20, "version": 1})

    shown = sent_by(desk.get(f"{place}?kept={KeptForm.objects.get().pk}").content.decode())

    assert shown["short_name"] == ["恒信"]
    assert shown["contacts-0-pk"] == [""]


def test_old_ones_and_too_many_are_dropped(desk: Client, sheet: Page, clerk: User) -> None:
    for number in range(kept.MOST_KEPT + 2):
        desk.post("/kept/", sheet | {"key": f"{number:020}", "place": ADD})
    assert KeptForm.objects.count() == kept.MOST_KEPT
    KeptForm.objects.update(kept_at=timezone.now() - kept.KEPT_FOR - timedelta(hours=1))

    kept.prune()

    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("over", [{"place": "/\x00/"}, {"key": "k" * 15}, {"key": "\x00" * 20}])
def test_what_no_database_takes_is_not_kept(desk: Client, sheet: Page, over: Page) -> None:
    answer = desk.post("/kept/", sheet | {"place": ADD} | over)

    assert answer.status_code == 204
    assert not KeptForm.objects.exists()
