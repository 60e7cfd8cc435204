"""Many move as they would one after the other, in few statements."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from core.models import Change
from core.records import coding, transition
from core.saving import SomeRefused, Stale
from customers.models import Customer, UsedCode
from customers.services import customer
from customers.services.kinds import KIND
from tests.cast import act_by, move, set_raw, valid_uscc

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TOLD = (
    "subject_label", "version", "actor_id", "role", "source", "reason", "action", "changes", "at",
)  # fmt: skip


class _Back(Exception):
    """Takes back what a test tried."""


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def one_after_the_other(name, records, user):
    """Move records one after the other, give what came of each, take it all back."""
    refused = {}
    try:
        with transaction.atomic():
            for record in loaded(records):
                try:
                    with transaction.atomic():
                        transition.move_many(KIND, name, [record], act=act_of(record, user))
                except SomeRefused as some:
                    refused |= why(some)
            moved = [one for one in records if one.pk not in refused]
            raise _Back(refused, stood(moved, name))
    except _Back as back:
        return back.args


def why(some):
    return {pk: refused.problems for pk, refused in some.refused.items()}


def loaded(records):
    keys = [record.pk for record in records]
    return list(Customer.objects.select_related(*KIND.known).filter(pk__in=keys).order_by("pk"))


def explained(record, user):
    """Save a record of a known name, with a word why it is another company."""
    record = replace(record, values={**record.values, "same_name_reason": "两家不同的公司"})
    return customer.save(None, record, version=None, submit=False, act=act_by(user))


def act_of(record, user):
    """Give an act whose source names the record, as that of an import names the row."""
    return replace(act_by(user, "理由"), source=f"row {record.pk}", at=NOW)


def together(name, records, user):
    found = loaded(records)
    with transaction.atomic():
        own = {record.pk: act_of(record, user) for record in found}
        act = replace(act_by(user, "理由"), at=NOW)
        transition.move_many(KIND, name, found, act=act, acts=own)
    return found


def submit(records, user):
    return together("submit", records, user)


def stood(records, action="submit"):
    """Give what is stored of records, and what the entries of a move tell."""
    keys = [record.pk for record in records]
    rows = Customer.objects.filter(pk__in=keys).order_by("pk")
    names = [field.attname for field in Customer._meta.concrete_fields]
    entries = Change.objects.filter(
        subject_type=Customer._meta.label_lower, subject_id__in=keys, action=action
    )
    return list(rows.values_list(*names)), list(entries.order_by("subject_id").values_list(*TOLD))


def test_the_same_come_through_and_leave_the_same_behind(make_customer, complete, clerk):
    taken = make_customer("enabled", uscc=valid_uscc(9_001))
    records = [
        make_customer(),
        make_customer("returned"),
        make_customer(region=None),
        make_customer(uscc=taken.uscc),
        make_customer(uscc=valid_uscc(9_002)),
        make_customer(uscc=valid_uscc(9_002)),
        make_customer(contacts=[]),
        make_customer(name=taken.name),
        explained(complete(name=taken.name), clerk),
        make_customer("submitted"),
        make_customer(credit_managed=True),
    ]

    before = stood(records)
    refused, expected = one_after_the_other("submit", records, clerk)
    with pytest.raises(SomeRefused) as told:
        submit(records, clerk)
    assert set(told.value.refused) == set(refused)
    assert len(refused) == 7
    assert stood(records) == before

    good = [record for record in records if record.pk not in refused]
    submit(good, clerk)

    assert stood(good) == expected


@pytest.mark.parametrize(
    ("name", "fit", "others"),
    [
        ("withdraw", ["submitted", "submitted"], ["draft", "approved"]),
        ("approve", ["submitted", "submitted", "submitted"], ["draft", "enabled"]),
        ("return", ["submitted", "submitted"], ["returned"]),
        ("reopen", ["approved", "disabled"], ["enabled", "draft"]),
        ("enable", ["approved", "disabled"], ["enabled", "submitted"]),
        ("disable", ["enabled", "enabled"], ["approved"]),
    ],
)
def test_every_move_leaves_the_same_behind(
    make_customer, make_user, clerk, reviewer, units, name, fit, others
):
    user = clerk if name == "withdraw" else reviewer
    good = [make_customer(state) for state in fit]
    wrong = [make_customer(state) for state in others]
    if name == "approve":
        own = make_customer("submitted")
        set_raw(own, submitted_by_id=reviewer.pk)
        gone = make_customer("submitted")
        set_raw(gone, registered_address="")
        wrong += [own, gone]
    refused, expected = one_after_the_other(name, [*good, *wrong], user)

    with pytest.raises(SomeRefused) as told:
        together(name, [*good, *wrong], user)
    assert set(told.value.refused) == set(refused) == {one.pk for one in wrong}
    assert why(told.value) == refused

    together(name, good, user)
    assert stood(good, name) == expected


@pytest.mark.parametrize(
    ("state", "name"), [("submitted", "return"), ("approved", "reopen"), ("enabled", "disable")]
)
def test_where_a_reason_is_needed_none_moves_without(make_customer, reviewer, state, name):
    record = make_customer(state)

    with pytest.raises(SomeRefused) as told:
        transition.move_many(KIND, name, [record], act=act_by(reviewer))

    assert why(told.value) == {record.pk: ["Give a reason."]}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"registered_address": ""}, "Registered address is missing."),
        ({"uscc": valid_uscc(9_003)}, "Unified social credit code, Tax number: already used by"),
        ({"name": "恒信有限公司"}, "There is a customer of the same name"),
    ],
)
def test_what_speaks_against_it_is_said(make_customer, clerk, values, sentence):
    make_customer("enabled", uscc=valid_uscc(9_003), name="恒信有限公司")
    wrong = make_customer(**values)

    with pytest.raises(SomeRefused) as told:
        submit([make_customer(), wrong], clerk)

    [problems] = why(told.value).values()
    assert sentence in " ".join(problems)


def test_of_two_with_one_number_the_second_names_the_first(make_customer, clerk):
    first, second = (make_customer(uscc=valid_uscc(9_004)) for _twin in range(2))

    with pytest.raises(SomeRefused) as told:
        submit([first, second], clerk)

    assert list(told.value.refused) == [second.pk]
    assert first.name in " ".join(why(told.value)[second.pk])


def test_who_may_not_submit_is_told_of_each(make_customer, reviewer):
    records = [make_customer(), make_customer()]

    with pytest.raises(SomeRefused) as told:
        submit(records, reviewer)

    assert why(told.value) == {
        record.pk: ["You do not have the right to do this."] for record in records
    }


def test_who_has_no_code_gets_one_at_the_latest_now(make_customer, clerk):
    records = [make_customer(), make_customer()]
    for record in records:
        set_raw(record, code="")

    found = submit(records, clerk)

    codes = dict(Customer.objects.values_list("pk", "code"))
    assert codes == {one.pk: one.code for one in found}
    assert all(codes.values())
    assert set(UsedCode.objects.filter(code__in=codes.values()).values_list("code", flat=True)) == (
        set(codes.values())
    )


def test_a_code_that_cannot_be_drawn_takes_everything_back(make_customer, clerk, monkeypatch):
    records = [make_customer(), make_customer()]
    draw = coding.draw
    monkeypatch.setattr(coding, "draw", lambda kind, given: [*draw(kind, given)[:-1], ""])
    for record in records:
        set_raw(record, code="")

    with pytest.raises(Stale):
        submit(records, clerk)

    assert set(Customer.objects.values_list("state", flat=True)) == {"draft"}


def test_ten_cost_as_many_statements_as_two(make_customer, clerk):
    submit([make_customer()], clerk)
    costs = []
    for count in (2, 10):
        records = [make_customer() for _number in range(count)]
        with CaptureQueriesContext(connection) as seen:
            submit(records, clerk)
        costs.append(len(seen))

    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", ["submit", "delete"])
def test_of_records_that_somebody_changed_meanwhile_none_moves(make_customer, clerk, name):
    records = [make_customer(), make_customer()]
    seen = loaded(records)
    set_raw(records[1], version=records[1].version + 1)

    with pytest.raises(Stale), transaction.atomic():
        transition.move_many(KIND, name, seen, act=act_by(clerk))

    assert list(Customer.objects.values_list("state", flat=True)) == ["draft", "draft"]


def test_no_records_are_no_work(clerk):
    assert submit([], clerk) == []


def test_what_was_submitted_is_approved_and_returned_as_ever(make_customer, clerk, reviewer):
    [record] = submit([make_customer()], clerk)

    record.refresh_from_db()
    assert move(record, "return", reviewer).state == "returned"
    record.refresh_from_db()
    assert move(move(record, "submit", clerk), "approve", reviewer).state == "approved"
