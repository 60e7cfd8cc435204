"""The history can only grow: raw SQL that changes it is refused, missing triggers are noticed."""

import pytest
from django.core.checks import run_checks
from django.core.checks.registry import Tags
from django.db import DatabaseError, connection, transaction

from core import append_only, history
from core.models.base import writing
from customers.services.aggregates import AGGREGATE

ALIAS = "default"
COLUMNS = (
    "subject_type, subject_id, subject_label, version, actor_id, role, source, operation, "
    "reason, at, action, changes, prev_hash, hash, redacted_hash"
)

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
postgres_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="not in SQLite")


@pytest.fixture
def entry(make_customer):
    return history.of(AGGREGATE.subject_type, make_customer().pk)[0]


def refused(sql, *params):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        writing(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)
    return True


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def drop(name):
    suffix = " ON core_change" if connection.vendor == "postgresql" else ""
    run(f"DROP TRIGGER {name}{suffix}")


@pytest.mark.parametrize("column", ["reason", "changes", "hash", "redacted_hash"])
def test_an_entry_cannot_be_changed(entry, column):
    value = '"{}"' if column == "changes" else "x"

    assert refused(f"UPDATE core_change SET {column} = %s WHERE id = %s", value, entry.pk)


def test_an_entry_cannot_be_deleted(entry):
    assert refused("DELETE FROM core_change WHERE id = %s", entry.pk)


def test_the_manager_of_the_history_cannot_delete_either(entry):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), writing():
        entry.delete()


@sqlite_only
def test_an_entry_cannot_be_replaced_by_its_key(entry):
    assert refused(
        f"INSERT OR REPLACE INTO core_change (id, {COLUMNS}) "
        f"SELECT id, {COLUMNS.replace('reason', repr('x'))} FROM core_change WHERE id = %s",
        entry.pk,
    )


@sqlite_only
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_an_entry_cannot_be_replaced_by_its_version(entry, verb):
    assert refused(
        f"{verb} INTO core_change ({COLUMNS}) "
        f"SELECT {COLUMNS.replace('reason', repr('x'))} FROM core_change WHERE id = %s",
        entry.pk,
    )


@sqlite_only
def test_an_entry_cannot_be_upserted(entry):
    assert refused(
        f"INSERT INTO core_change ({COLUMNS}) SELECT {COLUMNS} FROM core_change WHERE id = %s "
        "ON CONFLICT (subject_type, subject_id, version) DO UPDATE SET reason = 'x'",
        entry.pk,
    )


@postgres_only
def test_an_entry_cannot_be_upserted_on_postgresql(entry):
    assert refused(
        f"INSERT INTO core_change ({COLUMNS}) SELECT {COLUMNS} FROM core_change WHERE id = %s "
        "ON CONFLICT (subject_type, subject_id, version) DO UPDATE SET reason = 'x'",
        entry.pk,
    )


@postgres_only
def test_the_history_cannot_be_emptied(entry):
    run("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused("TRUNCATE core_change")


def test_nothing_is_missing_after_migrating(db):
    assert append_only.missing() == []
    assert run_checks(tags=[Tags.database], databases=[ALIAS]) == []


@pytest.mark.parametrize("name", sorted(append_only._triggers(connection)))
def test_a_dropped_trigger_is_noticed_and_put_back(db, name):
    drop(name)

    assert append_only.missing() == [name]
    (problem,) = run_checks(tags=[Tags.database], databases=[ALIAS])
    assert (problem.id, name in problem.msg) == ("core.E003", True)

    append_only.after_migrate(using=ALIAS)
    assert append_only.missing() == []


@postgres_only
def test_a_disabled_trigger_is_noticed(db):
    run("ALTER TABLE core_change DISABLE TRIGGER core_change_no_change")

    assert append_only.missing() == ["core_change_no_change"]


def test_a_check_without_a_database_asks_none(django_assert_num_queries):
    assert run_checks(tags=[Tags.database]) == []


def test_lifting_ends_with_the_block_even_after_an_error(entry):
    with pytest.raises(ValueError), append_only.lifted():  # noqa: PT011, PT012
        with writing():
            run(f"UPDATE core_change SET reason = 'x' WHERE id = {entry.pk}")
        raise ValueError

    assert append_only.missing() == []
    assert refused("DELETE FROM core_change WHERE id = %s", entry.pk)


def test_the_migration_and_lifting_are_harmless_when_repeated(db):
    append_only.install()
    append_only.install()

    assert append_only.missing() == []
