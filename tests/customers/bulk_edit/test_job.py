"""A bulk edit in the background: block by block, interrupted, stopped, failed, taken back."""

import pytest

from core import faults, jobs
from core.models import BulkEdit, BulkEditBlock, Change, Job
from core.records.bulk_edit import job, kept
from customers.models import Customer
from customers.services.kinds import KIND
from tests.customers.bulk_edit.conftest import outcome_of, set_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_blocks(monkeypatch):
    """Let two records be a block, and three too many for a request."""
    monkeypatch.setattr(kept, "BLOCK", 2)
    monkeypatch.setattr(job, "AT_ONCE", 2)


@pytest.fixture
def customers(make_customer):
    return [make_customer() for _number in range(5)]


def entries(edit):
    """Give the versions that each record had in an operation."""
    found = Change.objects.filter(operation=edit.pk).order_by("pk")
    return list(found.values_list("subject_id", flat=True))


def test_the_selection_is_packed_in_blocks(small_blocks, customers, clerk):
    items = [(one.pk, one.version) for one in customers]

    edit = kept.freeze(KIND, items, by=clerk)

    assert edit.total == 5
    found = [kept.unpack(block.items) for block in edit.blocks()]
    assert found == [[list(one) for one in items[start : start + 2]] for start in (0, 2, 4)]


def test_a_hundred_thousand_take_little_room(clerk):
    edit = kept.freeze(KIND, [(pk, 7) for pk in range(1, 100_001)], by=clerk)

    blocks = BulkEditBlock.objects.filter(edit=edit)
    assert blocks.count() == 200
    assert sum(len(block.items) for block in blocks) < 1_000_000


def test_more_than_at_once_waits_for_a_worker(small_blocks, look, customers, clerk, successor):
    edit = look(clerk, customers, salesperson=set_to(successor))

    job.write(edit, look=edit.job_id)

    edit.refresh_from_db()
    assert (edit.done_at, edit.job.state) == (None, "queued")
    assert Customer.objects.filter(salesperson=successor).count() == 0
    jobs.run_waiting()
    edit.refresh_from_db()
    assert edit.done == {"changed": 5}
    assert (edit.job.done, edit.job.total) == (5, 5)
    undone = job.undo(edit)
    assert undone.done_at is None
    jobs.run_waiting()
    undone.refresh_from_db()
    assert undone.done == {"changed": 5}
    assert Customer.objects.filter(salesperson=successor).count() == 0


@pytest.mark.parametrize("point", ["begun", "written", "noted", "committed"])
@pytest.mark.parametrize("step", ["write", "undo"])
def test_an_interrupted_edit_goes_on_where_it_was(
    small_blocks, look, customers, clerk, successor, point, step
):
    edit = look(clerk, customers, salesperson=set_to(successor))
    if step == "undo":
        job.write(edit, look=edit.job_id)
        jobs.run_waiting()
        edit = job.undo(edit)
    else:
        job.write(edit, look=edit.job_id)

    with faults.armed(f"raise@jobs.chunk.{point}:2"):
        jobs.run_here(BulkEdit.objects.get(pk=edit.pk).job)
    begun = entries(edit)
    jobs.run_waiting()

    edit.refresh_from_db()
    assert len(begun) in (2, 4)
    assert edit.done == {"changed": 5}
    assert sorted(entries(edit)) == sorted(one.pk for one in customers)


def test_an_interrupted_look_goes_on_where_it_was(small_blocks, look, customers, clerk, successor):
    with faults.armed("raise@jobs.chunk.noted:2"):
        edit = look(clerk, customers, salesperson=set_to(successor))
    assert edit.looked == {}

    jobs.run_waiting()

    edit.refresh_from_db()
    assert edit.looked == {"changed": 5}
    assert len(outcome_of(edit)) == 5


def test_a_look_that_is_overtaken_by_another_choice_tells_nothing(
    small_blocks, look, customers, clerk, successor, world
):
    with faults.armed("raise@jobs.chunk.noted:2"):
        edit = look(clerk, customers, salesperson=set_to(successor))
    old = edit.job
    job.choose(edit, {"salesperson": set_to(world.salesperson)}, "")

    jobs.run_here(old)
    jobs.run_waiting()

    edit.refresh_from_db()
    assert edit.looked == {"same": 5}


def test_stopping_keeps_what_was_written_and_tells_what_was_not_reached(
    small_blocks, look, customers, clerk, successor
):
    edit = look(clerk, customers, salesperson=set_to(successor))
    job.write(edit, look=edit.job_id)
    edit.refresh_from_db()
    with faults.armed("raise@jobs.chunk.begun:2"):
        jobs.run_here(edit.job)

    job.stop(edit)
    jobs.run_waiting()

    edit.refresh_from_db()
    assert edit.job.state == Job.State.CANCELLED
    assert edit.done == {"changed": 2, "left": 3}
    left = [one.outcome for one in outcome_of(edit).values()]
    assert left == ["changed", "changed", "left", "left", "left"]
    undone = job.undo(edit)
    assert undone.total == 2


def test_one_that_has_not_begun_is_stopped_at_once(small_blocks, look, customers, clerk, successor):
    edit = look(clerk, customers, salesperson=set_to(successor))
    job.write(edit, look=edit.job_id)
    edit.refresh_from_db()

    job.stop(edit)

    edit.refresh_from_db()
    assert edit.done == {"left": 5}
    assert entries(edit) == []


def test_an_undo_is_not_stopped(small_blocks, look, customers, clerk, successor):
    edit = look(clerk, customers, salesperson=set_to(successor))
    job.write(edit, look=edit.job_id)
    jobs.run_waiting()
    undone = job.undo(edit)
    undone.refresh_from_db()

    job.stop(undone)
    jobs.run_waiting()

    undone.refresh_from_db()
    assert undone.done == {"changed": 5}


def test_what_fails_three_times_ends_with_what_it_wrote(
    small_blocks, look, customers, clerk, successor, monkeypatch
):
    edit = look(clerk, customers, salesperson=set_to(successor))
    job.write(edit, look=edit.job_id)
    write = job.Editor.write

    def fail_late(self, block):
        if block.number == 1:
            raise RuntimeError("a fault of the program")
        return write(self, block)

    monkeypatch.setattr(job.Editor, "write", fail_late)

    jobs.run_waiting()

    edit.refresh_from_db()
    assert edit.job.state == Job.State.FAILED
    assert edit.done == {"changed": 2, "left": 3}


def test_selections_nothing_came_of_are_forgotten(look, make_customer, clerk, successor):
    idle = look(clerk, [make_customer()], salesperson=set_to(successor))
    done = look(clerk, [make_customer()], salesperson=set_to(successor))
    job.write(done, look=done.job_id)
    BulkEdit.objects.update(created_at=idle.created_at - 2 * job.IDLE)

    job.forget_idle(clerk)

    assert list(BulkEdit.objects.all()) == [done]
