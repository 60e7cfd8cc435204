"""Two people act on one record at the same moment: exactly one wins, on both databases."""

import random

import pytest

from core import history
from core.models import Change
from core.saving import Refused, Stale
from customers.lifecycle import CUSTOMER as LIFE
from customers.models import Customer
from customers.queries import review
from customers.services import customer as service
from customers.services import transition
from tests.cast import act_by
from tests.concurrency.racing import race

RACERS = 12
ROUNDS = 200
LOCK = "FOR NO KEY UPDATE"  # where a move takes the row


def moves(customer, cast):
    """Every kind of thing that people do to a submitted record."""
    digest = review.checklist(customer, cast["reviewer"]).digest

    def do(name, who, **over):
        return lambda: transition.perform(
            name, customer.pk, version=customer.version, act=act_by(cast[who], "资料有误"), **over
        )

    return [
        do("approve", "reviewer", digest=digest, confirmed=True),
        do("approve", "admin", digest=digest, confirmed=True),
        do("approve", "reviewer", digest=digest, then_enable=True, confirmed=True),
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
            wanted.name, customer.pk, version=customer.version, act=act_by(who, "再来一次")
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
        record = service.Record({"remark": name})
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
            "submit", customer.pk, version=customer.version, act=act_by(cast["clerk"])
        )

    results = race([submit(first), submit(second)], before=LOCK)

    assert sorted(isinstance(result, Refused) for result in results) == [False, True], results
    assert Customer.objects.filter(uscc=first.uscc, state="submitted").count() == 1
