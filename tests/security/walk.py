"""Walks the site as different people and collects what could be sent where.

It collects; the tests judge. Addresses come from the URLconf, fields from the pages themselves.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from django.test import Client
from django.urls import resolve

from tests.security.nasty import MANAGEMENT, VALUES, Case, frozen, mutations
from tests.security.page import Page
from tests.town import Town

PEOPLE = ("admin", "clerk", "reviewer", "finance")
HUGE_PATHS = ("9223372036854775807", "9223372036854775808", "1" + "0" * 30, "0", "00001")
COMMON = ("q", "sort", "after", "before", "next", "per", "show", "kind", "state", "n", "end")


def client_of(town: Town, name: str) -> Client:
    """Give a client of somebody who has signed in; a bug is an answer of 500, not an exception."""
    client = Client(raise_request_exception=False)
    if name != "anonymous":
        client.force_login(town.people[name])
    return client


def pages(town: Town, name: str) -> Iterator[tuple[str, Page]]:
    """Yield path and content of every page this person may open."""
    client = client_of(town, name)
    for address in town.addresses():
        answer = client.get(address.path)
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
            yield address.path, Page(answer.content.decode(), address.path)


def cases(town: Town, people: tuple[str, ...] = PEOPLE) -> list[Case]:
    """Give every request of the fuzzer, in a fixed order: each view, field and value once."""
    found: list[Case] = []
    asked: set[str] = set()
    filled: set[tuple[str, frozenset[str]]] = set()
    for name in people:
        for path, page in pages(town, name):
            found += _queries(name, path, page, asked)
            for form in page.forms:
                shape = (view_of(form.action), frozenset(form.fields))
                if form.method == "post" and shape not in filled:
                    filled.add(shape)
                    found += _posts(town, name, form.action, form.fields, form.buttons)
        found += _blind(town, name)
    return found


def view_of(path: str) -> str:
    """Give the name of the address behind a path."""
    return resolve(path).view_name


def sampled(cases: list[Case], seed: int, count: int) -> list[Case]:
    """Give that many cases, chosen by the seed, the same for the same seed."""
    return random.Random(seed).sample(cases, min(count, len(cases)))


def _queries(name: str, path: str, page: Page, asked: set[str]) -> Iterator[Case]:
    view = view_of(path)
    for key in sorted(page.queries | set(COMMON)):
        if f"{view} {key}" in asked:
            continue
        asked.add(f"{view} {key}")
        for about, value in VALUES.items():
            yield Case(name, "GET", path, ((key, (value,)),), f"?{key} {about}")
        yield Case(name, "GET", path, ((key, ("1", "2", "")), (f"{key}[]", ("x",))), f"?{key}[]")


def _posts(
    town: Town, name: str, path: str, fields: dict[str, list[str]], buttons: list[tuple[str, str]]
) -> Iterator[Case]:
    strangers = (str(town.hidden.pk), "999999999")
    whole = {**fields, **{button: [value] for button, value in buttons[:1]}}
    known = {key: values for key, values in whole.items() if not _is_later_row(key)}
    for about, body in mutations(whole, ()):
        if about.split(":")[0] in known or ":" not in about:
            yield Case(name, "POST", path, frozen(body), about)
    for key in known:
        for stranger in strangers:
            body = {**whole, key: [stranger]}
            yield Case(name, "POST", path, frozen(body), f"{key}: row {stranger}")
    for button, value in buttons:
        yield Case(name, "POST", path, frozen({**fields, button: [value]}), f"[{value}]")
    for button in sorted({button for button, _value in buttons}):
        for about, nasty in VALUES.items():
            yield Case(name, "POST", path, frozen({**fields, button: [nasty]}), f"[{about}]")


def _is_later_row(name: str) -> bool:
    """Rows of a grid differ by their number only: the first stands for all."""
    parts = name.split("-")
    is_row = len(parts) > 2 and parts[1].isdigit() and not name.endswith(MANAGEMENT)
    return is_row and int(parts[1]) > 0


def _blind(town: Town, name: str) -> Iterator[Case]:
    """Every address by its bare self: posts without a form, ids nobody has."""
    for address in town.views():
        yield Case(name, "POST", address.path, (), "nothing")
        yield Case(name, "POST", address.path, (("key", ("k" * 20,)), ("version", ("1",))), "key")
        for about, value in VALUES.items():
            body = (("key", ("k" * 20,)), ("version", (value,)), ("action", (value,)))
            yield Case(name, "POST", address.path, body, f"blind {about}")
        parts = address.path.split("/")
        for number, part in enumerate(parts):
            if part.isdigit():
                for huge in HUGE_PATHS:
                    path = "/".join([*parts[:number], huge, *parts[number + 1 :]])
                    yield Case(name, "GET", path, (), "id")
                    yield Case(name, "POST", path, (("key", ("k" * 20,)),), "id")
