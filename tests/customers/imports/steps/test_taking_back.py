"""What was begun is finished or taken back, however often that fails; half done is not done."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from core import faults, jobs, verify
from core.models import Job, User
from core.refusal import Refused
from customers.imports import desk
from customers.imports.kept import outcomes
from customers.imports.steps import moves
from customers.models import Customer, ImportBatch, ImportOutcome
from tests.customers.imports.filled import complete, press, started

pytestmark = pytest.mark.django_db

COUNT, FIRST = 6, 2  # customers of the file, and those of its first chunk; the others are one more
OFTEN = 12


@pytest.fixture(autouse=True)
def _in_small_chunks(settings: Any) -> None:
    settings.IMPORT_CHUNK = FIRST


def fresh(batch: ImportBatch) -> ImportBatch:
    """Give an import as it is now."""
    return ImportBatch.objects.select_related("job").get(pk=batch.pk)


def tried(batch: ImportBatch, fault: str) -> ImportBatch:
    """Let the job of an import have one try that strikes this fault."""
    job = fresh(batch).job
    with faults.armed(f"raise@{fault}"):
        jobs.run_here(job)
    return fresh(batch)


def found() -> list[str]:
    """Give the names of the proofs that find something."""
    return [tally.name for tally in verify.run() if tally.wrong]


@pytest.fixture
def half_written(admin: User, world: Any, settings: Any) -> ImportBatch:
    """An import that failed three times on its last step, and whose taking back failed once."""
    batch = started(complete(range(COUNT)), admin)
    settings.IMPORT_REQUEST_SECONDS = 0
    batch = desk.write(batch, "all", False, press(admin))
    for _time in range(3):
        batch = tried(batch, "import.write.finish:1")
    return tried(batch, "import.undo.chunk:1")


@pytest.fixture
def half_undone(admin: User, world: Any, settings: Any) -> ImportBatch:
    """An import whose undo got through one of its chunks and failed at the next."""
    batch = started(complete(range(COUNT)), admin)
    batch = desk.write(batch, "all", False, press(admin))
    settings.IMPORT_REQUEST_SECONDS = 0
    return tried(desk.undo(batch, press(admin)), "import.undo.chunk:2")


def test_a_taking_back_goes_on_until_nobody_is_held_back(half_written, admin):
    batch = half_written
    for _time in range(OFTEN):
        batch = tried(batch, "import.undo.written:1")
        assert (batch.state, batch.job.state) == ("writing", "queued")
        assert Customer.objects.filter(pending_batch=batch.pk).count() == COUNT
        assert desk.progress(batch).is_taking_back
        assert found() == []

    jobs.run_waiting()

    batch = fresh(batch)
    assert (batch.state, batch.failure) == ("failed", batch.job.error)
    assert "参考号" in batch.failure
    assert not Customer.objects.exists()
    assert found() == []


def test_a_stopped_write_is_taken_back_however_often_that_fails(admin, world, settings):
    batch = started(complete(range(COUNT)), admin)
    settings.IMPORT_REQUEST_SECONDS = 0
    batch = tried(desk.write(batch, "all", False, press(admin)), "import.write.finish:1")
    desk.cancel(batch, press(admin))
    for _time in range(OFTEN):
        batch = tried(batch, "import.undo.chunk:2")
    assert batch.state == "cancelled"  # each try got through one chunk more

    assert (batch.failure, batch.job.error, batch.job.state) == ("", "", "cancelled")
    assert not Customer.objects.exists()
    assert found() == []


def test_an_undo_is_not_done_before_everything_is_taken_back(half_undone, admin):
    batch = half_undone
    for _time in range(OFTEN):
        batch = tried(batch, "import.undo.chunk:1")
        assert (batch.state, batch.job.state, batch.job.ending) == ("undoing", "queued", "")
        assert Customer.objects.count() == FIRST
    assert not desk.progress(batch).can_stop

    jobs.run_waiting()

    batch = fresh(batch)
    assert (batch.state, batch.failure) == ("undone", "")
    assert not Customer.objects.exists()
    told = {bucket.name: bucket.count for bucket in desk.result(batch, admin).undo}
    assert told == {"reverted": COUNT, "kept": 0, "failed": 0}
    assert found() == []


def test_an_undo_by_somebody_who_lost_the_right_takes_nothing_back(admin, world, settings):
    batch = desk.write(started(complete(range(COUNT)), admin), "all", False, press(admin))
    settings.IMPORT_REQUEST_SECONDS = 0
    batch = desk.undo(batch, press(admin))
    admin.groups.clear()

    jobs.run_waiting()

    batch = fresh(batch)
    assert (batch.state, batch.job.state) == ("done", "failed")
    assert "引入" in batch.failure
    assert Customer.objects.count() == COUNT
    result = desk.result(batch, admin)
    assert (result.undo, result.can_undo, result.trouble) == ((), True, batch.failure)
    assert found() == []


def test_the_rest_of_an_undo_can_be_undone_by_somebody_who_may(
    half_undone, admin, make_user, units, settings
):
    groups = list(admin.groups.all())
    admin.groups.clear()
    jobs.run_waiting()
    batch = fresh(half_undone)
    assert batch.state == "done"
    told = {bucket.name: bucket.count for bucket in desk.result(batch, admin).undo}
    assert told == {"reverted": COUNT - FIRST, "kept": 0, "failed": 0, "left": FIRST}
    assert found() == []

    other = make_user("admin-two", "admin", unit=units.root)
    admin.groups.set(groups)
    batch = desk.undo(batch, press(other))
    jobs.run_waiting()

    batch = fresh(batch)
    assert (batch.state, batch.failure, Customer.objects.count()) == ("undone", "", 0)
    told = {bucket.name: bucket.count for bucket in desk.result(batch, other).undo}
    assert told == {"reverted": COUNT, "kept": 0, "failed": 0}
    assert found() == []


# Standing still


def stand_still(batch: ImportBatch) -> ImportBatch:
    """Let the job of an import be over while the import is not."""
    Job.objects.filter(pk=batch.job_id).update(state="failed", finished_at=timezone.now())
    return fresh(batch)


def test_a_half_written_import_without_a_job_is_found_and_set_going(half_written):
    batch = stand_still(half_written)
    assert found() == ["imports: none stands still"]
    assert desk.progress(batch).is_standing_still

    assert moves.mend() == 1
    assert moves.mend() == 0

    assert found() == []
    jobs.run_waiting()
    assert fresh(batch).state == "failed"
    assert not Customer.objects.exists()
    assert found() == []


def test_a_half_undone_import_without_a_job_is_set_going(half_undone):
    batch = stand_still(half_undone)
    assert found() == ["imports: none stands still"]

    assert moves.mend() == 1
    jobs.run_waiting()

    assert fresh(batch).state == "undone"
    assert found() == []


@pytest.mark.parametrize("state", ["uploaded", "checking"])
def test_a_check_without_a_job_is_set_going(state, admin, world):
    batch = started(complete([1]), admin)
    ImportBatch.objects.update(state=state, job=None)
    assert found() == ["imports: none stands still"]

    assert moves.mend() == 1
    jobs.run_waiting()

    assert fresh(batch).state == "checked"


def test_a_write_whose_job_is_lost_goes_on_after_its_last_chunk(admin, world, settings):
    batch = started(complete(range(COUNT)), admin)
    settings.IMPORT_REQUEST_SECONDS = 0
    batch = tried(desk.write(batch, "all", False, press(admin)), "import.write.chunk:2")
    Job.objects.all().delete()

    assert moves.mend() == 1
    jobs.run_waiting()

    assert fresh(batch).state == "done"
    assert Customer.objects.filter(pending_batch=None).count() == COUNT
    written = outcomes.of(batch, ImportOutcome.Phase.WRITE)
    assert Counter(one.letter for one in written) == {"c": COUNT}
    assert found() == []


def test_a_taking_back_whose_job_is_lost_is_still_one(half_written):
    batch = tried(half_written, "import.undo.chunk:2")
    assert Customer.objects.count() == FIRST
    Job.objects.all().delete()

    assert moves.mend() == 1
    jobs.run_waiting()

    assert fresh(batch).state == "failed"
    assert not Customer.objects.exists()


def test_people_can_set_going_what_waits_for_its_next_try(half_written, admin):
    batch = desk.resume(half_written, press(admin))

    assert desk.progress(batch).failures == 0
    jobs.run_waiting()
    assert fresh(batch).state == "failed"
    with pytest.raises(Refused, match="失败"):
        desk.resume(fresh(batch), press(admin))


def test_what_is_being_worked_on_is_not_set_going(half_written, admin):
    Job.objects.update(state="running")

    with pytest.raises(Refused):
        desk.resume(fresh(half_written), press(admin))


# Proofs


def test_an_undo_that_took_nothing_back_and_says_it_is_done_is_found(admin, world):
    batch = desk.write(started(complete([1, 2]), admin), "all", False, press(admin))
    ImportBatch.objects.filter(pk=batch.pk).update(
        state="undone",
        counts={**batch.counts, "undo": {"reverted": 0, "kept": 0, "failed": 0}},
    )

    assert found() == ["imports: what was undone adds up"]


def test_counts_of_an_undo_that_differ_from_its_chunks_are_found(admin, world):
    batch = desk.write(started(complete([1, 2]), admin), "all", False, press(admin))
    batch = desk.undo(batch, press(admin))
    batch.counts["undo"]["reverted"] = 3
    batch.save()

    assert found() == ["imports: what was undone adds up"]


def test_a_chunk_that_was_taken_back_in_part_is_found(admin, world):
    batch = desk.write(started(complete([1, 2]), admin), "all", False, press(admin))
    batch = desk.undo(batch, press(admin))
    undone = ImportOutcome.objects.filter(batch=batch, phase="undo").first()
    done = outcomes.unpacked(undone.data)[:-1]
    undone.delete()
    outcomes.keep(batch, "undo", undone.first, done)
    batch.counts["undo"]["reverted"] = len(list(outcomes.of(batch, "undo")))
    batch.save()

    assert found() == ["imports: what was undone adds up"]


@pytest.mark.parametrize("state", ["done", "failed", "cancelled", "undone", "checked"])
def test_customers_held_back_by_an_import_that_is_over_are_found(state, half_written):
    assert found() == []
    ImportBatch.objects.update(state=state)

    assert "imports: nobody is held back for good" in found()
