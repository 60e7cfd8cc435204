"""Who may open which import, by which method, and in how many queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import extend
from core.extend import Role
from tests.customers.imports.filled import complete
from tests.customers.views.imports import ADD, LIST, faulty, sent, url

pytestmark = pytest.mark.django_db
PAGES = ("", "fix/?sheet=0&row=2&column=1", "again/", "progress/", "file/", "errors/")
POSTS = ("columns/", "values/", "fix-group/", "decide/", "write/", "cancel/", "undo/")


@pytest.fixture
def batch(admin, world):
    """An import of the administrator."""
    client = Client()
    client.force_login(admin)
    return sent(client, complete([1]))


@pytest.mark.parametrize("part", [*PAGES, *POSTS])
def test_strangers_are_sent_to_the_login(client, batch, part):
    answer = client.get(url(batch, part)) if part in PAGES else client.post(url(batch, part))

    assert answer.status_code == 302
    assert "/login/" in answer.url


@pytest.mark.parametrize("part", [*PAGES, *POSTS])
def test_a_clerk_may_not_import(client, batch, clerk, part):
    client.force_login(clerk)

    answer = client.get(url(batch, part)) if part in PAGES else client.post(url(batch, part))

    assert answer.status_code == 403


@pytest.mark.parametrize("page", [ADD, LIST])
def test_a_clerk_finds_no_way_in(client, clerk, world, page):
    client.force_login(clerk)

    assert client.get(page).status_code == 403
    assert ADD not in client.get("/customers/").content.decode()


@pytest.mark.parametrize("part", POSTS)
def test_what_writes_is_no_page(client, batch, admin, part):
    client.force_login(admin)

    assert client.get(url(batch, part)).status_code == 405


@pytest.mark.parametrize("part", [*PAGES, *POSTS])
def test_the_import_of_another_is_not_there(client, batch, make_user, units, part):
    extend.add_roles([Role("importer", "", frozenset({"customers.import_customer"}), "unit")])
    from django.contrib.auth.models import Group

    Group.objects.get_or_create(name="importer")
    client.force_login(make_user("importer", "importer", unit=units.first))
    try:
        answer = client.get(url(batch, part)) if part in PAGES else client.post(url(batch, part))
        assert answer.status_code == 404
        assert batch.number not in client.get(LIST).content.decode()
    finally:
        extend._roles.pop("importer")


def queries(client, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_pages_ask_no_more_for_more_rows(client, admin, world):
    client.force_login(admin)
    few, many = sent(client, faulty()), sent(client, complete(range(1, 41)))
    client.get(LIST)

    for part in ("?step=check", "?step=columns", "?step=values", "fix/?sheet=0&row=2&column=1"):
        assert queries(client, url(many, part)) <= queries(client, url(few, part)) + 2, part
    one = queries(client, LIST)
    for number in range(41, 45):
        sent(client, complete([number]))
    assert queries(client, LIST) == one
