"""What holds for every answer: headers, methods, tokens of forms, where redirects lead.

The addresses are those of the URLconf, so a new view is looked at without being named here.
"""

import pytest
from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import reverse

from core.models import Change
from customers.models import Customer

PROMISED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = (
    "default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'",
)  # fmt: skip
METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO")
EVIL = (
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example",
    "javascript:alert(1)", "data:text/html,x", "http:///evil.example", "/\t/evil.example",
    "https:evil.example", " //evil.example", "%2f%2fevil.example", "\x00//evil.example",
)  # fmt: skip


def missing_headers(answer):
    """Name what an answer should carry and does not."""
    wrong = [name for name, value in PROMISED.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong += [rule for rule in POLICY if rule not in policy.split("; ")]
    wrong += [word for word in ("unsafe-inline", "unsafe-eval", "*", "data:") if word in policy]
    if "Permissions-Policy" not in answer.headers:
        wrong.append("Permissions-Policy")
    return wrong


def of(client, user):
    client.force_login(user)
    return client


def test_headers_are_on_every_page_for_everybody(client, town):
    found = {}
    for name in ("clerk", "reviewer", "admin", "nobody"):
        of(client, town.people[name])
        for address in town.views():
            answer = client.get(address.path)
            wrong = missing_headers(answer)
            if answer.headers.get("Cache-Control") != "no-store":
                wrong.append("no-store")
            if wrong:
                found[f"{name} {address}"] = wrong

    assert found == {}


def test_headers_are_on_answers_that_are_no_pages(client, clerk, monkeypatch):
    static = settings.STATIC_ROOT / "css"
    static.mkdir(exist_ok=True)
    (static / "planted.css").write_text("a{}")
    client.force_login(clerk)
    client.raise_request_exception = False
    monkeypatch.setattr("core.views.session.PreferencesForm", None)

    answers = {
        200: client.get("/static/css/planted.css"),
        302: Client().get("/preferences/"),
        403: client.get(reverse("core:user-list")),
        404: client.get("/no/such/page/"),
        405: client.generic("TRACE", "/"),
        400: client.get("/", headers={"host": "evil.example"}),
        500: client.get("/preferences/"),
    }

    assert {status: answer.status_code for status, answer in answers.items()} == {
        status: status for status in answers
    }
    assert {
        status: wrong for status, answer in answers.items() if (wrong := missing_headers(answer))
    } == {}


def test_a_browser_is_led_away_from_addresses_that_only_take_posts(client, town):
    of(client, town.people["admin"])
    page = {"accept": "text/html,application/xhtml+xml"}
    posted = [one for one in town.views() if client.get(one.path).status_code == 405]

    found = {one.name: client.get(f"{one.path}?a=1", headers=page) for one in posted}
    ends = {one.name: client.get(one.path, headers=page, follow=True) for one in posted}

    assert len(posted) > 10
    assert {name for name, answer in found.items() if answer.status_code != 302} == set()
    assert all(answer.url.endswith("?a=1") for answer in found.values())
    assert {name for name, answer in ends.items() if answer.status_code != 200} == set()
    detail = reverse("customers:customer-detail", args=[7])
    moved = client.get(reverse("customers:customer-do", args=[7, "submit"]), headers=page)
    assert moved.url == detail


@pytest.mark.parametrize("method", METHODS)
def test_unknown_methods_are_refused_everywhere(client, town, method):
    of(client, town.people["admin"])

    answers = {str(a): client.generic(method, a.path).status_code for a in town.views()}

    assert {name: status for name, status in answers.items() if status != 405} == {}


def test_every_post_needs_the_token_of_the_form(town):
    client = of(Client(enforce_csrf_checks=True), town.people["admin"])
    entries = Change.objects.count()

    bare = {str(a): client.post(a.path, {"key": "k" * 20}).status_code for a in town.views()}
    client.cookies[settings.CSRF_COOKIE_NAME] = _get_new_csrf_string()
    wrong = {
        str(a): client.post(a.path, {"csrfmiddlewaretoken": _get_new_csrf_string()}).status_code
        for a in town.views()
    }

    assert {name: status for name, status in (bare | wrong).items() if status != 403} == {}
    assert Change.objects.count() == entries


def test_a_token_from_a_foreign_page_is_refused(town):
    client = of(Client(enforce_csrf_checks=True), town.people["clerk"])
    token = _get_new_csrf_string()
    client.cookies[settings.CSRF_COOKIE_NAME] = token

    answer = client.post(
        reverse("core:display"),
        {"theme": "dark", "csrfmiddlewaretoken": token},
        headers={"origin": "https://evil.example"},
    )

    assert answer.status_code == 403


def test_reading_changes_nothing(client, town):
    entries = Change.objects.count()
    versions = list(Customer.objects.order_by("pk").values_list("pk", "version", "state"))

    for name in ("admin", "clerk", "reviewer"):
        of(client, town.people[name])
        for address in town.addresses() if name == "admin" else town.views():
            client.get(address.path, {"key": "k" * 20, "version": "1", "decision": "approve"})
            client.head(address.path)

    assert Change.objects.count() == entries
    assert list(Customer.objects.order_by("pk").values_list("pk", "version", "state")) == versions


@pytest.mark.parametrize("target", EVIL)
def test_redirects_stay_on_this_site(client, clerk, target):
    from tests.cast import PASSWORD

    places = [
        client.post("/language/", {"language": "en", "next": target}).url,
        client.post(f"/login/?next={target}", {"username": "clerk", "password": PASSWORD}).url,
        client.get("/login/", {"next": target}).url,
        client.post("/display/", {"theme": "dark", "next": target}).url,
        client.post("/language/", {"language": "en"}, headers={"referer": target[:9]}).url,
        client.post("/logout/", {"next": target}).url,
    ]

    assert [place for place in places if not is_local(place)] == []


def is_local(place):
    return place.startswith("/") and not place.startswith(("//", "/\\")) and "evil" not in place


def test_an_answer_cannot_be_split_by_a_header_in_a_value(client, clerk):
    client.force_login(clerk)

    answer = client.post("/language/", {"language": "en", "next": "/x\r\nSet-Cookie: evil=1"})

    assert "evil" not in answer.cookies
    assert "\n" not in answer.url
