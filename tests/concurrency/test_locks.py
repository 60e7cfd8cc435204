"""Nobody waits for each other in a circle; where the database unties a knot, it is tried again."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from core import history, saving
from core.models import Change, Unit
from core.once import MOST_TRIES
from core.records import bulk
from core.records.record import Record
from customers.models import Category, Customer
from customers.services import customer as service
from customers.services.aggregates import AGGREGATE, REFERENCE
from customers.services.kinds import KIND
from tests.cast import act_by
from tests.concurrency.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

postgres_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time: no circles"
)


def names(results):
    return sorted(type(result).__name__ for result in results)


def test_two_bulk_changes_in_opposite_order_both_end(make_customer, clerk, colleague):
    customers = [make_customer() for _one in range(6)]

    def change(user, order):
        edits = [saving.Edit(customer.pk, 1, {"remark": user.username}) for customer in order]
        act = act_by(user)
        return lambda: saving.bulk_change(AGGREGATE, edits, act=act, action="edit").stale

    results = race(
        [change(clerk, customers), change(colleague, customers[::-1])], before="FOR NO KEY UPDATE"
    )

    everyone = sorted(customer.pk for customer in customers)
    assert sorted(results) == [[], everyone], results
    assert len(set(Customer.objects.values_list("remark", flat=True))) == 1


@pytest.mark.parametrize(("name", "left"), [("submit", {("submitted", 2)}), ("delete", set())])
def test_two_bulk_moves_in_opposite_order_share_the_records(make_customer, clerk, name, left):
    customers = [make_customer() for _one in range(6)]

    def moving(order):
        items = [(customer.pk, customer.version) for customer in order]
        action = bulk.freeze(KIND, name, items, by=clerk)
        act = saving.Act(by=clerk, source="bulk", reason="", key=None, operation=action.pk)
        return lambda: bulk.run(KIND, action.pk, act=act)

    results = race([moving(customers), moving(customers[::-1])], before="FOR NO KEY UPDATE")

    assert names(results) == ["BulkAction", "BulkAction"], results
    assert sum(len(result.failures) for result in results) == len(customers)
    assert set(Customer.objects.values_list("state", "version")) == left


def put_below(customer, parent, user):
    """Give a racer that puts a customer below another one."""
    record, act = Record({"parent": parent}), act_by(user)
    return lambda: service.save(
        customer.pk, record, version=customer.version, submit=False, act=act
    )


def test_two_customers_become_the_group_of_each_other_at_once(make_customer, clerk, colleague):
    for _round in range(5):
        first, second = make_customer(), make_customer()

        results = race(
            [put_below(first, second, clerk), put_below(second, first, colleague)],
            before='INSERT INTO "core_counter"',
        )

        assert names(results) == ["Customer", "Refused"], results
        assert Customer.objects.filter(parent=None, pk__in=[first.pk, second.pk]).count() == 1


def test_two_chains_are_not_joined_to_a_circle(make_customer, clerk, colleague):
    """No row is in the way of both links: first -> second -> third, third -> fourth -> first."""
    first, second, third, fourth = (make_customer() for _one in range(4))
    put_below(second, third, clerk)()
    put_below(fourth, first, clerk)()

    results = race(
        [put_below(first, second, clerk), put_below(third, fourth, colleague)],
        before='INSERT INTO "core_counter"',
    )

    assert names(results) == ["Customer", "Refused"], results
    assert Customer.objects.filter(parent=None).count() == 1


@pytest.mark.parametrize("other", ["change", "delete"])
def test_a_record_deleted_while_it_changes_has_one_winner(make_customer, clerk, colleague, other):
    customer = make_customer()

    def change():
        return saving.change(
            AGGREGATE, customer.pk, {"remark": "改"}, version=1, act=act_by(colleague)
        )

    def delete():
        return saving.delete(AGGREGATE, customer.pk, version=1, act=act_by(clerk))

    results = race(
        [delete, {"change": change, "delete": delete}[other]], before="FOR NO KEY UPDATE"
    )

    assert sum(isinstance(result, saving.Stale) for result in results) == 1, results
    assert not any(isinstance(result, saving.Refused | RuntimeError) for result in results)
    entries = Change.objects.filter(subject_type=AGGREGATE.subject_type, subject_id=customer.pk)
    assert [entry.version for entry in entries.order_by("version")] == [1, 2]


def test_two_nodes_moved_below_each_other_at_once_make_no_loop(clerk, colleague, world):
    def add(code, parent=None):
        values = {"code": code, "name": code, "parent": parent}
        return saving.create(REFERENCE["category"], values, act=act_by(clerk))

    first, second = add("ZA"), add("ZB")
    add("ZA1", first)

    def put_below(node, parent, user):
        act = act_by(user)
        return lambda: saving.change(
            REFERENCE["category"], node.pk, {"parent": parent}, version=1, act=act
        )

    results = race(
        [put_below(first, second, clerk), put_below(second, first, colleague)],
        before="FOR NO KEY UPDATE",
    )

    assert names(results) == ["Category", "Loop"], results
    for node in Category.objects.select_related("parent"):
        above = node.parent.path if node.parent else "/"
        assert node.path == f"{above}{node.pk}/"


def test_a_unit_deleted_while_a_customer_chooses_it_is_explained(
    make_customer, clerk, admin, units
):
    customer = make_customer()
    unit = saving.create(REFERENCE["unit"], {"code": "TX", "name": "短命"}, act=act_by(admin))

    def choose():
        record = Record({"department": unit})
        return service.save(customer.pk, record, version=1, submit=False, act=act_by(clerk))

    def close():
        with saving.once(act_by(admin)):
            saving.delete(REFERENCE["unit"], unit.pk, version=1, act=act_by(admin))

    results = race([choose, close], before="FOR NO KEY UPDATE")

    refused = [result for result in results if isinstance(result, saving.Refused)]
    assert len(refused) == 1, results
    found = Customer.objects.get(pk=customer.pk)
    assert Unit.objects.filter(pk=found.department_id).exists()


class Knot:
    """A service that locks two rows; the first runs of two threads lock them crosswise."""

    def __init__(self, first, second):
        self.rows, self.barrier, self.runs = (first, second), threading.Barrier(2), 0

    def service(self, order):
        tried = []

        @saving.retried
        def lock():
            self.runs += 1
            with transaction.atomic():
                for pk in self.rows[::order]:
                    rows = Customer.objects.select_for_update().filter(pk=pk)
                    assert rows.exists() or rows.get()
                    list(rows)
                    if not tried:
                        tried.append(True)
                        self.barrier.wait(timeout=20)
            return "done"

        return lock


@postgres_only
def test_a_service_that_lost_a_deadlock_is_run_again(make_customer):
    knot = Knot(make_customer().pk, make_customer().pk)

    results = race([knot.service(1), knot.service(-1)], before="SELECT")

    assert results == ["done", "done"]
    assert knot.runs == 3


def failing(times, state, runs):
    @saving.retried
    def service():
        runs.append(True)
        if len(runs) <= times:
            error = OperationalError("no")
            error.__cause__ = type("Cause", (Exception,), {"pgcode": state})()
            raise error
        return "done"

    return service


@pytest.mark.parametrize("state", ["40P01", "40001"])
def test_a_service_is_tried_three_times_at_most(db, state):
    runs = []

    assert failing(MOST_TRIES - 1, state, runs)() == "done"
    assert len(runs) == MOST_TRIES
    with pytest.raises(OperationalError):
        failing(MOST_TRIES, state, [])()


def test_another_error_of_the_database_is_not_tried_again(db):
    runs = []

    with pytest.raises(OperationalError):
        failing(1, "57014", runs)()

    assert len(runs) == 1


def test_a_service_inside_a_transaction_of_the_caller_is_tried_once(db):
    runs = []

    with pytest.raises(OperationalError), transaction.atomic():
        failing(1, "40P01", runs)()

    assert len(runs) == 1


def test_the_chain_is_whole_after_a_race(make_customer, clerk, colleague):
    customer = make_customer()

    def edit(user):
        record = Record({"remark": user.username})
        act = act_by(user)
        return lambda: service.save(customer.pk, record, version=1, submit=False, act=act)

    race([edit(clerk), edit(colleague)], before="FOR NO KEY UPDATE")

    newest, first = history.of(AGGREGATE.subject_type, customer.pk)
    assert newest.prev_hash == first.hash
    assert newest.hash == newest.digest()
