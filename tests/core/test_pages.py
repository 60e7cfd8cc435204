"""Keyset pages both ways, positions in an address, capped counts, and the limit of time."""

import time
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from core import pages
from core.models.base import writing
from core.pages import BadCursor, Cursor, Sort, TooSlow, Wanted, bounded
from customers.models import Customer

BY_NAME = Sort("name", "name_sort", False)
NEWEST = Sort("updated_at", "updated_at", True)


def dressed(rows):
    return rows


def walk(rows, wanted_sort, size, way="next", among=None):
    """Follow the links from one end of a list to the other; give every row met."""
    wanted = Wanted(wanted_sort, size, is_backward=way == "previous")
    met = []
    for _step in range(100):
        page = pages.load(rows, wanted, dressed, among=among)
        met = met + page.rows if way == "next" else page.rows + met
        cursor = getattr(page, way)
        if cursor is None:
            return met
        wanted = Wanted(wanted_sort, size, cursor, is_backward=way == "previous")
    raise AssertionError("the list never ends")


@pytest.fixture
def eleven(make_customer):
    return [make_customer(name=f"北京第{number:02d}号公司") for number in range(11)]


# Pages


@pytest.mark.parametrize("sort", [BY_NAME, NEWEST, Sort("state", "state", False)])
@pytest.mark.parametrize("way", ["next", "previous"])
def test_walking_either_way_meets_every_row_once(eleven, sort, way):
    key = f"-{sort.key}" if sort.is_descending else sort.key
    expected = list(Customer.objects.order_by(key, "-pk" if sort.is_descending else "pk"))

    assert walk(Customer.objects.all(), sort, 3, way) == expected


def test_walking_a_filtered_list_meets_what_fits(eleven, make_customer):
    make_customer("submitted", name="不在其中公司")
    drafts = Customer.objects.filter(state="draft")

    assert walk(drafts, NEWEST, 4) == list(drafts.order_by("-updated_at", "-pk"))


def test_walking_a_dense_filter_meets_what_fits(eleven, make_customer, monkeypatch):
    monkeypatch.setattr(pages, "CAP", 2)
    make_customer("submitted", name="不在其中公司")
    drafts = Customer.objects.filter(state="draft", scope_unit=eleven[0].scope_unit)

    assert walk(drafts, NEWEST, 4) == list(drafts.order_by("-updated_at", "-pk"))


@pytest.mark.parametrize(
    ("few", "more", "total"),
    [(5, {}, 9), (9, {}, 11), (5, {"exact": True}, 11), (5, {"is_backward": True}, 11)],
)
def test_an_earlier_count_is_printed_of_many_and_never_cuts_rows(
    eleven, monkeypatch, few, more, total
):
    monkeypatch.setattr("core.plans.FEW", few)
    drafts = Customer.objects.filter(state="draft")

    page = pages.load(drafts, Wanted(BY_NAME, 50, **more), dressed, known=(9, False))

    assert (page.total, len(page.rows)) == (total, 11)


@pytest.mark.parametrize(("few", "cap"), [(9, 100), (10, 100), (11, 100), (11, 10), (11, 9)])
@pytest.mark.parametrize("sort", [BY_NAME, NEWEST])
def test_rows_are_those_that_were_counted_however_many(eleven, monkeypatch, few, cap, sort):
    monkeypatch.setattr("core.plans.FEW", few)
    monkeypatch.setattr(pages, "CAP", cap)
    seen = Customer.objects.at_large()

    for fitting in (seen.filter(name__contains=text) for text in ("第0", "公司", "没有")):
        for way in ("next", "previous"):
            assert walk(fitting, sort, 4, way, among=seen) == walk(fitting, sort, 4, way)
        found = pages.load(fitting, Wanted(sort, 4), dressed, among=seen)
        assert (found.total, found.is_capped) == pages.count(fitting)


@pytest.mark.parametrize("known", [None, (11, False)])
def test_what_was_read_to_count_it_is_not_read_again(eleven, known):
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    fitting = Customer.objects.filter(**({"state": "draft"} if known else {"name__contains": "公"}))
    with connection.execute_wrapper(note):
        page = pages.load(fitting, Wanted(NEWEST), dressed, known, Customer.objects.all())

    assert len(page.rows) == 11
    assert sum("LIKE" in sql or '"state" =' in sql for sql in asked) == 1


def test_a_row_that_went_out_of_sight_since_it_was_counted_is_not_shown(eleven, make_customer):
    seen = Customer.objects.at_large()

    def meanwhile(rows):
        with writing():
            Customer.objects.filter(pk=eleven[3].pk).update(pending_batch=1)
            Customer.objects.filter(pk=eleven[4].pk).update(name="另一家公司")
        return rows

    page = pages.load(seen.filter(name__contains="公司"), Wanted(BY_NAME), meanwhile, among=seen)

    assert (page.total, len(page.rows)) == (11, 10)
    assert eleven[3] not in page.rows


def test_last_page_holds_the_rest(eleven):
    page = pages.load(Customer.objects.all(), Wanted(BY_NAME, 4, is_backward=True), dressed)

    assert len(page.rows) == 3
    assert (page.first, page.last, page.total) == (9, 11, 11)
    assert page.next is None
    assert page.previous is not None


def test_back_to_rows_that_moved_up_shows_a_full_first_page(eleven):
    second = Customer.objects.order_by("name_sort", "pk")[1]
    wanted = Wanted(BY_NAME, 4, Cursor(second.name_sort, second.pk), is_backward=True, first=1)

    page = pages.load(Customer.objects.all(), wanted, dressed)

    assert len(page.rows) == 4
    assert page.first == 1
    assert page.previous is None


