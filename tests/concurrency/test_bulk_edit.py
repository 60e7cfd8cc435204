"""Bulk edits that meet: a second press, a save, a dying worker; nothing is done over or twice."""

import signal

import pytest

from core.models import BulkEdit, Change
from core.records.bulk_edit import job, kept
from core.records.record import Record
from core.saving import Stale
from customers.models import Customer, CustomerChange
from customers.services import customer as customer_service
from customers.services.kinds import KIND
from tests.cast import act_by
from tests.concurrency.racing import race
from tests.core.jobs.processes import is_over, wait_for
from tests.customers.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def look(world, clerk):
    """Freeze some customers and look at what giving them an industry would do."""

    def look(customers):
        edit = kept.freeze(KIND, [(one.pk, one.version) for one in customers], by=clerk)
        job.choose(edit, {"industry": {"way": kept.SET, "value": world.industry.pk}}, "")
        edit.refresh_from_db()
        return edit

    return look


def entries(edit):
    return list(Change.objects.filter(operation=edit.pk).values_list("subject_id", flat=True))


def test_pressed_four_times_at_once_it_is_written_once(look, make_customer):
    customers = [make_customer() for _number in range(3)]
    edit = look(customers)

    def press():
        return job.write(BulkEdit.objects.get(pk=edit.pk), look=edit.job_id)

    results = race([press] * 4, before='FROM "core_bulkedit"')

    assert results == [None] * 4
    assert sorted(entries(edit)) == [one.pk for one in customers]


def test_taken_back_four_times_at_once_it_is_taken_back_once(look, make_customer):
    customers = [make_customer() for _number in range(3)]
    edit = look(customers)
    job.write(edit, look=edit.job_id)

    def press():
        return job.undo(BulkEdit.objects.get(pk=edit.pk))

    results = race([press] * 4, before='INSERT INTO "core_bulkedit"')

    undone = BulkEdit.objects.get(undoes=edit)
    assert results == [undone] * 4
    assert sorted(entries(undone)) == [one.pk for one in customers]
    assert not Customer.objects.filter(industry__isnull=False).exists()


def test_of_a_save_and_an_edit_of_one_customer_one_wins(look, make_customer, clerk):
    for _round in range(5):
        customer = make_customer()
        edit = look([customer])

        def save(pk=customer.pk, version=customer.version):
            record, act = Record({"remark": "手工"}), act_by(clerk)
            return customer_service.save(pk, record, version=version, submit=False, act=act)

        def press(edit=edit):
            job.write(BulkEdit.objects.get(pk=edit.pk), look=edit.job_id)

        saved, _pressed = race([save, press], before='FROM "customers_customer"')

        edit.refresh_from_db()
        customer.refresh_from_db()
        is_saved = not isinstance(saved, Stale)
        assert edit.done == ({"refused": 1} if is_saved else {"changed": 1})
        assert (customer.remark, customer.version) == ("手工" if is_saved else "", 2)
        assert (customer.industry is None) == is_saved


@pytest.mark.parametrize("place", ["jobs.chunk.written:2", "jobs.chunk.committed:1"])
@pytest.mark.parametrize("step", ["write", "undo"])
def test_a_killed_worker_is_replaced_and_nothing_is_done_twice(
    look, make_customer, crew, monkeypatch, place, step
):
    monkeypatch.setattr(kept, "BLOCK", 2)
    customers = [make_customer() for _number in range(6)]
    edit = look(customers)
    if step == "undo":
        job.write(edit, look=edit.job_id)
    monkeypatch.setattr(job, "AT_ONCE", 1)
    victim = crew.start(f"kill@{place}")

    if step == "undo":
        edit = job.undo(edit)
    else:
        job.write(edit, look=edit.job_id)
    wait_for(lambda: victim.poll() is not None, crew)
    assert victim.returncode == -signal.SIGKILL, crew.logs()
    assert len(entries(edit)) == 2
    crew.start()
    edit.refresh_from_db()
    wait_for(lambda: is_over(edit.job), crew)

    edit.refresh_from_db()
    assert edit.done == {"changed": 6}, crew.logs()
    assert sorted(entries(edit)) == [one.pk for one in customers]
    left = Customer.objects.filter(industry__isnull=False).count()
    assert left == (0 if step == "undo" else 6)


@pytest.mark.parametrize("place", ["jobs.chunk.written:2", "jobs.chunk.committed:1"])
@pytest.mark.parametrize("step", ["write", "undo"])
def test_a_killed_worker_asks_for_nothing_twice(
    make_customer, clerk, world, crew, monkeypatch, place, step
):
    monkeypatch.setattr(kept, "BLOCK", 2)
    customers = [make_customer("enabled") for _number in range(6)]
    edit = kept.freeze(KIND, [(one.pk, one.version) for one in customers], by=clerk)
    choice = {"customer_type": {"way": kept.SET, "value": world.overseas.pk}}
    job.choose(edit, choice, "改为境外")
    edit.refresh_from_db()
    if step == "undo":
        job.write(edit, look=edit.job_id)
    monkeypatch.setattr(job, "AT_ONCE", 1)
    victim = crew.start(f"kill@{place}")

    if step == "undo":
        edit = job.undo(edit)
    else:
        job.write(edit, look=edit.job_id)
    wait_for(lambda: victim.poll() is not None, crew)
    assert victim.returncode == -signal.SIGKILL, crew.logs()
    crew.start()
    edit.refresh_from_db()
    wait_for(lambda: is_over(edit.job), crew)

    edit.refresh_from_db()
    assert edit.done == {"withdrawn" if step == "undo" else "asked": 6}, crew.logs()
    asked = CustomerChange.objects.order_by("record").values_list("record", "state")
    state = "withdrawn" if step == "undo" else "submitted"
    assert list(asked) == [(one.pk, state) for one in customers]


def test_of_a_form_and_an_edit_of_one_customer_one_asks(make_customer, clerk, world):
    for _round in range(3):
        customer = make_customer("enabled")
        edit = kept.freeze(KIND, [(customer.pk, customer.version)], by=clerk)
        choice = {"customer_type": {"way": kept.SET, "value": world.overseas.pk}}
        job.choose(edit, choice, "改为境外")
        edit.refresh_from_db()

        def form(customer=customer):
            return ask(customer, clerk, {"customer_type": world.overseas})

        def press(edit=edit):
            job.write(BulkEdit.objects.get(pk=edit.pk), look=edit.job_id)

        race([form, press], before='FROM "customers_customer"')

        edit.refresh_from_db()
        request = CustomerChange.objects.get(record=customer)
        is_asked = request.created_by == clerk and edit.done == {"asked": 1}
        assert is_asked or edit.done == {"refused": 1}
