"""What the site promises as a whole: safe as deployed, headers, methods, language, errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import Settings

from config import settings as real
from core.models import User
from tests.architecture.tree import ROOT

HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Cache-Control": "no-store",
}


def test_deployed_over_https_nothing_is_left_to_warn_about(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**os.environ, "HTTPS": "1", "KEHU_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": ""}
        | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr


def test_passwords_are_kept_with_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS

    assert make_password("correct horse").startswith("argon2$")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/healthz", "/nowhere/", "/", "/admin/"])
def test_every_answer_has_the_headers(client: Client, path: str) -> None:
    response = client.get(path)

    for name, part in HEADERS.items():
        assert part in response[name], name
    assert "unsafe-inline" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_unknown_methods_are_refused(client: Client, method: str) -> None:
    response = client.generic(method, "/login/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.django_db
def test_health_is_public_and_says_ok(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_health_tells_when_the_database_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)

    assert client.get("/healthz").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "accepts", "chosen"),
    [("", "en", "zh-hans"), ("en", "zh", "en"), ("xx", "en", "zh-hans")],
)
def test_language_follows_the_cookie_not_the_browser(
    client: Client, cookie: str, accepts: str, chosen: str
) -> None:
    client.cookies["django_language"] = cookie

    response = client.get("/login/", headers={"accept-language": accepts})

    assert response["Content-Language"] == chosen


@pytest.mark.django_db
def test_language_of_the_user_wins(client: Client) -> None:
    user = User.objects.create_user("ann", display_name="Ann", language="en")
    client.force_login(user)
    client.cookies["django_language"] = "zh-hans"

    assert client.get("/preferences/")["Content-Language"] == "en"


@pytest.mark.django_db
def test_page_that_does_not_exist_is_said_in_plain_words(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "errors/404.html" in [template.name for template in response.templates]


def test_bug_is_answered_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(request: object) -> None:
        raise RuntimeError("account 6222021234567890123 broke")

    monkeypatch.setattr("core.middleware.chosen_language", break_down)
    client.raise_request_exception = False

    response = client.get("/login/")

    assert response.status_code == 500
    assert b"6222021234567890123" not in response.content
    assert "errors/500.html" in [template.name for template in response.templates]


@pytest.mark.django_db
def test_form_without_its_token_is_refused(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/login/", {"username": "ann", "password": "x"})

    assert response.status_code == 403
    assert "errors/csrf.html" in [template.name for template in response.templates]


@pytest.mark.django_db
def test_too_many_fields_are_too_much(client: Client, settings: Settings) -> None:
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    response = client.post("/login/", {f"field{n}": "x" for n in range(most + 1)})

    assert response.status_code == 413


@pytest.mark.django_db
def test_sixth_wrong_password_closes_the_name_from_this_address_only(
    client: Client, settings: Settings
) -> None:
    settings.AXES_ENABLED = True
    User.objects.create_user("ann", display_name="Ann", password="correct horse battery")
    wrong = {"username": "ann", "password": "wrong"}
    right = {"username": "ann", "password": "correct horse battery"}

    statuses = [client.post("/login/", wrong).status_code for _ in range(5)]
    locked = client.post("/login/", right)
    elsewhere = client.post("/login/", right, REMOTE_ADDR="10.0.0.5")

    assert statuses == [422, 422, 422, 422, 429]
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert elsewhere.status_code == 302


@pytest.mark.django_db
def test_support_site_is_for_superusers_only(client: Client) -> None:
    staff = User.objects.create_user("staff", display_name="Staff", is_staff=True)
    root = User.objects.create_superuser("root", display_name="Root")

    assert client.get("/admin/login/").status_code == 302
    assert client.get("/admin/").status_code == 302
    client.force_login(staff)
    assert client.get("/admin/").status_code == 403
    client.force_login(root)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/password_change/")["Location"] == "/password/"
