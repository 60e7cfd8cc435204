"""A database in trouble: 503, what was typed kept, and nothing to restart afterwards."""

from __future__ import annotations

import contextlib
import errno
import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from core.models import User
from core.outage import Outage, outage_of, sentence
from core.views.errors import unavailable

PASSWORD = "correct horse battery"
PAGE = "errors/503.html"


@contextlib.contextmanager
def failing(words: str, times: int = 1000, on: str = "INSERT"):
    """Let statements fail as the database would."""
    left = [times]

    def fail(execute, sql, params, many, context):
        if sql.startswith(on) and left[0]:
            left[0] -= 1
            raise OperationalError(words)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield left


@pytest.fixture
def quiet(client: Client, settings: Settings) -> Client:
    """A client that gets the page instead of the exception."""
    client.raise_request_exception = False
    settings.ZEAL_RAISE = False  # a request carried out again reads its person again
    return client


@pytest.fixture
def ann(db) -> User:
    """Somebody who can sign in."""
    return User.objects.create_user("ann", display_name="Ann", password=PASSWORD)


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("database or disk is full", "服务器磁盘已满"),
        ("attempt to write a readonly database", "暂时不能保存"),
        ("database is locked", "数据库正忙"),
        ("unable to open database file", "暂时连不上数据库"),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(quiet, ann, words, heading):
    fields = {"username": "ann", "password": PASSWORD, "next": "/customers/?q=a&b"}
    with failing(words):
        response = quiet.post("/login/?x=1", fields)

    page = response.content.decode()
    assert response.status_code == 503
    assert PAGE in [template.name for template in response.templates]
    assert heading in page
    assert response["Retry-After"]
    assert '<form method="post" action="/login/?x=1">' in page
    assert '<input type="hidden" name="username" value="ann">' in page
    assert '<input type="hidden" name="next" value="/customers/?q=a&amp;b">' in page
    assert PASSWORD not in page
    assert re.search(r"<textarea[^>]*readonly[^>]*>ann\s*</textarea>", page)


def test_every_field_of_a_form_is_in_the_page(quiet, clerk, make_customer):
    customer = make_customer()
    quiet.force_login(clerk)
    page = quiet.get(f"/customers/{customer.pk}/edit/").content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    fields |= {"name": customer.name, "remark": "typed with care", "action": "save"}
    with failing("database or disk is full"):
        told = quiet.post(f"/customers/{customer.pk}/edit/", fields)
    assert told.status_code == 503
    again = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', told.content.decode())
    )

    assert again == {name: value for name, value in fields.items() if name in again}
    assert set(fields) - set(again) == set()


def test_a_page_that_only_reads_offers_to_try_again(quiet, ann):
    quiet.force_login(ann)
    with failing("database or disk is full", on="SELECT"):
        response = quiet.get("/preferences/?a=1")

    assert response.status_code == 503
    assert 'href="/preferences/?a=1"' in response.content.decode()


def test_a_bug_is_still_a_bug(quiet, ann):
    with failing("no such column: x"):
        response = quiet.post("/login/", {"username": "ann", "password": PASSWORD})

    assert response.status_code == 500


def test_the_log_has_one_line_and_no_traceback(quiet, ann, caplog):
    with failing("database or disk is full"):
        quiet.post("/login/", {"username": "ann", "password": PASSWORD})

    records = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in records] == [
        "The database is in trouble (full): database or disk is full"
    ]
    assert records[0].exc_info is None


def test_a_body_that_cannot_be_read_does_not_stop_the_page(rf):
    request = rf.post("/", b"x" * 10, content_type="multipart/form-data; boundary=")

    assert unavailable(request, Outage.FULL, OperationalError("x")).status_code == 503


def cut() -> OperationalError:
    class Cut(Exception):
        pgcode = "57P01"

    error = OperationalError("terminating connection due to administrator command")
    error.__cause__ = Cut()
    return error


def test_other_errors_are_no_outage():
    assert outage_of(ValueError("connection")) is None
    assert outage_of(OperationalError("no such table: x")) is None
    assert sentence(OperationalError("no such table: x")) == ""
    assert outage_of(cut()) is Outage.AWAY


sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only a file is opened read-only")
server = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite cuts no connection")


@sqlite
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_cannot_write_is_dropped_and_the_next_one_can(quiet):
    User.objects.create_user("ann", display_name="Ann", password=PASSWORD)
    sign_in = {"username": "ann", "password": PASSWORD}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")

    assert quiet.post("/login/", sign_in).status_code == 503
    connection.close_if_unusable_or_obsolete()  # as at the end of every request

    assert quiet.post("/login/", sign_in).status_code == 302


@sqlite
@pytest.mark.django_db(transaction=True)
def test_a_connection_to_a_file_that_cannot_be_written_is_kept_for_one_request(monkeypatch):
    connection.close()
    monkeypatch.setattr("os.access", lambda *_: False)
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()
    assert connection.connection is None

    monkeypatch.undo()
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()
    assert connection.connection is not None


def end_all_connections() -> None:
    """Let the server cut every connection to this database but the one that asks."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    finally:
        other.close()


@contextlib.contextmanager
def cut_at(words: str, times: int = 1):
    """Cut the connection just before a statement that holds the words."""
    left = [times]

    def strike(execute, sql, params, many, context):
        if words in sql and left[0]:
            left[0] -= 1
            end_all_connections()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(strike):
        yield left


@server
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["core_user", "django_session"])
def test_a_page_whose_connection_is_cut_comes_all_the_same(quiet, place):
    quiet.force_login(User.objects.create_user("ann", display_name="Ann", password=PASSWORD))
    with cut_at(place) as left:
        response = quiet.get("/preferences/")

    assert left == [0]
    assert response.status_code == 200


@server
@pytest.mark.django_db(transaction=True)
def test_a_form_is_carried_out_again_when_nothing_was_committed(quiet):
    ann = User.objects.create_user("ann", display_name="Ann", password=PASSWORD)
    quiet.force_login(ann)
    with cut_at("core_user") as left:
        response = quiet.post("/display/", {"theme": "dark"})

    assert left == [0]
    assert response.status_code == 302
    ann.refresh_from_db()
    assert ann.theme == "dark"


@server
@pytest.mark.django_db(transaction=True)
def test_what_may_have_arrived_is_not_sent_twice(quiet):
    ann = User.objects.create_user("ann", display_name="Ann", password=PASSWORD)
    quiet.force_login(ann)
    with cut_at('UPDATE "core_user"') as left:
        response = quiet.post("/display/", {"theme": "dark"})
    connection.close()  # as at the end of every request

    assert left == [0]
    assert response.status_code == 503


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ('database "kehu" does not exist', "make it with createdb"),
        ('role "kehu" does not exist', "see DATABASE_URL"),
    ],
)
def test_a_database_is_made_only_where_it_is_what_is_missing(words, hint):
    error = OperationalError(f"connection to server failed: FATAL:  {words}")
    error.__cause__ = type("Refused", (Exception,), {"pgcode": None})()

    assert hint in sentence(error)


def test_a_file_on_a_full_disk_is_told_in_a_sentence():
    full = OSError(errno.ENOSPC, "No space left on device", "static/app.css")

    assert sentence(full) == "A file cannot be written: static/app.css: No space left on device."
    assert sentence(OSError(errno.ENOENT, "No such file", "x")) == ""
