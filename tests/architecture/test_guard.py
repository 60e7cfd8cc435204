"""Business rows are written by core.saving alone: the guard of the tests finds what goes around."""

import threading

import pytest
from django.db import connection, connections, models, transaction

from core.models import Change, Unit
from core.models.base import WriteOutsideSaving, writing
from tests.guard import business_tables, written_table

pytestmark = pytest.mark.django_db

TABLES = ["core_unit", "core_change", "customers_customer", "customers_customer_tags"]
UPDATE = "UPDATE core_unit SET name = name"


@pytest.mark.parametrize("table", TABLES)
def test_business_tables_are_known(table: str) -> None:
    assert table in business_tables()
    assert table in connection.introspection.table_names()


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ('INSERT INTO "core_unit" ("name") VALUES (%s)', "core_unit"),
        ("insert or replace into core_unit values (1)", "core_unit"),
        ('UPDATE ONLY "core_unit" SET name = 1', "core_unit"),
        ("\n  DELETE FROM core_unit", "core_unit"),
        ('TRUNCATE "core_unit"', "core_unit"),
        ("SELECT * FROM core_unit FOR UPDATE", ""),
    ],
)
def test_written_table_is_found(sql: str, table: str) -> None:
    assert written_table(sql) == table


def test_raw_sql_is_found() -> None:
    with connection.cursor() as cursor, pytest.raises(WriteOutsideSaving):
        cursor.execute(UPDATE)


def test_what_goes_around_the_managers_is_found() -> None:
    queryset = models.QuerySet(Change)

    with pytest.raises(WriteOutsideSaving):
        queryset.create(subject_type="x", subject_id=1, version=1)
    with pytest.raises(WriteOutsideSaving):
        Unit.objects.all()._raw_delete("default")
    with pytest.raises(WriteOutsideSaving):
        models.Model.save(Unit(code="X", name="X"))


def test_managers_and_models_refuse_by_themselves() -> None:
    with pytest.raises(WriteOutsideSaving):
        Unit.objects.update(name="X")
    with pytest.raises(WriteOutsideSaving):
        Unit(code="X", name="X").save()


@pytest.mark.django_db(transaction=True)
def test_a_write_in_another_thread_is_found() -> None:
    found = []

    def write() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(UPDATE)
        except WriteOutsideSaving as problem:
            found.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    assert len(found) == 1


def test_saving_may_write() -> None:
    with transaction.atomic(), writing(), connection.cursor() as cursor:
        cursor.execute(UPDATE)
