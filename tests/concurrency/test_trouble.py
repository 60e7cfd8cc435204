"""A full disk, a database that is away, workers that die again and again: never half an import.

The batch ends done or taken back, nobody stays hidden, the books add up, and its page says
meanwhile that it is being worked on. A seeded part runs everywhere, the whole with `-m long`.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core import faults as armed_faults
from core import jobs, verify
from core.models import Job
from customers.import_lifecycle import RUNNING
from customers.imports import desk
from customers.models import Customer, ImportBatch
from tests import faults
from tests.concurrency.importing import COUNT, begun
from tests.core.jobs.processes import Workers, is_frozen, is_over, wait_for
from tests.customers.imports.filled import press
from tests.disk import AWAY, FULL, SmallDisk, lacking

pytestmark = pytest.mark.django_db(transaction=True)

LONG, SHORT = 60.0, 4.0
DEATHS = 20
# Places that every job passes, whatever it does.
EVERYWHERE = [
    *("jobs.claimed", "jobs.chunk.begun", "jobs.chunk.written", "jobs.chunk.noted"),
    *("jobs.chunk.committed", "jobs.end"),
]
UNDO = faults.names("import.undo")
PLACES = {
    "write": [*faults.names("import.write"), *EVERYWHERE],
    "take back": [*(name for name in UNDO if name != "import.undo.finish"), *EVERYWHERE],
    "undo": [*UNDO, *EVERYWHERE],
}
CASES = [(step, place) for step, places in PLACES.items() for place in places]
ENDS = {"write": {"done", "failed"}, "take back": {"cancelled"}, "undo": {"undone"}}


@pytest.fixture
def prepared(
    admin: Any, world: Any, in_worker: Callable[[], None], settings: Any
) -> Callable[[str], ImportBatch]:
    """Bring an import to the point where a worker is to write it, take it back or undo it."""
    settings.IMPORT_CHUNK, settings.JOB_PAUSE = 10, 0.1

    def prepare(step: str) -> ImportBatch:
        if step != "take back":
            return begun(step, admin, in_worker)
        batch = begun("write", admin, in_worker)
        with armed_faults.armed("raise@import.write.finish:1"):
            jobs.run_here(batch.job)
        assert Customer.objects.filter(pending_batch=batch.pk).count() == COUNT
        return desk.cancel(ImportBatch.objects.get(pk=batch.pk), press(admin))

    return prepare


@pytest.fixture
def look(admin: Any, client: Client) -> Callable[[ImportBatch], None]:
    """Look at the page of an import that is not over: it says so, and nothing else."""
    client.force_login(admin)

    def look(batch: ImportBatch) -> None:
        page = client.get(f"/customers/imports/{batch.pk}/").content.decode()
        batch.refresh_from_db()
        if batch.state in RUNNING:
            assert "data-progress" in page
            assert "对账一致" not in page
            assert "本次引入已" not in page

    return look


def assert_settled(step: str, batch: ImportBatch, crew: Workers) -> None:
    """It ended as it may, completely; verify finds nothing."""
    wait_for(lambda: is_over(batch.job), crew, 180)
    batch.refresh_from_db()
    assert batch.state in ENDS[step], (batch.state, batch.failure, crew.logs())
    assert Customer.objects.count() == (COUNT if batch.state == "done" else 0)
    assert not Customer.objects.exclude(pending_batch=None).exists()
    assert not Job.objects.filter(state__in=Job.OPEN).exists()
    assert [tally.findings for tally in verify.run() if tally.wrong] == []


class Trial:
    """One import, one trouble, one place."""

    def __init__(self, prepared: Any, look: Any, crew: Workers, disk: Any = None) -> None:
        self.prepared, self.look, self.crew, self.disk = prepared, look, crew, disk

    def strike(self, step: str, place: str, trouble: str, seconds: float) -> None:
        """Let the trouble begin at a place, and end after so many seconds."""
        batch, crew, disk = self.prepared(step), self.crew, self.disk or self.crew.disk
        worker = crew.start(f"stop@{place}:1")
        wait_for(lambda: is_frozen(worker) or is_over(batch.job), crew)
        disk.becomes(trouble)
        worker.send_signal(signal.SIGCONT)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(seconds / 4)
            self.look(batch)
        disk.is_well()
        assert_settled(step, batch, crew)
        assert worker.poll() is None, crew.logs()

    def die(self, step: str, place: str, times: int) -> None:
        """Let workers die at a place, so many times in a row; then one comes that lives."""
        batch, crew = self.prepared(step), self.crew
        dying = crew.start_dying(f"kill@{place}:1", times)
        wait_for(lambda: dying.poll() is not None or is_over(batch.job), crew, 60 + 20 * times)
        self.look(batch)
        dying.terminate()
        dying.wait()
        crew.start()
        assert_settled(step, batch, crew)


@pytest.fixture
def trial(prepared: Any, look: Any, crew: Workers) -> Trial:
    """What all tests here do."""
    return Trial(prepared, look, crew)


def chosen(seed: int, salt: str) -> tuple[str, str]:
    """Give the case that this run of CI tries."""
    return random.Random(f"{seed} {salt}").choice(CASES)


def test_a_full_disk_at_some_moment(trial: Trial, seed: int) -> None:
    trial.strike(*chosen(seed, "full"), FULL, SHORT)


def test_a_database_that_is_away_at_some_moment(trial: Trial, seed: int) -> None:
    trial.strike(*chosen(seed, "away"), AWAY, SHORT)


def test_workers_that_die_at_some_place_again_and_again(trial: Trial, seed: int) -> None:
    trial.die(*chosen(seed, "die"), 6)


@pytest.mark.long
@pytest.mark.parametrize(("step", "place"), CASES)
def test_a_full_disk_at_any_moment(trial: Trial, step: str, place: str) -> None:
    trial.strike(step, place, FULL, LONG)


@pytest.fixture
def small(transactional_db: None, tmp_path: Path) -> Iterator[SmallDisk]:
    """A real small disk, and the database on it."""
    with SmallDisk.mounted(tmp_path) as disk:
        yield disk


@pytest.mark.long
@pytest.mark.skipif(bool(lacking()), reason=lacking() or "nothing is lacking")
@pytest.mark.parametrize("step", PLACES)
def test_a_disk_that_is_really_full(small: SmallDisk, request: Any, step: str) -> None:
    trial = Trial(*map(request.getfixturevalue, ("prepared", "look", "crew")), disk=small)

    trial.strike(step, PLACES[step][1], FULL, LONG)


@pytest.mark.long
@pytest.mark.parametrize("step", PLACES)
def test_a_database_that_is_away_for_a_minute(trial: Trial, step: str, seed: int) -> None:
    trial.strike(step, random.Random(seed).choice(PLACES[step]), AWAY, LONG)


@pytest.mark.long
@pytest.mark.parametrize(("step", "place"), CASES)
def test_workers_that_die_at_any_place_twenty_times(trial: Trial, step: str, place: str) -> None:
    trial.die(step, place, DEATHS)
