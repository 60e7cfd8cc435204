"""Imports that are killed, that overlap, that meet a clerk: nothing lost, twice or half done."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import pytest
from django.db import connections
from django.test import override_settings

from core import saving, verify
from core.models import Job
from customers.imports import desk
from customers.models import Customer, ImportBatch
from customers.services.aggregates import AGGREGATE
from tests import faults
from tests.cast import act_by
from tests.concurrency.importing import COUNT, assert_whole, begun
from tests.core.jobs.processes import is_over, wait_for
from tests.customers.imports.filled import complete, press, started

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = faults.names("import.")
OVERLAP = 20


def finished(crew: Any, batch: ImportBatch, point: str) -> None:
    """Let a worker die at a point, and another one finish what it left."""
    first = crew.start(f"kill@{point}:1")
    wait_for(lambda: first.poll() is not None or is_over(batch.job), crew)
    crew.start()
    wait_for(lambda: is_over(batch.job), crew, 120)
    batch.refresh_from_db()


@pytest.mark.parametrize("point", [p for p in POINTS if p.startswith(("import.read", "import.ch"))])
def test_a_check_survives_the_death_of_its_worker(point, crew, in_worker, admin, world):
    batch = begun("check", admin, in_worker)

    finished(crew, batch, point)

    assert batch.state == "checked", (batch.failure, crew.logs())
    assert desk.summary(batch).customers.created == COUNT


@pytest.mark.parametrize("point", [p for p in POINTS if p.startswith("import.write")])
def test_a_write_survives_the_death_of_its_worker(point, crew, in_worker, admin, world):
    batch = begun("write", admin, in_worker)

    finished(crew, batch, point)

    assert_whole(batch, admin, crew)


@pytest.mark.parametrize("point", [p for p in POINTS if p.startswith("import.undo")])
def test_an_undo_survives_the_death_of_its_worker(point, crew, in_worker, admin, world):
    batch = begun("undo", admin, in_worker)

    finished(crew, batch, point)

    assert batch.state == "undone", (batch.failure, crew.logs())
    assert not Customer.objects.exists()
    assert [tally.findings for tally in verify.run() if tally.wrong] == []


def killed_often(crew: Any, batch: ImportBatch, kills: int, seed: int) -> None:
    """Kill whoever holds the write at random moments, so many times, as long as it lasts."""
    dice = random.Random(seed)
    for _kill in range(kills):
        crew.start()
        holder = wait_for(lambda: crew.holder(batch.job) or (is_over(batch.job) and "over"), crew)
        if holder == "over":
            break
        time.sleep(dice.random() * 0.5)
        holder.kill()
        holder.wait()
    if not is_over(batch.job):
        crew.start()
    wait_for(lambda: is_over(batch.job), crew, 300)
    batch.refresh_from_db()


def test_a_write_survives_kills_at_random_moments(crew, in_worker, admin, world, seed):
    batch = begun("write", admin, in_worker)

    killed_often(crew, batch, 2, seed)

    assert_whole(batch, admin, crew)


@pytest.mark.long
def test_a_write_survives_fifty_kills_at_random_moments(crew, in_worker, admin, world, seed):
    kills = 0
    for run in range(25):
        batch = started(complete(range(run * COUNT, (run + 1) * COUNT)), admin)
        with override_settings(IMPORT_REQUEST_SECONDS=0):
            batch = desk.write(batch, "all", False, press(admin))
        killed_often(crew, batch, 2, seed + run)
        kills += 2
        assert batch.state == "done", (run, batch.failure, crew.logs())
    assert Customer.objects.count() == 25 * COUNT
    assert not Customer.objects.exclude(pending_batch=None).exists()


def test_a_stopped_write_takes_back_what_it_wrote(crew, in_worker, admin, world):
    batch = begun("write", admin, in_worker)
    crew.start("sleep@import.write.chunk:2")
    wait_for(lambda: batch.outcomes.exists(), crew)

    desk.cancel(ImportBatch.objects.get(pk=batch.pk), press(admin))
    for worker in crew.started:
        worker.kill()
    crew.start()
    wait_for(lambda: is_over(batch.job), crew, 120)

    batch.refresh_from_db()
    assert batch.state == "cancelled", crew.logs()
    assert not Customer.objects.exists()
    assert [tally.findings for tally in verify.run() if tally.wrong] == []


def test_a_write_that_fails_three_times_takes_back_what_it_wrote(crew, in_worker, admin, world):
    batch = begun("write", admin, in_worker)
    for _time in range(3):
        worker = crew.start("kill@import.write.finish:1")
        wait_for(lambda worker=worker: worker.poll() is not None or is_over(batch.job), crew)
    crew.start()
    wait_for(lambda: is_over(batch.job), crew, 120)

    batch.refresh_from_db()
    assert batch.state in ("failed", "done"), crew.logs()
    whole = COUNT if batch.state == "done" else 0
    assert Customer.objects.count() == whole
    assert not Customer.objects.exclude(pending_batch=None).exists()


def at_once(*jobs: Any) -> list[Any]:
    """Do several things in threads of their own; give what each returned or raised."""
    results: list[Any] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(index: int) -> None:
        try:
            barrier.wait()
            results[index] = jobs[index]()
        except Exception as error:  # noqa: BLE001 — the outcome is what we look at
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_overlapping_imports_lose_nothing_and_double_nothing(admin, finance, world):
    first = started(complete(range(1, COUNT + 1)), admin)
    second = started(complete(range(COUNT - OVERLAP + 1, 2 * COUNT - OVERLAP + 1)), admin)

    done = at_once(
        lambda: desk.write(first, "good", False, press(admin)),
        lambda: desk.write(second, "good", False, press(admin)),
    )

    assert [getattr(one, "state", one) for one in done] == ["done", "done"]
    total = 2 * COUNT - OVERLAP
    assert Customer.objects.count() == total
    assert Customer.objects.values("name").distinct().count() == total
    counts = [desk.result(one, admin).customers for one in done]
    assert sum(one.created for one in counts) == total
    assert sum(one.skipped for one in counts) == OVERLAP
    assert all(one.read == one.created + one.skipped for one in counts)
    assert [tally.findings for tally in verify.run() if tally.wrong] == []


def test_a_clerk_who_edits_meanwhile_loses_nothing(admin, clerk, world):
    desk.write(started(complete(range(1, COUNT + 1)), admin), "all", False, press(admin))
    batch = started(complete(range(1, COUNT + 1), 备注="从文件"), admin)
    chosen = list(Customer.objects.order_by("-pk").values_list("pk", "version")[:15])
    saved: list[int] = []

    def edit() -> None:
        for pk, version in chosen:
            try:
                saving.change(
                    AGGREGATE, pk, {"remark": "人改的"}, version=version, act=act_by(clerk)
                )
                saved.append(pk)
            except saving.Stale:
                continue

    done = at_once(lambda: desk.write(batch, "good", False, press(admin)), edit)

    assert done[0].state == "done", done
    remarks = dict(Customer.objects.values_list("pk", "remark"))
    assert all(remarks[pk] == "人改的" for pk in saved)
    assert all(remark == "从文件" for pk, remark in remarks.items() if pk not in saved)
    told = {row.pk for row in desk.result(done[0], admin).changed_since}
    assert told == set(saved)


def test_no_job_is_left_open_by_a_small_import(admin, world):
    desk.write(started(complete([1]), admin), "all", False, press(admin))

    assert not Job.objects.filter(state__in=Job.OPEN).exists()
