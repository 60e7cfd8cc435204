"""The list of parcels: columns, tabs, filters, scope, choice, files."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import ExportLog
from tests.parcel.people import text

pytestmark = pytest.mark.django_db

LIST = "/parcels/"


def test_it_shows_what_the_department_sent_with_its_columns(inside, make_parcel, stranger):
    parcel = make_parcel("sent", name="Anna", size="s")
    make_parcel(by=stranger, name="Boris")

    page = text(inside.get(LIST))

    assert all(word in page for word in ("Anna", parcel.code, "Small", "North", "Sent"))
    assert f'href="/parcels/{parcel.pk}/"' in page
    assert "Boris" not in page


def test_states_search_and_filters_narrow_it(inside, make_parcel):
    make_parcel("sent", name="Anna", value=10)
    make_parcel(name="Boris", is_fragile=True)
    asked = ("state=packed", "q=bor", "is_fragile=1", "value_max=5", "no=1", "sort=name")

    found = [
        [name in text(inside.get(f"{LIST}?{one}")) for name in ("Anna", "Boris")] for one in asked
    ]

    assert found == [[False, True]] * 3 + [[False, False]] + [[True, True]] * 2


def test_chosen_columns_are_kept(inside, make_parcel):
    make_parcel(is_fragile=True)
    chosen = {"columns": ["code", "name", "is_fragile"], "next": LIST}

    before, answer = text(inside.get(LIST)), inside.post(f"{LIST}columns/", chosen)
    after = text(inside.get(LIST))

    assert answer.url == LIST
    assert ['data-label="size"' in one.casefold() for one in (before, after)] == [True, False]


def test_an_empty_list_says_so_in_the_words_of_the_kind(inside, make_parcel):
    nothing = text(inside.get(LIST))
    make_parcel()

    assert "parcels" in nothing


def test_the_page_searches_parcels(inside):
    pages = [text(inside.get(url)) for url in (LIST, f"{LIST}add/", f"{LIST}?q=Anna")]

    assert all(f'role="search" action="{LIST}"' in page for page in pages)
    assert 'type="search" autocomplete="off" maxlength="100" value="Anna"' in pages[2]


@pytest.mark.parametrize(("number", "kind"), [(3, "csv"), (3, "xlsx")])
def test_it_leaves_as_a_file_and_that_is_noted(inside, packer, make_parcel, number, kind):
    for name in "ABC":
        make_parcel(name=name)

    answer = inside.post(f"{LIST}export/?sort=name", {"kind": kind})
    data = b"".join(answer.streaming_content)
    log = ExportLog.objects.get()

    assert data
    assert (log.user, log.rows, log.state) == (packer, number, "done")
    assert log.name.startswith("Parcel-")
    assert "parcel" in text(inside.get(f"{LIST}export/records/"))


def test_who_may_not_see_parcels_has_no_list(client, units, make_parcel):
    answer = client.get(LIST)

    assert (answer.status_code, answer.url) == (302, f"/login/?next={LIST}")


def test_it_costs_the_same_with_many_rows(inside, make_parcel):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            inside.get(LIST)
        return len(queries)

    make_parcel(replaces=make_parcel())
    few = cost()
    for _number in range(10):
        make_parcel(replaces=make_parcel())

    assert cost() <= few
