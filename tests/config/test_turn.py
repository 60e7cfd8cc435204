"""Writers of an SQLite file wait for their turn, and never for ever."""

import subprocess
import sys
import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from config.sqlite.turn import Turn

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no lock files on Windows")


def test_one_has_the_turn_and_the_next_gets_it_when_it_is_free(tmp_path):
    first, second = Turn(str(tmp_path / "db")), Turn(str(tmp_path / "db"))

    assert first.take(0)
    assert first.take(0)
    assert not second.take(0.01)
    first.free()
    first.free()
    assert second.take(0)


def test_a_process_that_died_holds_nobody_up(tmp_path):
    code = (
        "import sys; from config.sqlite.turn import Turn;"
        "turn = Turn(sys.argv[1]); assert turn.take(0); sys.stdout.write('x'); sys.stdout.flush();"
        "sys.stdin.read()"
    )
    name = str(tmp_path / "db")
    command = [sys.executable, "-c", code, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.read(1)
        mine = Turn(name)
        assert not mine.take(0.01)
        holder.kill()

    assert mine.take(5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_every_end_of_a_transaction_frees_the_turn(ending):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")

    def write():
        with transaction.atomic():
            if ending == "rollback":
                transaction.set_rollback(True)
            if ending == "close":
                connection.close()
        connection.close()

    other = threading.Thread(target=write)
    other.start()
    other.join(timeout=30)

    turn = Turn(str(connection.settings_dict["NAME"]))
    came = turn.take(1)
    turn.free()
    assert came


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_that_the_database_is_locked(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    told = []

    def write():
        own = connections["default"]
        options = {**own.settings_dict["OPTIONS"], "timeout": 0.05}
        own.settings_dict = {**own.settings_dict, "OPTIONS": options}
        try:
            with transaction.atomic():
                told.append("wrote")
        except OperationalError as error:
            told.append(str(error))
        own.close()

    with transaction.atomic():
        other = threading.Thread(target=write)
        other.start()
        other.join(timeout=30)

    assert told == ["database is locked"]
