"""Moving many customers: each by itself, once, and only as it was when it was selected."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.history import Act
from core.models import Change
from core.records import bulk as bulk_service
from core.records import transition
from core.records.record import Record
from core.saving import Duplicate, Refused, Stale
from customers.services import customer as customer_service
from customers.services.kinds import KIND
from tests.cast import act_by, move


def frozen(name, customers, user):
    items = [(customer.pk, customer.version) for customer in customers]
    return bulk_service.freeze(KIND, name, items, by=user)


def run(bulk, user, reason=""):
    act = Act(by=user, source="form", reason=reason, key=None, operation=bulk.pk)
    return bulk_service.run(KIND, bulk.pk, act=act)


def states(*customers):
    for customer in customers:
        customer.refresh_from_db()
    return [customer.state for customer in customers]


def test_moves_what_can_be_moved_and_says_why_the_rest_was_not(make_customer, reviewer):
    good, other, draft = make_customer("approved"), make_customer("approved"), make_customer()

    bulk = run(frozen("enable", [good, other, draft], reviewer), reviewer)

    assert states(good, other, draft) == ["enabled", "enabled", "draft"]
    assert list(bulk.failures) == [str(draft.pk)]
    assert bulk.failure(draft.pk) == "先审核，才能启用。"
    with translation.override("en"):
        assert bulk.failure(draft.pk) == "“Approve” comes before “Enable”."
    assert bulk.done_at is not None


def test_every_move_is_in_the_history_with_operation_and_reason(make_customer, reviewer):
    customers = [make_customer("submitted") for _number in range(2)]
    bulk = run(frozen("return", customers, reviewer), reviewer, "资料不全")

    entries = Change.objects.filter(operation=bulk.pk)

    assert {entry.subject_id for entry in entries} == {customer.pk for customer in customers}
    assert {(entry.action, entry.reason) for entry in entries} == {("return", "资料不全")}


def test_a_record_changed_since_is_left_alone_and_names_who(make_customer, reviewer, admin):
    customer = make_customer("approved")
    bulk = frozen("enable", [customer], reviewer)
    move(customer, "enable", admin)
    customer.refresh_from_db()
    move(customer, "disable", admin)

    bulk = run(bulk, reviewer)

    assert states(customer) == ["disabled"]
    assert "何嘉" in bulk.failure(customer.pk)


def test_a_deleted_record_names_who(make_customer, clerk, admin):
    customer = make_customer()
    bulk = frozen("submit", [customer], clerk)
    move(customer, "delete", admin)

    bulk = run(bulk, clerk)

    assert list(bulk.failures) == [str(customer.pk)]
    assert bulk.failure(customer.pk) == "选中之后 何嘉 已删除这条记录。"


def test_deletes_in_bulk(make_customer, clerk):
    customers = [make_customer(), make_customer()]

    bulk = run(frozen("delete", customers, clerk), clerk)

    assert bulk.failures == {}
    assert not type(customers[0]).objects.exists()


def test_running_twice_moves_once(make_customer, reviewer):
    customer = make_customer("approved")
    bulk = frozen("enable", [customer], reviewer)

    run(bulk, reviewer)
    again = run(bulk, reviewer)

    assert again.failures == {}
    assert Change.objects.filter(operation=bulk.pk).count() == 1


def test_a_killed_run_is_finished_by_the_next(make_customer, reviewer, monkeypatch):
    customers = [make_customer("approved") for _number in range(3)]
    bulk = frozen("enable", customers, reviewer)
    move_many = transition.move_many

    def dies_at_the_second(kind, name, found, **options):
        if len(found) > 1:
            raise Stale
        if found[0].pk == customers[1].pk:
            raise OperationalError("gone")
        move_many(kind, name, found, **options)

    monkeypatch.setattr(transition, "move_many", dies_at_the_second)
    with pytest.raises(OperationalError):
        run(bulk, reviewer)
    monkeypatch.setattr(transition, "move_many", move_many)
    assert sorted(states(*customers)) == ["approved", "approved", "enabled"]

    bulk = run(bulk, reviewer)

    assert states(*customers) == ["enabled"] * 3
    assert bulk.failures == {}
    assert Change.objects.filter(operation=bulk.pk).count() == 3


def test_what_another_run_of_the_same_action_moved_is_no_failure(
    make_customer, reviewer, monkeypatch
):
    customers = [make_customer("approved") for _number in range(2)]
    bulk = frozen("enable", customers, reviewer)
    as_seen = transition.as_seen

    def overtaken(*given):
        found = as_seen(*given)
        monkeypatch.setattr(transition, "as_seen", as_seen)
        run(bulk, reviewer)
        return found

    monkeypatch.setattr(transition, "as_seen", overtaken)
    done = run(bulk, reviewer)

    assert states(*customers) == ["enabled"] * 2
    assert done.failures == {}
    assert Change.objects.filter(operation=bulk.pk).count() == 2


def test_many_are_submitted_together_and_the_rest_is_told_why(make_customer, clerk, admin):
    taken = make_customer("enabled")
    incomplete, twin = make_customer(contacts=[]), make_customer(uscc=taken.uscc)
    moved = make_customer()
    good = [make_customer() for _number in range(12)]
    bulk = frozen("submit", [incomplete, *good, moved, twin], clerk)
    move(moved, "submit", admin)

    bulk = run(bulk, clerk, "批量")

    assert states(*good) == ["submitted"] * 12
    assert states(incomplete, twin) == ["draft", "draft"]
    assert set(bulk.failures) == {str(one.pk) for one in (incomplete, twin, moved)}
    assert "何嘉" in bulk.failure(moved.pk)
    with translation.override("en"):
        told = [bulk.failure(one.pk) for one in (incomplete, twin, moved)]
    assert [sentence for sentence in told if any("一" <= sign <= "龥" for sign in sentence)] == [
        sentence for sentence in told if taken.name in sentence or "何嘉" in sentence
    ]
    assert told[0].startswith("At least one contact")
    entries = Change.objects.filter(operation=bulk.pk, action="submit")
    assert {entry.subject_id for entry in entries} == {customer.pk for customer in good}
    assert {entry.reason for entry in entries} == {"批量"}


def test_submitting_ten_costs_as_many_statements_as_two(make_customer, clerk):
    run(frozen("submit", [make_customer()], clerk), clerk)
    costs = []
    for count in (2, 10):
        bulk = frozen("submit", [make_customer() for _number in range(count)], clerk)
        with CaptureQueriesContext(connection) as seen:
            run(bulk, clerk)
        costs.append(len(seen))

    assert costs[0] == costs[1]


def test_what_came_between_is_tried_one_by_one(make_customer, clerk, monkeypatch):
    customers = [make_customer(), make_customer()]

    move_many = transition.move_many

    def overtaken(kind, name, found, **options):
        if len(found) > 1:
            raise Duplicate(["Already used."])
        move_many(kind, name, found, **options)

    monkeypatch.setattr(transition, "move_many", overtaken)
    bulk = run(frozen("submit", customers, clerk), clerk)

    assert states(*customers) == ["submitted"] * 2
    assert bulk.failures == {}


def test_who_is_killed_while_all_move_together_moves_none(make_customer, reviewer, monkeypatch):
    customers = [make_customer("approved") for _number in range(3)]
    bulk = frozen("enable", customers, reviewer)
    move_many = transition.move_many

    def dies_at_the_end(*given, **named):
        move_many(*given, **named)
        raise OperationalError("gone")

    monkeypatch.setattr(transition, "move_many", dies_at_the_end)
    with pytest.raises(OperationalError):
        run(bulk, reviewer)
    assert states(*customers) == ["approved"] * 3
    monkeypatch.setattr(transition, "move_many", move_many)

    assert run(bulk, reviewer).failures == {}
    assert states(*customers) == ["enabled"] * 3


def test_approving_in_bulk_notes_that_no_evidence_was_shown(make_customer, reviewer):
    customer = make_customer("submitted")

    bulk = run(frozen("approve", [customer], reviewer), reviewer)

    entry = Change.objects.get(operation=bulk.pk)
    assert states(customer) == ["approved"]
    assert entry.changes["evidence"]["shown"] is False


def test_four_eyes_hold_in_bulk(make_customer, admin):
    customer = make_customer("submitted", by=admin)

    bulk = run(frozen("approve", [customer], admin), admin)

    assert states(customer) == ["submitted"]
    assert str(customer.pk) in bulk.failures


def test_of_two_with_one_tax_number_the_first_is_submitted(make_customer, clerk):
    number = "110108777777771"
    first, second = (make_customer(tax_number=number) for _number in range(2))
    good = make_customer()

    bulk = run(frozen("submit", [second, good, first], clerk), clerk)

    assert states(first, second, good) == ["submitted", "draft", "submitted"]
    assert list(bulk.failures) == [str(second.pk)]
    assert first.name in bulk.failures[str(second.pk)]


def test_four_eyes_count_from_the_last_approval_of_each(make_customer, admin, clerk, reviewer):
    """Of two records that an administrator changed, one was approved by somebody else since."""
    reopened = [move(make_customer("approved"), "reopen", reviewer) for _number in range(2)]
    fresh, settled = (save(one, {"name": f"{one.name}（新）"}, admin, clerk) for one in reopened)
    approved = move(settled, "approve", reviewer)
    settled = move(move(approved, "reopen", reviewer), "submit", clerk)

    bulk = run(frozen("approve", [fresh, settled], admin), admin)

    assert states(fresh, settled) == ["submitted", "approved"]
    assert list(bulk.failures) == [str(fresh.pk)]
    assert "改过" in bulk.failure(fresh.pk)


def save(customer, values, user, submitter):
    changed = customer_service.save(
        customer.pk,
        Record(values),
        version=customer.version,
        submit=False,
        act=act_by(user),
    )
    return move(changed, "submit", submitter)


def test_a_reason_is_needed_where_the_table_asks_for_one(make_customer, reviewer):
    customer = make_customer("enabled")

    bulk = run(frozen("disable", [customer], reviewer), reviewer, "")

    assert states(customer) == ["enabled"]
    assert bulk.failures


def test_nothing_or_too_much_is_refused(clerk):
    with pytest.raises(Refused):
        bulk_service.freeze(KIND, "submit", [], by=clerk)
    with pytest.raises(Refused, match="501"):
        bulk_service.freeze(KIND, "submit", [(pk, 1) for pk in range(1, 502)], by=clerk)
