"""Sessions end when they must, and a login page tells nobody which names exist."""

import re

import pytest
from django.test import Client

from core import people
from core.models import User
from core.people import Profile
from tests.cast import PASSWORD, act_by

WRONG = "wrong password"


def answer_to(username, password, address):
    page = Client(REMOTE_ADDR=address).post(
        "/login/", {"username": username, "password": password, "next": "/customers/"}
    )
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page.content)
    headers = {name: value for name, value in page.items() if name != "Set-Cookie"}
    return page.status_code, body.replace(username.encode(), b"NAME"), headers


@pytest.mark.parametrize("throttled", [False, True])
def test_unknown_name_wrong_password_and_shut_out_get_the_same_bytes(
    make_user, settings, throttled
):
    settings.AXES_ENABLED = throttled
    make_user("known")
    make_user("leave", is_active=False)

    known = answer_to("known", WRONG, "10.0.0.1")

    assert answer_to("never", WRONG, "10.0.0.2") == known
    assert answer_to("leave", WRONG, "10.0.0.3") == known
    assert answer_to("leave", PASSWORD, "10.0.0.4") == known


def test_a_locked_name_looks_the_same_whether_it_exists(make_user, settings):
    settings.AXES_ENABLED = True
    make_user("known")

    for _ in range(5):
        known, never = (answer_to(name, WRONG, "10.0.0.1") for name in ("known", "never"))

    assert known[0] == 429
    assert never == known


def test_an_office_behind_one_address_is_not_locked_out(client, make_user, settings):
    settings.AXES_ENABLED = True
    make_user("known")
    for _ in range(6):
        client.post("/login/", {"username": "never", "password": WRONG})

    assert client.post("/login/", {"username": "known", "password": PASSWORD}).status_code == 302


@pytest.fixture
def signed_in(make_user):
    """Somebody with two open sessions."""
    user = make_user("somebody", "clerk")
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
        assert browser.get("/preferences/").status_code == 200
    return user, browsers


def open_sessions(browsers):
    return [browser.get("/preferences/").status_code == 200 for browser in browsers]


@pytest.mark.parametrize("what", ["password", "roles", "activity"])
def test_what_an_administrator_changes_ends_every_session(admin, signed_in, what):
    user, browsers = signed_in
    profile = Profile(user.display_name, user.unit, frozenset({"viewer"}))
    changes = {
        "password": lambda: people.set_password(
            user.pk, "another horse battery", version=0, act=act_by(admin)
        ),
        "roles": lambda: people.change(user.pk, profile, version=0, act=act_by(admin)),
        "activity": lambda: people.set_active(user.pk, False, version=0, act=act_by(admin)),
    }

    changes[what]()

    assert open_sessions(browsers) == [False, False]


def test_activity_given_back_does_not_revive_old_sessions(admin, signed_in):
    user, browsers = signed_in
    people.set_active(user.pk, False, version=0, act=act_by(admin))
    people.set_active(user.pk, True, version=1, act=act_by(admin))

    assert open_sessions(browsers) == [False, False]


def test_the_own_new_password_ends_the_other_sessions_only(signed_in):
    _user, browsers = signed_in
    new = "another horse battery"

    browsers[0].post(
        "/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    assert open_sessions(browsers) == [True, False]


def test_a_session_is_renewed_at_login_and_its_cookie_is_guarded(client, make_user):
    make_user("somebody")
    client.cookies["sessionid"] = "planted"

    answer = client.post("/login/", {"username": "somebody", "password": PASSWORD})

    cookie = answer.cookies["sessionid"]
    assert cookie.value != "planted"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_signing_in_gives_no_rights_by_fields(client, make_user):
    make_user("somebody")

    client.post(
        "/login/",
        {"username": "somebody", "password": PASSWORD, "is_superuser": "1", "is_staff": "1"},
    )

    user = User.objects.get(username="somebody")
    assert (user.is_superuser, user.is_staff) == (False, False)
