"""A worker that is frozen in the middle of an import and wakes up when another has finished it."""

from __future__ import annotations

import signal
from subprocess import Popen
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django_tasks_db.models import DBTaskResult

from core import jobs
from core.models import WorkerBeat
from customers.models import Customer, ImportBatch, ImportOutcome
from tests import faults
from tests.concurrency.importing import assert_whole, begun
from tests.core.jobs.processes import Workers, is_frozen, is_over, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

postgres_only = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="a process frozen in a transaction of SQLite keeps every other writer out",
)
INSIDE = "import.write.written"
BETWEEN = [
    *(name for name in faults.names("import.write") if name != INSIDE),
    *("jobs.claim", "jobs.claimed", "jobs.chunk.committed", "jobs.end"),
]
INSIDE_ANY = [INSIDE, "jobs.chunk.begun", "jobs.chunk.written", "jobs.chunk.noted"]
# Tables in which workers note what they do, not what comes of it.
ASIDE = {WorkerBeat, DBTaskResult}


def stored() -> dict[str, list[Any]]:
    """Give every row of every table, except where workers note what they are at."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model not in ASIDE
    }


@pytest.fixture
def begin(crew, in_worker, admin, world):
    """Begin an import, and freeze the worker that writes it at a place.

    The worker is there before: a heart that beats no more is done with the first things it does.
    """

    def begin(place: str, *, beats: bool) -> tuple[Popen[bytes], ImportBatch]:
        zombie = crew.start(f"stop@{place}", beats=beats)
        wait_for(jobs.has_worker, crew)
        batch = begun("write", admin, in_worker)
        wait_for(lambda: is_frozen(zombie), crew)
        return zombie, batch

    return begin


def outlived(crew: Workers, zombie: Popen[bytes], batch: ImportBatch) -> None:
    """Let another worker finish, and wake the frozen one up: it changes nothing at all."""
    batch.job.refresh_from_db()
    token = batch.job.token
    crew.start()
    wait_for(lambda: is_over(batch.job), crew)
    batch.refresh_from_db()
    before = stored()

    assert is_frozen(zombie)
    zombie.send_signal(signal.SIGCONT)
    if token:
        wait_for(lambda: "another worker has it now" in crew.logs(), crew)
    zombie.terminate()

    assert zombie.wait(timeout=20) == 0, crew.logs()
    assert stored() == before


@pytest.mark.parametrize("place", ["import.write.chunk:2", "import.write.finish:1"])
def test_frozen_between_two_chunks_it_writes_nothing(place, begin, crew, admin):
    zombie, batch = begin(place, beats=False)

    outlived(crew, zombie, batch)

    assert_whole(batch, admin, crew)


@pytest.mark.long
@pytest.mark.parametrize("name", BETWEEN)
def test_frozen_at_any_place_outside_it_writes_nothing(name, begin, crew, admin):
    zombie, batch = begin(f"{name}:1", beats=False)

    outlived(crew, zombie, batch)

    assert_whole(batch, admin, crew)


@postgres_only
def test_frozen_in_the_middle_of_a_chunk_it_writes_nothing(begin, crew, admin):
    zombie, batch = begin(f"{INSIDE}:2", beats=True)

    outlived(crew, zombie, batch)

    assert_whole(batch, admin, crew)


@pytest.mark.long
@postgres_only
@pytest.mark.parametrize("name", INSIDE_ANY)
def test_frozen_at_any_place_inside_it_writes_nothing(name, begin, crew, admin):
    zombie, batch = begin(f"{name}:1", beats=True)

    outlived(crew, zombie, batch)

    assert_whole(batch, admin, crew)


def test_what_it_had_written_before_stays(begin, crew):
    _zombie, batch = begin("import.write.chunk:2", beats=False)
    kept = dict(Customer.objects.values_list("pk", "code"))
    outcome = ImportOutcome.objects.get(batch=batch)
    assert 0 < len(kept) == outcome.count

    crew.start()
    wait_for(lambda: is_over(batch.job), crew)

    assert kept.items() <= dict(Customer.objects.values_list("pk", "code")).items()
