"""Each proof of `manage.py verify` sees what it is there for, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection

from core import append_only, extend, history, saving, verify
from core.models import Change, Unit
from core.models.base import writing
from tests.cast import act_by

pytestmark = pytest.mark.django_db
CHECKS = {**verify.CHECKS, **extend.verifications()}


@contextmanager
def tampering() -> Iterator[None]:
    """What somebody with the database's password can do."""
    with writing(), append_only.lifted():
        yield


def execute(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def findings(name: str) -> list[str]:
    """What the one check finds; all others must find nothing."""
    found = {tally.name: tally.findings for tally in verify.run() if tally.findings}
    assert set(found) <= {next(key for key in verify.CHECKS if key.startswith(name))}, found
    return [line for lines in found.values() for line in lines]


@pytest.fixture
def unit(units, system_user) -> Unit:
    """A department with three history entries."""
    changed = units.team
    for name in ("二组", "三组"):
        changed = saving.change(
            units_aggregate(), changed.pk, {"name": name}, version=changed.version,
            act=act_by(system_user),
        )  # fmt: skip
    return changed


def units_aggregate():
    return next(one for one in extend.aggregates() if one.root is Unit)


def test_an_untouched_database_is_clean(unit, make_customer, capsys):
    make_customer(state="enabled")

    call_command("verify")

    lines = capsys.readouterr().out.splitlines()
    assert all(line.endswith("ok") for line in lines)
    assert len(lines) == len(CHECKS)


def test_a_changed_entry_is_found(unit):
    with tampering():
        execute("UPDATE core_change SET reason = %s WHERE subject_id = %s AND version = 2 "
                "AND subject_type = 'core.unit'", "nachgetragen", unit.pk)  # fmt: skip

    assert findings("history") == [
        f"core.unit {unit.pk} v2 change: its content does not fit its hash"
    ]


def test_a_changed_entry_with_a_new_hash_breaks_the_chain(unit):
    with tampering():
        entry = Change.objects.get(subject_type="core.unit", subject_id=unit.pk, version=2)
        entry.reason = "nachgetragen"
        execute("UPDATE core_change SET reason = %s, hash = %s WHERE id = %s",
                entry.reason, entry.digest(), entry.pk)  # fmt: skip

    assert findings("history") == [
        f"core.unit {unit.pk} v3 change: it does not name the hash of the entry before"
    ]


def test_a_removed_entry_is_found(unit):
    with tampering():
        execute("DELETE FROM core_change WHERE subject_id = %s AND version = 2 "
                "AND subject_type = 'core.unit'", unit.pk)  # fmt: skip

    assert findings("history") == [
        f"core.unit {unit.pk} v3 change: version 2 is missing before it",
        f"core.unit {unit.pk} v3 change: it does not name the hash of the entry before",
    ]


def test_a_false_redaction_is_found(unit):
    with tampering():
        execute("UPDATE core_change SET redacted_hash = 'x' WHERE subject_id = %s AND version = 1 "
                "AND subject_type = 'core.unit'", unit.pk)  # fmt: skip

    assert len(findings("history")) == 1


def test_a_row_that_moved_without_history_is_found(unit):
    with tampering():
        execute("UPDATE core_unit SET version = 9 WHERE id = %s", unit.pk)

    assert findings("versions") == [f"core.unit {unit.pk}: it is at version 9, its history at 3"]


def test_a_row_without_history_is_found(units):
    with tampering():
        execute("INSERT INTO core_unit "
                "(version, code, name, is_active, path, sort_path, code_sort, search_key) "
                "VALUES (1, 'X', 'X', %s, '/9/', 'X!', 'X', '')", True)  # fmt: skip

    assert [line.rpartition(": ")[2] for line in findings("versions")] == [
        "it is at version 1, its history at 0"
    ]


def test_a_seeded_row_needs_no_history(units):
    with tampering():
        execute("INSERT INTO core_unit "
                "(version, code, name, is_active, path, sort_path, code_sort, search_key) "
                "VALUES (0, 'X', 'X', %s, '/9/', 'X!', 'X', '')", True)  # fmt: skip

    assert findings("versions") == []


def test_a_row_that_vanished_is_found(unit):
    with tampering():
        execute("DELETE FROM core_unit WHERE id = %s", unit.pk)

    assert findings("versions") == [
        f"core.unit {unit.pk}: the row is gone, but its history does not tell of its deletion"
    ]


def test_a_deleted_row_is_no_finding(unit, system_user):
    saving.delete(units_aggregate(), unit.pk, version=unit.version, act=act_by(system_user))

    assert findings("versions") == []


def test_a_reference_into_the_void_is_found(unit):
    tally = verify.Tally("references")
    with tampering(), unchecked():
        execute("UPDATE core_unit SET parent_id = 999999 WHERE id = %s", unit.pk)
        verify.CHECKS["references: nothing points into the void"](tally)
        execute("UPDATE core_unit SET parent_id = NULL WHERE id = %s", unit.pk)

    assert tally.findings == [f"core_unit {unit.pk}: parent_id 999999 does not exist"]


def test_a_missing_trigger_is_found(unit):
    with append_only.lifted():
        found = findings("triggers")

    assert [line.partition(":")[0] for line in found] == ["core_change"] * len(found)
    assert len(found) == (2 if connection.vendor == "postgresql" else 3)


def test_what_is_wrong_ends_the_command_with_status_1(unit, capsys):
    with tampering():
        execute("UPDATE core_unit SET version = 9 WHERE id = %s", unit.pk)

    with pytest.raises(SystemExit) as ended:
        call_command("verify")

    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert "1 WRONG" in out
    assert f"    core.unit {unit.pk}: it is at version 9, its history at 3\n" in out


def test_many_findings_are_counted_not_kept():
    tally = verify.Tally("many")

    for number in range(verify.MOST_SHOWN + 5):
        tally.find(str(number), "wrong")

    assert (tally.wrong, len(tally.findings)) == (verify.MOST_SHOWN + 5, verify.MOST_SHOWN)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([], [], []),
        ([(1, "a")], [], [(1, "a", None)]),
        ([(1, "a"), (3, "c")], [(3, "C")], [(1, "a", None), (3, "c", "C")]),
        ([(3, "c")], [(2, "B"), (3, "C")], [(2, None, "B"), (3, "c", "C")]),
    ],
)
def test_two_streams_are_walked_together(left, right, expected):
    assert list(verify.beside(iter(left), iter(right))) == expected


@pytest.mark.django_db(transaction=True)
def test_others_write_while_it_reads(units, system_user):
    team, act = units.team, act_by(system_user)

    def rename() -> None:
        saving.change(units_aggregate(), team.pk, {"name": "新组"}, version=team.version, act=act)
        connection.close()

    checks = verify.run()
    first = next(checks)
    other = Thread(target=rename)
    other.start()
    other.join(timeout=30)

    assert [tally.wrong for tally in (first, *checks)] == [0] * len(CHECKS)
    assert history.of("core.unit", team.pk).count() == 2


@contextmanager
def unchecked() -> Iterator[None]:
    """Let a foreign key point nowhere for a moment."""
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL DEFERRED")
    else:
        execute("PRAGMA defer_foreign_keys = ON")
    yield
