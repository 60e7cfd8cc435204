"""Signing in and out, the own password, settings, language and look of the screen."""

import re
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD

LOGIN, LOGOUT = "/login/", "/logout/"


def sign_in(client, username, password=PASSWORD, **over):
    return client.post(LOGIN, {"username": username, "password": password, **over})


@pytest.fixture
def throttled(settings):
    settings.AXES_ENABLED = True


# Signing in


def test_login_page_is_public_and_chinese(client, db):
    page = client.get(LOGIN)

    assert page.status_code == 200
    assert '<html lang="zh-Hans">' in page.content.decode()


def test_right_password_signs_in_with_a_new_session(client, clerk):
    client.get(LOGIN)
    client.post(reverse("core:language"), {"language": "zh-hans"})
    before = client.session.session_key

    answer = sign_in(client, "clerk")

    assert answer.status_code == 302
    assert answer.url == reverse("customers:dashboard")
    assert client.session["_auth_user_id"] == str(clerk.pk)
    assert client.session.session_key != before


@pytest.mark.parametrize(("typed", "seconds"), [({"keep": "on"}, 14 * 86400), ({}, None)])
def test_session_lasts_14_days_only_on_request(client, clerk, typed, seconds):
    sign_in(client, "clerk", **typed)

    assert client.session.get_expire_at_browser_close() is (seconds is None)
    assert seconds is None or client.session.get_expiry_age() == pytest.approx(seconds, abs=5)


def test_unknown_name_and_wrong_password_get_the_same_answer(client, clerk):
    def words(username):
        page = sign_in(client, username, "wrong password")
        assert page.status_code == 422
        return re.search(r'<div class="alert".*?<form', page.content.decode(), re.S)[0]

    assert words("clerk") == words("nosuch")


@pytest.mark.parametrize("state", [{"is_active": False}, {"is_system": True}])
def test_inactive_and_system_users_cannot_sign_in(client, make_user, state):
    make_user("gone", **state)

    page = sign_in(client, "gone")

    assert page.status_code == 422
    assert "账号或密码不正确" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_remaining_tries_are_said_and_the_fifth_locks(client, clerk, throttled):
    first = sign_in(client, "clerk", "wrong")
    for _ in range(3):
        sign_in(client, "clerk", "wrong")
    fifth = sign_in(client, "clerk", "wrong")
    right = sign_in(client, "clerk")

    assert "还可尝试 4 次，之后账号锁定 15 分钟。" in first.content.decode()
    assert fifth.status_code == right.status_code == 429
    assert "15 分钟" in right.content.decode()


@pytest.mark.parametrize("typed", ["CLERK", "ｃｌｅｒｋ"])
def test_case_and_width_of_the_account_do_not_matter(client, clerk, typed):
    assert sign_in(client, typed).status_code == 302


def test_another_case_of_the_account_does_not_dodge_the_throttle(client, clerk, throttled):
    for typed in ("clerk", "Clerk", "CLERK", "cLERK"):
        sign_in(client, typed, "wrong")
    fifth = sign_in(client, "CLERk", "wrong")

    assert fifth.status_code == 429


@pytest.mark.parametrize("name", ["\x00", "x" * 10_000, "<script>", b"\xed\xa0\x80"])
def test_nasty_names_are_field_errors(client, db, name, throttled):
    page = sign_in(client, name, "y")

    assert page.status_code == 422
    assert b"<script>" not in page.content


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ("/preferences/?x=1", "/preferences/?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_local_paths_are_followed(client, clerk, wish, place):
    assert sign_in(client, "clerk", next=wish).url == place


def test_who_is_signed_in_needs_no_login_page(client, clerk):
    client.force_login(clerk)

    assert client.get(LOGIN, {"next": "/preferences/"}).url == "/preferences/"


def test_login_remembers_the_look_for_the_next_time(client, clerk):
    clerk.theme = "dark"
    clerk.save(update_fields=["theme"])
    sign_in(client, "clerk")
    client.post(LOGOUT)

    assert 'data-theme="dark"' in client.get(LOGIN).content.decode()


# Signing out


def test_logout_ends_the_session(client, clerk):
    client.force_login(clerk)

    assert client.post(LOGOUT).url == LOGIN
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["logout", "display", "language"])
def test_changing_pages_refuse_get(client, clerk, name):
    client.force_login(clerk)

    assert client.get(reverse(f"core:{name}")).status_code == 405


@pytest.mark.parametrize("name", ["password", "preferences", "display", "logout"])
def test_anonymous_is_sent_to_the_login_page(client, db, name):
    answer = client.post(reverse(f"core:{name}"))

    assert answer.status_code in (302, 405)
    assert answer.url.startswith(LOGIN)


# Password


def new_password(old=PASSWORD, new="another horse battery", again=None):
    return {"old_password": old, "new_password1": new, "new_password2": again or new}


