"""Suggestions go to people who may look, as JSON, and only about values there are."""

from __future__ import annotations

from typing import Any

from django.test import Client

URL = "/choose/customers.region/"


def test_suggestions_carry_what_a_field_needs(client: Client, clerk: Any, world: Any) -> None:
    client.force_login(clerk)

    answer = client.get(URL, {"q": "hangzhou"})

    first = answer.json()["options"][0]
    assert (first["text"], first["name"], first["code"], first["note"], first["fit"]) == (
        "杭州市 330100", "杭州市", "330100", "浙江省", 2,
    )  # fmt: skip
    assert answer.json()["more"] is False
    assert client.get(URL, {"q": ""}).json()["more"] is True
    assert answer["Cache-Control"].count("no-store") == 1


def test_nobody_without_a_right_is_answered(client: Client, nobody: Any, world: Any) -> None:
    assert client.get(URL).status_code == 302
    client.force_login(nobody)
    assert client.get(URL).status_code == 403


def test_an_unknown_source_is_not_found(client: Client, clerk: Any, world: Any) -> None:
    client.force_login(clerk)

    assert client.get("/choose/core.change/").status_code == 404
