"""Whoever has not signed in leaves no row behind, wherever the request goes."""

from django.apps import apps
from django.test import Client


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_requests_without_a_session_leave_no_row(town):
    client = Client(raise_request_exception=False)
    paths = [address.path for address in town.addresses()]
    before = rows()

    for path in [*paths, "/language/", "/login/", "/healthz"]:
        client.get(path)
        client.post(path, {"language": "en", "username": "x", "password": "y", "name": "z"})

    assert rows() == before
    assert "sessionid" not in client.cookies