def test_empty_list_is_an_empty_page(db):
    page = pages.load(Customer.objects.all(), Wanted(BY_NAME), dressed)

    assert (page.rows, page.total, page.next, page.previous) == ([], 0, None, None)


def test_count_is_capped_and_exact_on_request(eleven, monkeypatch):
    monkeypatch.setattr(pages, "CAP", 5)

    assert pages.count(Customer.objects.all()) == (5, True)
    assert pages.count(Customer.objects.all(), exact=True) == (11, False)


def test_a_position_survives_the_address():
    moment = timezone.now()
    field = Customer._meta.get_field("updated_at")

    assert pages.read_cursor(str(Cursor(moment, 7)), field) == Cursor(moment, 7)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "7",
        "x~7",
        "2026-01-01~7",
        "2026-01-01T00:00:00~7",
        "0001-01-01T00:00:00+14:00~7",
        "2026-01-01T00:00:00+00:00~99999999999999999999",
        "2026-01-01T00:00:00+00:00~-1",
        "2026-13-01T00:00:00+00:00~7",
        "2026-01-01T00:00:00+00:00~٧",
    ],
)
def test_a_made_up_position_is_refused(text):
    with pytest.raises(BadCursor):
        pages.read_cursor(text, Customer._meta.get_field("updated_at"))


@pytest.mark.parametrize("text", ["a\x00~7", "\ud800~7", "a" * 501 + "~7"])
def test_a_made_up_text_position_is_refused(text):
    with pytest.raises(BadCursor):
        pages.read_cursor(text, Customer._meta.get_field("code"))


@pytest.mark.parametrize(
    ("name", "key"), [("credit_limit", Decimal("12.50")), ("review_due_date", date(2026, 1, 31))]
)
def test_positions_of_numbers_and_days_come_back_as_they_were(name, key):
    field = Customer._meta.get_field(name)

    assert pages.read_cursor(str(Cursor(key, 7)), field) == Cursor(key, 7)
    for text in ("x~7", "~7", "2026-02-30~7", "1e999~7"):
        with pytest.raises(BadCursor):
            pages.read_cursor(text, field)


# The limit of time


def slow_rows():
    sleep = "pg_sleep(3) IS NOT NULL" if connection.vendor == "postgresql" else _ENDLESS
    return Customer.objects.extra(where=[sleep])  # noqa: S610


_ENDLESS = (
    "(WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000000)"
    " SELECT count(*) FROM n) > 0"
)


# Within a transaction, and as pages ask: each statement by itself.
EITHER_WAY = pytest.mark.parametrize(
    "inside",
    [
        pytest.param(True, marks=pytest.mark.django_db),
        pytest.param(False, marks=pytest.mark.django_db(transaction=True)),
    ],
)


@EITHER_WAY
def test_a_slow_query_is_stopped(make_customer, inside):
    make_customer()
    assert connection.in_atomic_block == inside
    began = time.monotonic()

    with pytest.raises(TooSlow), bounded(0.2):
        list(slow_rows())

    assert time.monotonic() - began < 2
    assert Customer.objects.count() == 1


@EITHER_WAY
def test_the_limit_ends_with_its_block(make_customer, inside):
    make_customer()
    assert connection.in_atomic_block == inside
    with bounded(0.05):
        Customer.objects.count()
    time.sleep(0.1)

    assert list(Customer.objects.all())


def test_other_troubles_of_the_database_are_not_called_slow(db):
    with pytest.raises(DatabaseError), bounded(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such timer")
def test_a_late_timeout_never_meets_the_commit(db):
    told = []

    def note(execute, sql, params, many, context):
        told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), bounded(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    inside = [sql for sql in told if "SAVEPOINT" not in sql]
    assert inside[-1] == "SET LOCAL statement_timeout TO DEFAULT"


def test_when_the_first_way_is_too_slow_another_finds_the_page(make_customer, monkeypatch):
    made = [make_customer() for _one in range(3)]
    monkeypatch.setattr(pages, "CAP", 1)
    ways = []

    def impatient(rows):
        ways.append(str(rows.query))
        if len(ways) == 1:
            raise TooSlow
        return rows

    page = pages.load(Customer.objects.exclude(name="別"), Wanted(NEWEST), impatient)

    assert [row.pk for row in page.rows] == [one.pk for one in reversed(made)]
    assert ways[0] != ways[1]


def test_few_rows_have_no_other_way(make_customer):
    make_customer()

    def impatient(rows):
        raise TooSlow

    with pytest.raises(TooSlow):
        pages.load(Customer.objects.exclude(name="別"), Wanted(NEWEST), impatient)


def test_an_exact_count_above_the_cap_loses_no_rows(make_customer, monkeypatch):
    made = [make_customer() for _one in range(4)]
    monkeypatch.setattr(pages, "CAP", 1)

    page = pages.load(Customer.objects.exclude(name="別"), Wanted(NEWEST, exact=True), dressed)

    assert page.total == 4
    assert [row.pk for row in page.rows] == [one.pk for one in reversed(made)]


@pytest.mark.parametrize("sort", [BY_NAME, NEWEST])
def test_a_record_stands_between_its_neighbours(eleven, sort):
    rows = walk(Customer.objects.all(), sort, 3)
    keys = [None, *(row.pk for row in rows), None]

    for place, row in enumerate(rows, start=1):
        found = pages.neighbours(Customer.objects.all(), sort, row)
        assert found == (keys[place - 1], keys[place + 1])


def test_a_record_out_of_the_list_still_has_neighbours(eleven):
    others = Customer.objects.exclude(pk=eleven[5].pk)

    assert pages.neighbours(others, BY_NAME, eleven[5]) == (eleven[4].pk, eleven[6].pk)
