"""A database in trouble is told in one sentence by every command, and no traceback."""

import pytest

from tests.config.running.serving import manage


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgres://x@127.0.0.1:1/x", "cannot be reached: connection to server at"),
        ("postgres://x@nowhere.invalid/x", "cannot be reached: could not translate host name"),
        ("postgres://x@127.0.0.1/x?sslmode=odd", "cannot be reached: invalid sslmode value"),
        ("sqlite:////nowhere/at/all.sqlite3", "cannot be reached: unable to open database file"),
        ("mysql://x@y/z", "DATABASE_URL must start with postgres:// or sqlite:///."),
        ("postgres://x@y:port/z", "DATABASE_URL cannot be read"),
        ("postgres://x@y", "DATABASE_URL names no database."),
    ],
)
def test_an_address_that_leads_nowhere_ends_the_start(tmp_path, address, sentence):
    ended = manage(tmp_path, "migrate", DATABASE_URL=address)

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "kehu.sqlite3").write_text("something else " * 100)

    ended = manage(tmp_path, "verify")

    assert ended.returncode == 1
    assert ended.stderr.startswith("The database is damaged: file is not a database.")
    assert ended.stderr.count("\n") == 1


def test_the_traceback_is_there_for_whoever_asks(tmp_path):
    ended = manage(tmp_path, "migrate", "--traceback", DATABASE_URL="postgres://x@127.0.0.1:1/x")

    assert "Traceback" in ended.stderr
