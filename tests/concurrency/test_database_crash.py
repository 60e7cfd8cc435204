"""PostgreSQL crashes while a worker writes an import: what was committed stays, the rest comes."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from core.models import User
from customers.models import Customer, ImportBatch
from tests.concurrency import cluster
from tests.concurrency.cluster import Cluster
from tests.concurrency.importing import COUNT, assert_reconciled, assert_whole, begun
from tests.core.jobs.processes import Workers, is_frozen, is_over, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to crash"),
    pytest.mark.skipif(bool(cluster.lacking()), reason=cluster.lacking() or "nothing is lacking"),
]

MOMENTS = 10
# Enough for a write that lasts longer than it takes to crash the server.
MANY = 300


@pytest.fixture
def server(transactional_db: None) -> Iterator[Cluster]:
    """A cluster of this test's own, on which everything that follows works."""
    with cluster.running() as server, cluster.in_use(server):
        yield server


@pytest.fixture
def people(server: Cluster, request: pytest.FixtureRequest) -> User:
    """The admin and the reference values, on that cluster."""
    request.getfixturevalue("world")
    return request.getfixturevalue("admin")


def crashed(server: Cluster) -> dict[int, str]:
    """Crash the server and start it again; give the customers that were committed before."""
    before = dict(Customer.objects.values_list("pk", "code"))
    server.crash()
    connection.close()
    server.start()
    return before


def test_a_write_survives_a_crash_in_the_middle_of_a_chunk(server, people, crew, in_worker):
    batch = begun("write", people, in_worker)
    worker = crew.start("stop@import.write.written:2")
    wait_for(lambda: is_frozen(worker), crew)

    before = crashed(server)
    assert before.items() == dict(Customer.objects.values_list("pk", "code")).items()
    assert 0 < len(before) < COUNT
    worker.send_signal(signal.SIGCONT)
    wait_for(lambda: is_over(batch.job), crew)

    assert worker.poll() is None, crew.logs()
    batch.refresh_from_db()
    assert_whole(batch, people, crew)
    assert before.items() <= dict(Customer.objects.values_list("pk", "code")).items()
    server.prove()


def struck(
    server: Cluster, crew: Workers, batch: ImportBatch, dice: random.Random
) -> dict[int, str]:
    """Crash the server at a random moment of the write; give what was committed before."""
    reached = dice.choice([0, 1, MANY // 10, MANY // 4, MANY // 2])
    wait_for(lambda: is_over(batch.job) or _has_reached(crew, batch, reached), crew)
    time.sleep(dice.random() * 0.1)
    return crashed(server)


def _has_reached(crew: Workers, batch: ImportBatch, count: int) -> bool:
    return crew.holder(batch.job) is not None and batch.job.done >= count


@pytest.mark.long
def test_writes_survive_crashes_at_random_moments(
    server, people, crew, in_worker, monkeypatch, seed
):
    dice = random.Random(seed)
    worker = crew.start()
    cut = 0
    for run in range(MOMENTS):
        numbers = range(run * MANY, (run + 1) * MANY)
        batch = begun("write", people, in_worker, numbers)
        monkeypatch.undo()  # the next one is checked here again
        before = struck(server, crew, batch, dice)
        cut += not is_over(batch.job)
        wait_for(lambda batch=batch: is_over(batch.job), crew)

        assert_reconciled(batch, MANY)
        assert before.items() <= dict(Customer.objects.values_list("pk", "code")).items()
    assert Customer.objects.values("name").distinct().count() == MOMENTS * MANY
    assert cut >= MOMENTS // 2
    assert worker.poll() is None, crew.logs()
    server.prove()
