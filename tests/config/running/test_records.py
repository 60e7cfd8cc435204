"""Who is an orphan of ours: known by its number and its beginning, never by its number alone."""

import json
import os
import subprocess
import sys

import pytest

from config.running import records

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no records on Windows")


@pytest.fixture
def sleeper():
    """A process that does nothing."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command, start_new_session=True) as process:
        yield process
        process.kill()


def left_by_a_dead_one(folder, pid, moment):
    (folder / "1.json").write_text(json.dumps({"port": 1, "children": {"server": [pid, moment]}}))


def test_a_process_of_a_dead_record_is_ended(tmp_path, sleeper):
    left_by_a_dead_one(tmp_path, sleeper.pid, records.began(sleeper.pid))

    told = list(records.end_orphans(tmp_path))

    assert told == [
        f"An earlier ./run was killed; ending the server it left (process {sleeper.pid})."
    ]
    assert sleeper.wait(timeout=20) != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", ["1", ""])
def test_a_stranger_with_the_number_of_an_orphan_is_left_alone(tmp_path, sleeper, moment):
    left_by_a_dead_one(tmp_path, sleeper.pid, moment)

    assert list(records.end_orphans(tmp_path)) == []

    assert sleeper.poll() is None
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_cannot_be_written_stops_nobody(tmp_path, sleeper):
    """What is full is the disk of the database: the next start of a worker must not end it all."""
    folder = tmp_path / "running"
    folder.mkdir()
    (folder / f"{os.getpid()}.json").symlink_to("/dev/full")
    record = records.Record(folder, port=8123)

    record.open()
    record.note("worker", sleeper.pid)

    assert sleeper.poll() is None
    record.close()


def test_a_living_record_and_what_it_names_are_left_alone(tmp_path, sleeper):
    record = records.Record(tmp_path / "running", port=8123)
    record.open()
    record.note("server", sleeper.pid)

    assert list(records.end_orphans(tmp_path / "running")) == []

    assert sleeper.poll() is None
    (told,) = records.living(tmp_path / "running")
    assert told["port"] == 8123
    record.close()
    assert records.living(tmp_path / "running") == []


def test_a_record_that_was_cut_off_is_taken_away(tmp_path):
    (tmp_path / "1.json").write_text('{"port": 1, "chil')

    assert list(records.end_orphans(tmp_path)) == []

    assert list(tmp_path.iterdir()) == []


def test_without_a_record_nothing_is_ended(tmp_path):
    assert list(records.end_orphans(tmp_path / "never")) == []
