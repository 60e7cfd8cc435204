"""The probe writes, leaves nothing, and knows a database that cannot be written."""

import contextlib
import os
import shutil
import sqlite3

import pytest
from django.db import connection

from core import probe

sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="a file's own kind of trouble")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Let no answer of before count."""
    monkeypatch.setattr(probe, "_good_until", 0.0)


@sqlite
@pytest.mark.django_db(transaction=True)
def test_it_really_writes_and_leaves_no_row():
    file = str(connection.settings_dict["NAME"])
    connection.ensure_connection()
    before = os.path.getsize(f"{file}-wal")

    assert probe.problem() == ""

    assert os.path.getsize(f"{file}-wal") > before


@sqlite
@pytest.mark.django_db(transaction=True)
def test_a_writer_at_work_is_no_trouble():
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("BEGIN IMMEDIATE")

        assert probe.problem() == ""


@sqlite
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told(client, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    response = client.get("/healthz")

    assert (response.status_code, response.content) == (503, b"disk full\n")


@pytest.mark.django_db(transaction=True)
def test_what_was_good_counts_for_a_second_and_bad_for_no_time(monkeypatch):
    assert probe.problem() == ""
    monkeypatch.setattr(probe, "_look", lambda: "not writable")

    assert probe.problem() == ""
    monkeypatch.setattr(probe, "_good_until", 0.0)
    assert probe.problem() == "not writable"
    monkeypatch.undo()
    assert probe.problem() == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a server's own kind of trouble")
@pytest.mark.django_db(transaction=True)
def test_a_server_that_only_reads_is_told():
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert probe.problem() == "not writable"
    finally:
        connection.close()
    assert probe.problem() == ""
