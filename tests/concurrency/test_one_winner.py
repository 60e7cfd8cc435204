"""Two people act on one record at the same moment: exactly one wins, on both databases."""

import random
from dataclasses import replace

import pytest

from core import history
from core.models import Change
from core.records import bulk, transition
from core.records.record import Record
from core.records.transition import Shown
from core.saving import Refused, Stale
from customers.lifecycle import LIFE
from customers.models import Customer
from customers.queries import review
from customers.services import customer as service
from customers.services.kinds import KIND
from tests.cast import act_by
from tests.concurrency.racing import race

RACERS = 12
ROUNDS = 200
LOCK = "FOR NO KEY UPDATE"  # where a move takes the row


def moves(customer, cast):
    """Every kind of thing that people do to a submitted record."""
    digest = review.checklist(customer, cast["reviewer"]).digest
    shown = Shown(digest, confirmed=True)

    def do(name, who, **over):
        return lambda: transition.perform(
            KIND,
            name,
            customer.pk,
            version=customer.version,
            act=act_by(cast[who], "资料有误"),
            **over,
        )

    return [
        do("approve", "reviewer", shown=shown),
        do("approve", "admin", shown=shown),
        do("approve", "reviewer", shown=shown, then="enable"),
        do("return", "reviewer"),
        do("withdraw", "clerk"),
        do("withdraw", "admin"),
    ]


def run_rounds(rounds, make_customer, cast, seed):
    chance = random.Random(seed)
    customer = make_customer("submitted")
    for _round in range(rounds):
        chosen = [chance.choice(moves(customer, cast)) for _racer in range(RACERS)]
        before = customer.version

        results = race(chosen, before=LOCK)

        winners = [result for result in results if isinstance(result, Customer)]
        losers = [result for result in results if isinstance(result, Stale | Refused)]
        assert len(winners) == 1, results
        assert len(losers) == RACERS - 1, results
        now = Customer.objects.get(pk=customer.pk)
        written = Change.objects.filter(subject_id=customer.pk, version__gt=before).count()
        assert written == now.version - before == (2 if now.state == "enabled" else 1)
        customer = back_to_submitted(now, cast)
    entries = list(history.of("customers.customer", customer.pk))
    assert [entry.version for entry in entries] == list(range(customer.version, 0, -1))


def back_to_submitted(customer, cast):
    for wanted in LIFE.path("submitted", customer.state):
        who = cast["clerk" if wanted.name == "submit" else "reviewer"]
        customer = transition.perform(
            KIND, wanted.name, customer.pk, version=customer.version, act=act_by(who, "再来一次")
        )
    return customer


@pytest.mark.django_db(transaction=True)
def test_one_of_twelve_simultaneous_actions_wins(make_customer, cast, seed):
    run_rounds(ROUNDS // 10, make_customer, cast, seed)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_one_of_twelve_simultaneous_actions_wins_in_200_rounds(make_customer, cast, seed):
    run_rounds(ROUNDS, make_customer, cast, seed)


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_edits_never_lose_one(make_customer, cast):
    customer = make_customer()

    def edit(name, who):
        record = Record({"remark": name})
        return lambda: service.save(
            customer.pk, record, version=customer.version, submit=False, act=act_by(cast[who])
        )

    results = race([edit("甲", "clerk"), edit("乙", "colleague")], before="FOR NO KEY UPDATE")

    assert sorted(type(result).__name__ for result in results) == ["Customer", "Stale"]
    winner = next(result for result in results if isinstance(result, Customer))
    assert Customer.objects.get(pk=customer.pk).remark == winner.remark


@pytest.mark.django_db(transaction=True)
def test_two_submits_with_one_credit_code_let_one_through(make_customer, cast):
    first = make_customer()
    second = make_customer(uscc=first.uscc, tax_number=first.uscc)

    def submit(customer):
        return lambda: transition.perform(
            KIND, "submit", customer.pk, version=customer.version, act=act_by(cast["clerk"])
        )

    results = race([submit(first), submit(second)], before=LOCK)

    assert sorted(isinstance(result, Refused) for result in results) == [False, True], results
    assert Customer.objects.filter(uscc=first.uscc, state="submitted").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "name", "who"),
    [
        ("draft", "submit", "clerk"),
        ("draft", "delete", "clerk"),
        ("submitted", "approve", "reviewer"),
        ("approved", "enable", "reviewer"),
        ("enabled", "disable", "reviewer"),
    ],
)
def test_of_a_move_and_an_edit_at_once_one_wins(make_customer, cast, state, name, who):
    customer = make_customer(state)
    digest = review.checklist(customer, cast[who]).digest
    record, by = Record({"remark": "改过"}), act_by(cast["clerk"])
    seen = {"version": customer.version}

    def edit():
        return service.save(customer.pk, record, submit=False, act=by, **seen)

    def act():
        reasoned = act_by(cast[who], "理由")
        return transition.perform(
            KIND, name, customer.pk, act=reasoned, shown=Shown(digest), **seen
        )

    results = race([edit, act], before=LOCK)

    edited, moved = (not isinstance(result, Exception) for result in results)
    assert edited is not moved, results
    assert all(isinstance(r, Stale | Refused) for r in results if isinstance(r, Exception)), results
    entries = Change.objects.filter(subject_id=customer.pk, version__gt=customer.version)
    assert [entry.action for entry in entries] == ["change" if edited else name]


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_the_same_records_at_once_approve_each_once(make_customer, cast):
    customers = [make_customer("submitted") for _number in range(3)]

    def run(who):
        items = [(one.pk, one.version) for one in customers]
        frozen = bulk.freeze(KIND, "approve", items, by=cast[who])
        act = replace(act_by(cast[who]), operation=frozen.pk)
        return lambda: bulk.run(KIND, frozen.pk, act=act)

    results = race([run("reviewer"), run("admin")], before=LOCK)

    approvals = Change.objects.filter(action="approve")
    assert sorted(approvals.values_list("subject_id", flat=True)) == [one.pk for one in customers]
    told = {pk for result in results for pk in result.failures}
    assert told == {str(one.pk) for one in customers}
    assert len({entry.operation for entry in approvals}) == 1
