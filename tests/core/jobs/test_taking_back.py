"""Taking back is never given up, what stands still is set going, and old rows are forgotten."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import extend, faults, jobs
from core.jobs import delivery, lease, sweep, worker
from core.jobs.run import Run
from core.models import IdempotencyKey, Job
from tests.core.jobs import effects

pytestmark = pytest.mark.django_db

OFTEN = 20


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    monkeypatch.setattr(extend, "_job_kinds", dict(extend.job_kinds()))
    effects.register()


def failing_to_take_back(make):
    """A job that failed three times, and whose taking back failed once."""
    job = make(90, fail_at=70)
    for _attempt in range(3):
        jobs.run_here(job)
    with faults.armed("raise@test.take_back:1"):
        jobs.run_here(job)
    job.refresh_from_db()
    return job


def test_a_taking_back_is_tried_however_often_it_fails(make):
    job = failing_to_take_back(make)
    why = job.error
    for _attempt in range(OFTEN):
        with faults.armed("raise@test.take_back:1"):
            jobs.run_here(job)
        job.refresh_from_db()
        assert (job.state, job.ending) == ("queued", "failure")

    jobs.run_here(job)

    assert (job.state, job.error) == ("failed", why)
    assert effects.written(job.pk).count() == 0
    assert effects.marks(job.pk) == ["failure"]


def test_a_taking_back_whose_workers_die_is_never_the_end(make):
    job = failing_to_take_back(make)
    past = timezone.now() - timedelta(minutes=1)
    for _death in range(OFTEN):
        assert lease.claim(job.pk)
        Job.objects.update(lease_until=past)
        assert sweep.sweep() == 1

    jobs.run_waiting()

    job.refresh_from_db()
    assert job.state == "failed"
    assert effects.written(job.pk).count() == 0


def test_the_pauses_of_taking_back_grow_to_a_limit(make):
    job = make()
    assert [lease.pause(Job(kind=job.kind, attempts=n)) for n in (1, 2, 3)] == [3, 6, 9]

    pauses = [lease.pause(Job(kind=job.kind, ending="cancel", attempts=n)) for n in range(1, 1001)]

    assert pauses[:4] == [3, 6, 12, 24]
    assert pauses[20:] == [settings.JOB_LONGEST_PAUSE] * 980
    assert settings.JOB_LONGEST_PAUSE <= 300


def test_a_failed_taking_back_waits_for_its_pause(make):
    job = failing_to_take_back(make)

    after = DBTaskResult.objects.get(pk=job.task).run_after

    assert timedelta(seconds=1) < after - timezone.now() <= timedelta(seconds=3)


def test_tireless_work_is_tried_until_it_is_done(clerk):
    tries = []

    def stumble(run):
        tries.append(run.job.attempts)
        if len(tries) < OFTEN:
            raise OSError("disk full")

    extend.add_job_kind(
        extend.JobKind("test.tireless", stumble, effects.take_back, is_tireless=True)
    )
    job = jobs.enqueue("test.tireless", {}, by=clerk)
    while len(tries) < OFTEN:
        assert job.state == "queued"
        jobs.run_here(job)

    assert (job.state, job.ending, job.error) == ("done", "", "")
    assert tries == list(range(1, OFTEN + 1))
    assert effects.marks(job.pk) == []


# Called off


def test_a_job_that_is_being_taken_back_cannot_be_cancelled(make, admin):
    job = failing_to_take_back(make)

    assert not jobs.cancel(job, by=admin)

    job.refresh_from_db()
    assert (job.state, job.ending, job.cancel_requested_at) == ("queued", "failure", None)
    jobs.run_waiting()
    job.refresh_from_db()
    assert job.state == "failed"
    assert effects.marks(job.pk) == ["failure"]


# Resumed


def test_a_job_that_ended_before_its_work_did_goes_on_where_it_was(make):
    job = failing_to_take_back(make)
    Job.objects.update(state="failed", finished_at=timezone.now(), attempts=3)

    assert jobs.resume(job)

    assert (job.state, job.ending, job.finished_at) == ("queued", "failure", None)
    assert DBTaskResult.objects.get(pk=job.task).status == "READY"
    jobs.run_waiting()
    assert effects.written(job.pk).count() == 0


def test_a_job_that_waits_for_its_next_try_need_not(make):
    job = failing_to_take_back(make)

    ready = DBTaskResult.objects.ready().order_by()
    assert not ready.filter(pk=job.task).exists()

    assert jobs.resume(job)

    assert ready.filter(pk=job.task).exists()


def test_a_job_that_somebody_works_on_is_left_alone(make):
    job = make()
    held = lease.claim(job.pk)

    assert not jobs.resume(job)

    assert lease.renew(held)


def test_the_heart_mends_what_apps_find_standing_still(monkeypatch):
    monkeypatch.setattr(extend, "_menders", [lambda: 2, lambda: 1])

    assert sweep.mend() == 3


# The heart


def test_a_silent_job_is_not_kept_alive_by_its_heart(make, monkeypatch):
    run = Run(lease.claim(make().pk))
    monkeypatch.setattr(delivery, "active", {run})
    past = timezone.now() - timedelta(minutes=1)
    Job.objects.update(lease_until=past)

    run.sign_of_life = time.monotonic() - settings.JOB_SILENCE - 1
    worker.Heart().beat()
    assert Job.objects.get().lease_until == past
    assert sweep.sweep() == 1

    run = Run(lease.claim(run.job_id))
    monkeypatch.setattr(delivery, "active", {run})
    Job.objects.update(lease_until=past)
    worker.Heart().beat()
    assert Job.objects.get().lease_until > timezone.now()


def test_what_a_dead_worker_left_is_found_within_a_second_of_its_lease():
    """A sweep and a look at the queue: the default of `manage.py worker --interval` is 0.5 s."""
    assert settings.JOB_SWEEP + 0.5 <= 1


def test_a_heart_that_stumbles_over_one_thing_does_the_others(monkeypatch):
    done = []

    def broken():
        raise OSError("database is away")

    beating = worker.Heart()
    monkeypatch.setattr(beating, "beat", broken)
    monkeypatch.setattr(sweep, "sweep", broken)
    monkeypatch.setattr(sweep, "mend", lambda: done.append("mend"))
    monkeypatch.setattr(sweep, "prune", lambda: (done.append("prune"), beating._stopped.set()))
    monkeypatch.setattr(beating, "_say_goodbye", lambda: None)

    beating.run()

    assert done == ["mend", "prune"]


# Old rows


def test_sessions_that_are_over_are_forgotten():
    now = timezone.now()
    for key, hours in (("over", -1), ("going on", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(hours=hours)
        )

    sweep.prune()

    assert [one.session_key for one in Session.objects.all()] == ["going on"]


def test_keys_of_forms_are_forgotten_when_no_one_sends_them_again(clerk, monkeypatch):
    monkeypatch.setattr(sweep, "_SLICE", 2)
    for number in range(5):
        IdempotencyKey.objects.create(key=f"old {number}", user=clerk, view="v", body_hash="b")
    IdempotencyKey.objects.update(
        created_at=timezone.now() - sweep.KEYS_KEPT - timedelta(minutes=1)
    )
    IdempotencyKey.objects.create(key="new", user=clerk, view="v", body_hash="b")

    sweep.prune()

    assert [one.key for one in IdempotencyKey.objects.all()] == ["new"]