def test_new_password_ends_the_other_sessions(client, clerk):
    elsewhere = Client()
    elsewhere.force_login(clerk)
    client.force_login(clerk)

    answer = client.post("/password/", new_password())

    assert answer.url == "/preferences/"
    clerk.refresh_from_db()
    assert check_password("another horse battery", clerk.password)
    assert client.get("/preferences/").status_code == 200
    assert elsewhere.get("/preferences/").status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        new_password(old="wrong"),
        new_password(again="different horse"),
        new_password(new="12345678"),
        new_password(new="short"),
        new_password(new=PASSWORD),
    ],
    ids=["old-wrong", "differ", "digits", "short", "the-same"],
)
def test_bad_new_password_changes_nothing(client, clerk, typed):
    client.force_login(clerk)

    page = client.post("/password/", typed)

    clerk.refresh_from_db()
    assert page.status_code == 422
    assert 'id="errors"' in page.content.decode()
    assert check_password(PASSWORD, clerk.password)


# Temporary password


@pytest.fixture
def newcomer(client, clerk):
    clerk.must_change_password = True
    clerk.save(update_fields=["must_change_password"])
    client.force_login(clerk)
    return clerk


@pytest.mark.parametrize("url", ["/", "/customers/?q=a", "/preferences/", "/nowhere/", "/admin/"])
def test_a_temporary_password_leads_every_page_to_its_change(client, newcomer, url):
    assert client.get(url).url == f"/password/?{urlencode({'next': url})}"


def test_a_temporary_password_writes_nothing(client, newcomer):
    assert client.post("/preferences/", {"display_name": "改"}).url == "/password/"
    newcomer.refresh_from_db()
    assert newcomer.display_name == "李文静"


def test_a_temporary_password_can_be_changed_or_left(client, newcomer):
    page = client.get("/password/")
    assert page.status_code == 200
    assert "临时密码" in page.content.decode()
    assert client.post("/language/", {"language": "en", "next": "/password/"}).status_code == 302
    assert client.post("/logout/").url == LOGIN


def test_after_the_change_everything_opens(client, newcomer):
    answer = client.post("/password/?next=/customers/", new_password())

    newcomer.refresh_from_db()
    assert answer.url == "/customers/"
    assert newcomer.must_change_password is False
    assert client.get("/customers/").status_code == 200


# Settings


CHOICES = {"display_name": "李静", "language": "en", "theme": "dark", "density": "compact"}


def test_preferences_are_stored_and_shown_at_once(client, clerk):
    client.force_login(clerk)

    page = client.post("/preferences/", CHOICES, follow=True)

    clerk.refresh_from_db()
    assert {name: getattr(clerk, name) for name in CHOICES} == CHOICES
    assert clerk.shortcuts is False
    assert '<html lang="en" data-theme="dark" data-density="compact">' in page.content.decode()
    assert "Settings saved." in page.content.decode()
    assert 'data-shortcuts="off"' in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"display_name": ""}, {"language": "fr"}, {"theme": "pink"}, {"display_name": "a\x00b"}],
)
def test_wrong_preferences_are_shown_again_with_422(client, clerk, wrong):
    client.force_login(clerk)

    page = client.post("/preferences/", CHOICES | wrong)

    clerk.refresh_from_db()
    assert page.status_code == 422
    assert clerk.display_name == "李文静"


def test_preferences_cannot_raise_rights(client, clerk):
    client.force_login(clerk)

    client.post("/preferences/", CHOICES | {"is_superuser": "on", "username": "root", "unit": "1"})

    clerk.refresh_from_db()
    assert (clerk.is_superuser, clerk.username) == (False, "clerk")


def test_display_stores_what_was_posted_and_goes_back(client, clerk):
    client.force_login(clerk)

    answer = client.post("/display/", {"density": "cozy", "next": "/preferences/"})

    clerk.refresh_from_db()
    assert (clerk.density, clerk.theme) == ("cozy", "")
    assert answer.url == "/preferences/"


def test_display_ignores_unknown_looks(client, clerk):
    client.force_login(clerk)

    client.post("/display/", {"theme": "pink"})

    clerk.refresh_from_db()
    assert clerk.theme == ""


# Language


def test_language_before_login_holds_for_the_login_page_and_the_person(client, clerk):
    client.post("/language/", {"language": "en", "next": LOGIN})

    assert "Sign in" in client.get(LOGIN).content.decode()

    sign_in(client, "clerk")
    clerk.refresh_from_db()
    assert clerk.language == "en"


def test_language_before_login_does_not_follow_the_next_person(client, clerk, reviewer):
    client.post("/language/", {"language": "en", "next": LOGIN})
    sign_in(client, "clerk")
    client.post("/logout/")

    sign_in(client, "reviewer")

    reviewer.refresh_from_db()
    assert reviewer.language == "zh-hans"


def test_language_of_a_person_is_stored(client, clerk):
    client.force_login(clerk)

    answer = client.post("/language/", {"language": "en", "next": "/preferences/"})

    clerk.refresh_from_db()
    assert clerk.language == "en"
    assert "My settings" in client.get(answer.url).content.decode()


def test_unknown_language_means_chinese(client, db):
    client.post("/language/", {"language": "xx"})

    assert '<html lang="zh-Hans">' in client.get(LOGIN).content.decode()


def test_browser_header_does_not_choose_the_language(client, db):
    page = client.get(LOGIN, headers={"accept-language": "en"})

    assert '<html lang="zh-Hans">' in page.content.decode()
