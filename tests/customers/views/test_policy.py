"""The page of the company's switches."""

import re

import pytest

from core.forms.keyed import new_key
from customers.models import Policy

PAGE = "/settings/policy/"


def typed(**over):
    return {
        "key": new_key(),
        "version": "0",
        "review_months": "6",
        "account_wait_days": "0",
        **over,
    }


def test_only_people_who_manage_settings_come_in(client, cast):
    anonymous = client.get(PAGE).status_code
    seen = {}
    for name, user in cast.items():
        client.force_login(user)
        seen[name] = client.get(PAGE).status_code

    assert anonymous == 302
    assert {name for name, code in seen.items() if code == 200} == {"admin"}


def test_switches_are_saved_once(client, admin):
    client.force_login(admin)
    form = typed()

    first = client.post(PAGE, form)
    again = client.post(PAGE, form)
    stale = client.post(PAGE, typed(review_months="9"))

    now = Policy.current()
    assert (first.status_code, again.status_code, stale.status_code) == (302, 302, 409)
    assert (now.four_eyes, now.review_months, now.version) == (False, 6, 2)
    assert 'value="9"' in stale.content.decode()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("review_months", one) for one in ("0", "61", "x", "", "1e309", "-1")),
        *(("account_wait_days", one) for one in ("61", "x", "", "-1")),
    ],
)
def test_a_wrong_number_is_shown_again(client, admin, name, number):
    client.force_login(admin)

    answer = client.post(PAGE, typed(**{name: number}))

    assert answer.status_code == 422
    assert Policy.current().version == 0


def test_the_first_change_is_in_the_history_by_name(client, admin):
    client.force_login(admin)
    client.post(PAGE, typed(review_months="12"))

    shown = client.get(PAGE).content.decode()

    assert re.search(r"双人复核</span> <del>是</del> → <ins>否</ins>", shown)
