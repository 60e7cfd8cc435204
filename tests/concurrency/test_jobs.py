"""Workers that die, freeze, race and are asked to end: nothing is lost, nothing done twice."""

import random
import signal
import time

import pytest
from django.db import OperationalError, connection, transaction

from core import jobs
from core.jobs import lease
from core.models import Job
from tests import faults
from tests.concurrency.racing import race
from tests.core.jobs import effects
from tests.core.jobs.processes import is_frozen, is_over, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

CLEAN = {"lost": 0, "twice": 0}
POINTS = faults.names("jobs.")
SEEDED = 3
# Where taking back begins or a sweep is needed, the job or the second worker is another one.
FAILING = {"jobs.ending", "jobs.hand_back"}


@pytest.fixture(autouse=True)
def _known():
    effects.register()


@pytest.fixture
def make(clerk):
    def make(total, **params):
        return jobs.enqueue(effects.KIND, {"total": total, **params}, by=clerk)

    return make


def test_of_twelve_racers_one_claims(make):
    for _round in range(5):
        job = make(10)

        claimed = race([lambda pk=job.pk: lease.claim(pk)] * 12, before='UPDATE "core_job"')

        assert not [one for one in claimed if isinstance(one, Exception)], claimed
        assert len([one for one in claimed if one]) == 1
        job.refresh_from_db()
        assert (job.attempts, job.state) == (1, "running")


def kill_often(crew, make, kills, seed):
    """Kill whoever holds the job at random moments, so many times; another one goes on."""
    dice = random.Random(seed)
    total = 60 * kills
    job = make(total, chunk=5, pause=0.04)
    crew.start()
    for _kill in range(kills):
        crew.start()
        holder = wait_for(lambda job=job: crew.holder(job) or (is_over(job) and "over"), crew)
        if holder == "over":
            job = make(total, chunk=5, pause=0.04)
            holder = wait_for(lambda job=job: crew.holder(job), crew)
        time.sleep(dice.random() * 0.6)
        holder.kill()
        holder.wait()
    crew.start()
    wait_for(lambda: not Job.objects.filter(state__in=Job.OPEN).exists(), crew, 300)


def assert_all_whole(crew):
    for job in Job.objects.all():
        assert (job.state, job.done) == ("done", job.params["total"]), crew.logs()
        assert effects.tally(job.pk, job.params["total"]) == CLEAN
        assert effects.written(job.pk).count() == job.params["total"]


def test_killed_workers_lose_nothing_and_do_nothing_twice(crew, make, seed):
    kill_often(crew, make, 4, seed)

    assert_all_whole(crew)


@pytest.mark.long
def test_fifty_kills_lose_nothing_and_do_nothing_twice(crew, make, seed):
    kill_often(crew, make, 50, seed)

    assert_all_whole(crew)


def die_at(crew, make, name):
    """Let one worker die at a place, and another one go on."""
    params = {"fail_at": 30} if name in FAILING else {}
    if name == "jobs.sweep":
        job = make(200, pause=0.05)
        first = crew.start()
        wait_for(lambda: crew.holder(job), crew).kill()
        first.wait()
    else:
        job = make(50, **params)
    victim = crew.start(f"kill@{name}:1")
    wait_for(lambda: victim.poll() is not None, crew)
    assert victim.returncode == -signal.SIGKILL, crew.logs()
    crew.start()
    wait_for(lambda: is_over(job), crew)
    left = effects.written(job.pk).count()
    if params:
        assert (job.state, left, effects.marks(job.pk)) == ("failed", 0, ["failure"])
    else:
        assert (job.state, left) == ("done", job.params["total"]), crew.logs()
        assert effects.tally(job.pk, job.params["total"]) == CLEAN


@pytest.mark.parametrize("pick", range(SEEDED))
def test_a_worker_that_dies_at_a_named_place_is_replaced(crew, make, seed, pick):
    names = [name for name in POINTS if name != "jobs.ending"]

    die_at(crew, make, random.Random(seed).sample(names, SEEDED)[pick])


