"""Several people at one change request, or at one customer with several: one wins, nothing is lost.

A twentieth of the rounds runs everywhere, all of them with `-m long`.
"""

import datetime
import random

import pytest
from django.utils import timezone

from core import history, verify
from core.aggregate import RowInput
from core.models import Change
from core.records import transition
from core.records.changes.applying import of_record
from core.records.changes.asking import Ask
from core.records.record import Record
from core.records.transition import Shown
from core.saving import NotAsShown, Refused, Stale
from customers.models import Customer, CustomerChange
from customers.services import changes, due
from customers.services import customer as service
from customers.services.kinds import CHANGE, KIND
from tests.cast import act_by, move
from tests.concurrency.racing import race
from tests.customers.asking import ask, decide

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200
LOCK = "FOR NO KEY UPDATE"  # where a save or a move takes the row
LOST = (Stale, Refused, NotAsShown)


@pytest.fixture(params=[ROUNDS // 20, pytest.param(ROUNDS, marks=pytest.mark.long)])
def rounds(request):
    """The numbers of the rounds of a race."""
    return range(1, request.param + 1)


@pytest.fixture
def people(cast, units, make_user):
    """The cast, and two who may ask for everything."""
    both = {name: make_user(name, "clerk", "finance", unit=units.first) for name in ("one", "two")}
    return {**cast, **both}


@pytest.fixture
def customer(make_customer, world):
    """A customer in use with an account."""
    account = {"account_number": "6222020200112233445", "account_name": "恒信", "bank": world.bank}
    return make_customer("enabled", accounts=[account])


def now(record):
    return type(record).objects.get(pk=record.pk)


def content(customer, number):
    """Give what a request asks for: two fields; a row changed, one added, others removed."""
    kept = customer.bank_accounts.order_by("line")[0]
    changed = RowInput(kept.pk, {"branch": f"支行{number}"})
    added = RowInput(None, {"account_number": f"6222{number:012d}", "account_name": "恒信"})
    values = {"name": f"改名{number}有限公司", "invoice_title": f"抬头{number}"}
    return values, {"bank_accounts": [changed, added]}


def asked_for(number):
    """Give what stands in a customer that has all that `content` asks for."""
    return (f"改名{number}有限公司", f"抬头{number}", f"支行{number}", [f"6222{number:012d}"])


def standing(customer):
    first, *others = customer.bank_accounts.order_by("line")
    name, title = Customer.objects.values_list("name", "invoice_title").get(pk=customer.pk)
    return name, title, first.branch, [one.account_number for one in others]


def number_of(request):
    """Give the number of the content that a request has, which must be that and nothing else."""
    fields = {one.name: one.new for one in request.asks.fields}
    number = int(fields["name"].removeprefix("改名").removesuffix("有限公司"))
    rows = request.asks.rows
    told = (
        fields["name"],
        fields["invoice_title"],
        *(one.new["branch"] for one in rows if one.op == "mod"),
        [one.new["account_number"] for one in rows if one.op == "add"],
    )
    assert told == asked_for(number)
    return number


def requested(customer, number, user):
    values, rows = content(customer, number)
    return ask(customer, user, values, rows)


def edit(customer, request, number, user, *, submit):
    """Give a racer that lets a request ask for something else."""
    values, rows = content(customer, number)
    given = Ask("另一个理由", None, request.pk, request.version, submit)
    return lambda: service.save(
        customer.pk, Record(values, rows), version=customer.version, submit=False,
        act=act_by(user), ask=given,
    ).requested  # fmt: skip


def doing(request, name, user, shown=None):
    """Give a racer that makes a move of a request as it was seen."""
    return lambda: transition.perform(
        CHANGE, name, request.pk, version=request.version, act=act_by(user, "再核实"), shown=shown
    )


def approving(request, user):
    """Give a racer that approves a request as it stands on the screen now."""
    judged = changes.judgement([now(request)], user)[request.pk]
    return doing(now(request), "approve", user, Shown(judged.digest, confirmed=True))


def racers(customer, request, number, people):
    """Give all that people can do now with a request that is submitted or returned."""
    contents = enumerate(("one", "two", "one", "two"), 10 * number + 1)
    edits = [edit(customer, request, at, people[who], submit=bool(at % 2)) for at, who in contents]
    withdraw = doing(request, "withdraw", people["one"])
    if request.state == "returned":
        submits = [doing(request, "submit", people[who]) for who in ("one", "two")]
        return [withdraw, *submits, *edits]
    returns = [doing(request, "return", people[who]) for who in ("reviewer", "admin")]
    approvals = [approving(request, people[who]) for who in ("reviewer", "admin")]
    return [withdraw, *returns, *approvals, *edits[:2]]


def winner(results):
    """Give the one that won; all others were told."""
    won = [one for one in results if not isinstance(one, Exception)]
    assert len(won) == 1, results
    assert all(isinstance(one, LOST) for one in results if one not in won), results
    return won[0]


def entries(record):
    """Give the actions of a record, the oldest first, all in a chain up to its version."""
    told = list(history.of(record._meta.label_lower, record.pk))[::-1]
    assert [one.version for one in told] == list(range(1, now(record).version + 1))
    assert all(one.hash == one.digest() for one in told)
    return [one.action for one in told]


def assert_proven():
    assert [tally.findings for tally in verify.run() if tally.wrong] == []


def test_of_all_that_is_done_with_one_request_at_once_one_thing_happens(
    customer, people, rounds, seed
):
    chance = random.Random(seed)
    for number in rounds:
        customer = now(customer)
        request, before = requested(customer, 10 * number, people["one"]), standing(customer)
        if chance.random() < 0.5:
            request = decide(request, "return", people["admin"], "名称不全")
        told, told_of_customer = entries(request), entries(customer)

        winner(race(racers(customer, request, number, people), before=LOCK))

        found = now(request)
        happened = entries(found)[len(told) :]
        assert happened in (
            [["approve"], ["withdraw"], ["return"]]
            if request.state == "submitted"
            else [["submit"], ["withdraw"], ["change"], ["change", "submit"]]
        )
        is_edited = happened[0] == "change"
        assert (number_of(found) != 10 * number) is is_edited
        is_approved = happened == ["approve"]
        assert standing(customer) == (asked_for(10 * number) if is_approved else before)
        assert entries(customer)[len(told_of_customer) :] == (["amend"] if is_approved else [])
        if found.closed_at is None:
            decide(found, "withdraw", people["one"])
    assert_proven()


def test_what_was_not_on_the_screen_is_never_approved(customer, people, rounds, seed):
    chance = random.Random(seed)
    before = standing(customer)
    reviewer, author = people["reviewer"], people["one"]
    request = requested(customer, 1, author)
    for number in rounds:
        judged = changes.judgement([now(request)], reviewer)[request.pk]
        seen = Shown(judged.digest, confirmed=True)
        old = decide(request, "return", reviewer, "名称不全")
        request = edit(customer, old, number + 1, author, submit=True)()
        version = chance.choice([request.version, old.version, old.version - 1])

        with pytest.raises((NotAsShown, Stale)):
            transition.perform(
                CHANGE, "approve", request.pk, version=version, act=act_by(reviewer), shown=seen
            )
        assert (standing(customer), now(request).state) == (before, "submitted")


def test_of_an_approval_and_another_content_at_once_only_what_was_shown_is_approved(
    customer, people, rounds
):
    for number in rounds:
        customer = now(customer)
        request, before = requested(customer, 10 * number, people["one"]), standing(customer)

        def replace(request=request, customer=customer, number=10 * number + 1):
            returned = doing(request, "return", people["admin"])()
            return edit(customer, returned, number, people["one"], submit=True)()

        winner(race([approving(request, people["reviewer"]), replace], before=LOCK))

        found = now(request)
        if found.state == "approved":
            assert standing(customer) == asked_for(10 * number)
        else:
            assert (standing(customer), number_of(found)) == (before, 10 * number + 1)
            decide(found, "withdraw", people["one"])
    assert_proven()


@pytest.mark.parametrize("what", ["field", "new row", "row"])
def test_two_requests_for_one_place_at_once_become_one(customer, people, rounds, what):
    [account] = customer.bank_accounts.all()

    def record(name):
        if what == "field":
            return Record({"name": f"改名{name}有限公司"})
        values = {"account_number": "6222020200998877665", "account_name": name}
        if what == "row":
            return Record({}, {"bank_accounts": [RowInput(account.pk, {"branch": name})]})
        return Record({}, {"bank_accounts": [RowInput(account.pk, {}), RowInput(None, values)]})

    def asking(name):
        return lambda: service.save(
            customer.pk, record(name), version=customer.version, submit=False,
            act=act_by(people[name]), ask=Ask("客户来函"),
        ).requested  # fmt: skip

    for _number in rounds:
        made = winner(race([asking("one"), asking("two")], before=LOCK))

        assert of_record(KIND, customer) == [made]
        decide(made, "withdraw", made.created_by)
    assert CustomerChange.objects.count() == len(rounds)
    assert_proven()


def test_two_requests_for_other_fields_are_both_approved_at_once(customer, people, rounds):
    for number in rounds:
        customer = now(customer)
        pairs = [{"name": f"改名{number}有限公司"}, {"invoice_title": f"抬头{number}"}]
        both = [ask(customer, people["one"], values) for values in pairs]
        told = entries(customer)

        results = race(
            [
                approving(both[0], people["reviewer"]),
                approving(both[1], people["admin"]),
            ],
            before=LOCK,
        )

        assert all(isinstance(one, CustomerChange | Stale) for one in results), results
        for request, wanted in zip(both, pairs, strict=True):
            if now(request).state == "submitted":  # who was told looks again
                approving(request, people["reviewer"])()
            [(name, value)] = wanted.items()
            assert getattr(now(customer), name) == value
        assert entries(customer)[len(told) :] == ["amend"] * 2
    assert_proven()


def test_two_changes_that_do_not_fit_together_are_not_both_approved(customer, people, rounds):
    """Each alone is right: credit management where there is a limit, and a limit that goes."""
    author, reviewer = people["one"], people["reviewer"]
    limited = {"credit_managed": False, "credit_limit": 5}
    decide(ask(customer, author, {"credit_limit": 5, "credit_days": 30}), "approve", reviewer)
    for _number in rounds:
        wanted = [{"credit_managed": True}, {"credit_limit": None}]
        both = [ask(customer, author, values) for values in wanted]

        winner(race([approving(one, reviewer) for one in both], before=LOCK))

        found = now(customer)
        assert found.credit_managed is (found.credit_limit is not None)
        [left] = CustomerChange.objects.open()
        decide(left, "withdraw", author)
        decide(ask(customer, author, limited), "approve", reviewer)
    assert_proven()


def test_an_approval_and_a_save_of_free_fields_at_once_lose_nothing(customer, people, rounds):
    for number in rounds:
        customer = now(customer)
        request, remark = requested(customer, number, people["one"]), customer.remark

        def save(customer=customer, number=number):
            record, act = Record({"remark": f"备注{number}"}), act_by(people["clerk"])
            return service.save(
                customer.pk, record, version=customer.version, submit=False, act=act
            )

        approved, saved = race([approving(request, people["reviewer"]), save], before=LOCK)

        assert isinstance(approved, CustomerChange), approved
        assert standing(customer) == asked_for(number)
        is_saved = isinstance(saved, Customer)
        assert is_saved or isinstance(saved, Stale), saved
        assert now(customer).remark == (f"备注{number}" if is_saved else remark)
    assert_proven()


@pytest.fixture
def later(monkeypatch):
    """Let days pass: gives the moment that it then is."""
    real = timezone.now

    def pass_(days):
        at = real() + datetime.timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda: at)

    return pass_


def waiting(customer, people, number):
    """Give a request that is approved for tomorrow."""
    values, rows = content(customer, number)
    day = timezone.localdate() + datetime.timedelta(days=1)
    request = ask(customer, people["one"], values, rows, holds_from=day)
    return decide(request, "approve", people["reviewer"])


def test_workers_that_look_at_once_let_a_change_take_effect_once(customer, people, rounds, later):
    for number in rounds:
        later(2 * number)
        request = waiting(now(customer), people, number)
        later(2 * number + 1)

        results = race([due.take, due.take, due.take], before=LOCK)

        assert sorted(results) == [0, 0, 1]
        assert standing(customer) == asked_for(number)
        assert entries(request)[-1] == "apply"
    amended = Change.objects.filter(subject_type=KIND.subject, action="amend")
    assert amended.count() == len(rounds)
    assert_proven()


def test_of_its_day_and_who_takes_a_change_back_one_wins(customer, people, rounds, later, seed):
    chance = random.Random(seed)
    for number in rounds:
        later(2 * number)
        request, before = waiting(now(customer), people, number), standing(customer)
        later(2 * number + 1)
        name, who = chance.choice([("withdraw", "one"), ("return", "reviewer")])

        taken, moved = race([due.take, doing(request, name, people[who])], before=LOCK)

        is_moved = isinstance(moved, CustomerChange)
        assert taken == (0 if is_moved else 1), (taken, moved)
        assert is_moved or isinstance(moved, LOST), moved
        assert standing(customer) == (before if is_moved else asked_for(number))
        if name == "return" and is_moved:
            decide(request, "withdraw", people["one"])
    assert_proven()


def test_what_goes_back_on_its_day_may_be_taken_back_at_once(customer, people, rounds, later):
    for number in rounds:
        later(2 * number)
        request = waiting(now(customer), people, number)
        back = move(move(now(customer), "disable", people["admin"]), "reopen", people["admin"])
        later(2 * number + 1)

        taken, moved = race([due.take, doing(request, "withdraw", people["one"])], before=LOCK)

        assert taken == 0
        found = now(request)
        assert found.state == ("returned" if isinstance(moved, LOST) else "withdrawn"), moved
        if found.closed_at is None:
            decide(found, "withdraw", people["one"])
        for name, who in (("submit", "one"), ("approve", "reviewer"), ("enable", "reviewer")):
            back = move(back, name, people[who])
    assert_proven()
