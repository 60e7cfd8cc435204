"""Jobs in one process: delivered with the transaction, resumed, cancelled, taken back, measured."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import extend, faults, jobs
from core.jobs import sweep, worker
from core.models import Job, StoredFile, WorkerBeat
from tests.core.jobs import effects

pytestmark = pytest.mark.django_db

CLEAN = {"lost": 0, "twice": 0}


def run_out(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=1))


def test_a_job_writes_its_rows_once_and_tells_how_it_ended(make):
    job = jobs.run_here(make(35))

    assert (job.state, job.done, job.total, job.attempts) == ("done", 35, 35, 1)
    assert job.result == {"numbers": 35}
    assert job.finished_at
    assert effects.tally(job.pk, 35) == CLEAN


@pytest.mark.django_db(transaction=True)
def test_nothing_is_delivered_after_a_rollback(make):
    with transaction.atomic():
        make()
        transaction.set_rollback(True)

    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_an_unknown_kind_is_refused(clerk):
    with pytest.raises(KeyError):
        jobs.enqueue("test.unknown", {}, by=clerk)


def test_a_finished_job_is_not_done_again(make):
    job = jobs.run_here(make(10))

    jobs.run_here(job)

    assert effects.tally(job.pk, 10) == CLEAN
    assert effects.written(job.pk).count() == 10


def test_a_failed_chunk_writes_nothing_and_is_tried_again(make):
    job = make(50)
    with faults.armed("raise@jobs.chunk.written:3"):
        jobs.run_here(job)

    assert Job.objects.get().state == "queued"
    assert effects.written(job.pk).count() == 20
    assert "参考号" in Job.objects.get().error

    jobs.run_waiting()

    assert Job.objects.get().state == "done"
    assert Job.objects.get().error == ""
    assert effects.tally(job.pk, 50) == CLEAN


def test_the_third_failure_takes_back_what_was_written_once(make):
    job = make(50, fail_at=30)

    assert jobs.run_waiting() == 4  # three attempts, and the taking back

    job.refresh_from_db()
    assert (job.state, job.ending) == ("failed", "failure")
    assert job.error
    assert effects.written(job.pk).count() == 0
    assert effects.marks(job.pk) == ["failure"]


def test_attempts_count_only_while_nothing_gets_done(make):
    job = make(60)
    for _attempt in range(5):
        with faults.armed("raise@jobs.chunk.begun:2"):
            jobs.run_here(job)

    assert Job.objects.get().state == "queued"
    assert jobs.run_waiting() == 1
    assert effects.tally(job.pk, 60) == CLEAN


def test_a_taking_back_that_fails_is_resumed(make):
    job = make(90, fail_at=70)
    with faults.armed("raise@test.take_back:2"):
        jobs.run_waiting()

    job.refresh_from_db()
    assert job.state == "failed"
    assert effects.written(job.pk).count() == 0
    assert effects.marks(job.pk) == ["failure"]


def test_a_job_that_gives_up_is_not_tried_again(clerk):
    def give_up(run):
        raise jobs.Failed("第 3 行不能读")

    extend.add_job_kind(extend.JobKind("test.give_up", give_up))
    job = jobs.run_here(jobs.enqueue("test.give_up", {}, by=clerk))

    assert (job.state, job.error, job.attempts) == ("failed", "第 3 行不能读", 1)


def test_a_job_that_has_not_begun_is_cancelled_at_once(make, admin):
    job = make()

    assert jobs.cancel(job, by=admin)

    job.refresh_from_db()
    assert (job.state, job.cancel_requested_by) == ("cancelled", admin)
    assert effects.marks(job.pk) == ["cancel"]
    assert effects.written(job.pk).count() == 0


def test_cancelling_stops_before_the_next_chunk_and_takes_back(clerk, admin):
    def cancelled_on_the_way(run):
        for number in range(3):
            if number == 2:
                assert jobs.cancel(run.job, by=admin)
            with run.chunk() as step:
                effects.write(run, range(number, number + 1))
                step.done += 1

    extend.add_job_kind(extend.JobKind("test.cancel", cancelled_on_the_way, effects.take_back))
    job = jobs.run_here(jobs.enqueue("test.cancel", {}, by=clerk))

    assert (job.state, job.done) == ("cancelled", 2)
    assert effects.marks(job.pk) == ["cancel"]
    assert effects.written(job.pk).count() == 0


def test_a_job_that_is_over_cannot_be_cancelled(make, admin):
    job = jobs.run_here(make(5))

    assert not jobs.cancel(job, by=admin)

    job.refresh_from_db()
    assert (job.state, job.cancel_requested_at) == ("done", None)


def test_a_holder_whose_lease_ran_out_and_was_taken_writes_nothing(clerk):
    seen = []

    def loses_it(run):
        with run.chunk() as step:
            effects.write(run, range(1))
            step.checkpoint = {"next": 1}
        if seen:
            return
        seen.append(run)
        run_out(run.job)
        jobs.run_here(run.job)
        with pytest.raises(jobs.LeaseLost), run.chunk():
            effects.write(run, range(1))
        run.beat()

    extend.add_job_kind(extend.JobKind("test.zombie", loses_it))
    job = jobs.run_here(jobs.enqueue("test.zombie", {}, by=clerk))

    assert job.state == "done"
    assert effects.written(job.pk).count() == 2  # one chunk of each holder


def test_the_sweep_queues_again_what_ran_out(make):
    job = make(30)
    with pytest.raises(KeyboardInterrupt):
        interrupted(job, after=20)
    DBTaskResult.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(state="running", token="x", attempts=1)
    run_out(job)

    assert sweep.sweep() == 1

    assert DBTaskResult.objects.filter(status="READY").count() == 1
    jobs.run_waiting()
    assert effects.tally(job.pk, 30) == CLEAN


def interrupted(job, after):
    def stop(run):
        effects.write(run, range(0))
        for first in range(0, after, 10):
            with run.chunk() as step:
                effects.write(run, range(first, first + 10))
                step.checkpoint = {"next": first + 10}
        raise KeyboardInterrupt

    extend.add_job_kind(extend.JobKind(effects.KIND, stop))
    try:
        jobs.run_here(job)
    finally:
        effects.register()


def test_being_stopped_hands_over_without_counting(make):
    job = make(30)

    with pytest.raises(KeyboardInterrupt):
        interrupted(job, after=20)

    job.refresh_from_db()
    assert (job.state, job.token, job.attempts) == ("queued", "", 0)
    assert job.checkpoint == {"next": 20}


def test_the_sweep_ends_what_ran_out_three_times(make):
    job = make(30)
    with pytest.raises(KeyboardInterrupt):
        interrupted(job, after=20)
    Job.objects.filter(pk=job.pk).update(state="running", token="x", attempts=3)
    run_out(job)

    sweep.sweep()
    jobs.run_waiting()

    job.refresh_from_db()
    assert job.state == "failed"
    assert "三次" in job.error
    assert effects.marks(job.pk) == ["failure"]
    assert effects.written(job.pk).count() == 0


def test_the_sweep_sends_again_what_no_delivery_leads_to(make):
    job = make(10)
    DBTaskResult.objects.update(status="RUNNING")
    assert sweep.sweep() == 0  # somebody may just have taken it

    Job.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    assert sweep.sweep() == 1
    assert sweep.sweep() == 0

    assert DBTaskResult.objects.filter(status="READY").count() == 1
    assert jobs.progress(job).state == "queued"


def test_a_job_that_waits_behind_others_is_not_sent_twice(make):
    make(10)
    Job.objects.update(beat_at=timezone.now() - timedelta(minutes=5))

    assert sweep.sweep() == 0


def test_a_page_learns_that_no_worker_is_there(make):
    job = make()

    told = jobs.progress(job)

    assert (told.has_worker, told.is_stalled, told.state) == (False, True, "queued")


def test_a_page_learns_that_a_worker_is_there(make):
    job = make()
    worker.Heart().beat()

    told = jobs.progress(job)

    assert (told.has_worker, told.is_stalled) == (True, False)


def test_a_worker_that_was_not_seen_lately_does_not_count(make):
    worker.Heart().beat()
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(seconds=25))

    assert not jobs.has_worker()


def test_progress_tells_speed_and_time_left(clerk):
    told = []

    def slow(run):
        run.phase("count", 40)
        with run.chunk() as step:
            step.done += 10
        Job.objects.update(measured_at=timezone.now() - timedelta(seconds=5))
        run.beat()
        told.append(jobs.progress(run.job))

    extend.add_job_kind(extend.JobKind("test.slow", slow))
    jobs.run_here(jobs.enqueue("test.slow", {}, by=clerk))

    assert (told[0].phase, told[0].done, told[0].total, told[0].percent) == ("count", 10, 40, 25)
    assert told[0].per_second == pytest.approx(2, rel=0.2)
    assert told[0].seconds_left in {13, 14, 15, 16}


def test_a_new_phase_counts_from_nothing_and_the_same_one_goes_on(clerk):
    seen = []

    def phases(run):
        for name in ("check", "check", "write"):
            run.phase(name, 10)
            with run.chunk() as step:
                step.done += 3
            seen.append(run.job.done)

    extend.add_job_kind(extend.JobKind("test.phases", phases))
    jobs.run_here(jobs.enqueue("test.phases", {}, by=clerk))

    assert seen == [3, 6, 3]


def test_a_prepared_job_has_no_delivery_until_somebody_forgets_it(clerk):
    job = jobs.prepare(effects.KIND, {"total": 5}, by=clerk)
    assert not DBTaskResult.objects.exists()

    Job.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    sweep.sweep()

    assert DBTaskResult.objects.count() == 1
    assert jobs.run_here(job).state == "done"


def test_tidying_up_keeps_what_still_means_something(make):
    make()
    WorkerBeat.objects.create(
        worker="old", host="h", pid=1, seen_at=timezone.now() - timedelta(days=2)
    )
    sweep.prune()
    assert DBTaskResult.objects.count() == 1
    assert not WorkerBeat.objects.exists()

    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=timezone.now() - timedelta(days=2))
    StoredFile.objects.update(is_complete=False)
    sweep.prune()

    assert not DBTaskResult.objects.exists()