@pytest.mark.long
@pytest.mark.parametrize("name", POINTS)
def test_a_worker_that_dies_at_any_named_place_is_replaced(crew, make, name):
    if name == "jobs.ending":  # reached by a cancelled or hopeless job, before anything is undone
        cancel_and_die(crew, make, name)
    else:
        die_at(crew, make, name)


def cancel_and_die(crew, make, name):
    job = make(2000, pause=0.02)
    victim = crew.start(f"kill@{name}:1")
    wait_for(lambda: effects.written(job.pk).exists(), crew)
    jobs.cancel(job, by=job.created_by)
    wait_for(lambda: victim.poll() is not None, crew)
    crew.start()
    wait_for(lambda: is_over(job), crew)
    assert (job.state, effects.marks(job.pk)) == ("cancelled", ["cancel"])
    assert not effects.written(job.pk).exists()


def test_a_frozen_worker_that_wakes_up_writes_nothing(crew, make):
    job = make(60, pause=0.05)
    zombie = crew.start("stop@test.between:3", beats=False)
    wait_for(lambda: is_frozen(zombie), crew)
    assert effects.written(job.pk).count() == 20
    token = Job.objects.get(pk=job.pk).token

    crew.start()
    wait_for(lambda: is_over(job), crew)
    assert Job.objects.get(pk=job.pk).token != token
    zombie.send_signal(signal.SIGCONT)
    wait_for(lambda: "another worker has it now" in crew.logs(), crew)

    assert job.state == "done"
    assert effects.tally(job.pk, 60) == CLEAN
    assert effects.written(job.pk).count() == 60


def test_a_worker_that_was_frozen_in_mid_job_stops_quietly(crew, make):
    job = make(300, pause=0.05)
    zombie = crew.start()
    wait_for(lambda: effects.written(job.pk).exists(), crew)
    freeze_between_chunks(zombie, job)

    crew.start()
    wait_for(lambda: crew.holder(job) not in {None, zombie}, crew)
    zombie.send_signal(signal.SIGCONT)
    wait_for(lambda: is_over(job), crew)
    zombie.terminate()

    assert zombie.wait(timeout=20) == 0
    assert "another worker has it now" in crew.logs()
    assert effects.tally(job.pk, 300) == CLEAN
    assert effects.written(job.pk).count() == 300


def freeze_between_chunks(worker, job):
    """Freeze a worker while it holds no lock: SQLite's would keep everybody from writing."""
    while True:
        worker.send_signal(signal.SIGSTOP)
        if lock_is_free(job):
            return
        worker.send_signal(signal.SIGCONT)
        time.sleep(0.01)


def lock_is_free(job):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 50")
    try:
        with transaction.atomic():
            rows = Job.objects.filter(pk=job.pk).select_for_update(skip_locked=True)
            return rows.exists()
    except OperationalError:
        return False
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 20000")


def test_a_worker_that_is_asked_to_end_hands_over_at_once(crew, make):
    job = make(100, pause=0.05)
    first = crew.start()
    wait_for(lambda: effects.written(job.pk).exists(), crew)

    first.terminate()

    assert first.wait(timeout=20) == 0
    job.refresh_from_db()
    assert (job.state, job.token, job.attempts) == ("queued", "", 0)
    assert not jobs.has_worker()
    assert effects.written(job.pk).count() == job.checkpoint["next"] < 100
    crew.start()
    wait_for(lambda: is_over(job), crew)
    assert effects.tally(job.pk, 100) == CLEAN


def test_an_idle_worker_is_seen_and_ends_when_asked(crew):
    assert not jobs.has_worker()
    worker = crew.start()
    wait_for(jobs.has_worker, crew)

    worker.send_signal(signal.SIGINT)

    assert worker.wait(timeout=20) == 0
    assert not jobs.has_worker()


def test_a_running_job_is_cancelled_between_two_chunks(crew, make, admin):
    job = make(2000, pause=0.02)
    crew.start()
    wait_for(lambda: effects.written(job.pk).exists(), crew)

    assert jobs.cancel(job, by=admin)
    wait_for(lambda: is_over(job), crew)

    assert job.state == "cancelled"
    assert effects.marks(job.pk) == ["cancel"]
    assert not effects.written(job.pk).exists()
