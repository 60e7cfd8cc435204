"""One form, one effect: posted again, posted at once, posted with another body."""

import pytest

from core.history import FormKey
from core.models import Change, IdempotencyKey
from core.records import transition
from core.saving import Act, KeyReused, Refused, Repeated
from customers.models import Customer, UsedCode
from customers.services import customer as service
from customers.services.kinds import KIND
from tests.concurrency.racing import race

KEY = "k" * 32
POSTS = 5


def form(user, key=KEY, body="0" * 64, view="customers:customer-add /customers/add/"):
    return Act(by=user, source="form", reason="", key=FormKey(key, view, body))


def save(record, act, submit=False):
    return service.save(None, record, version=None, submit=submit, act=act)


def outcomes(results):
    return sorted(type(result).__name__ for result in results)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("submit", [False, True])
def test_a_form_posted_five_times_at_once_makes_one_customer(complete, clerk, submit):
    record = complete()

    results = race(
        [lambda: save(record, form(clerk), submit)] * POSTS,
        before='INSERT INTO "core_idempotencykey"',
    )

    assert outcomes(results) == ["Customer"] + ["Repeated"] * (POSTS - 1), results
    customer = Customer.objects.get()
    assert {one.result for one in results if isinstance(one, Repeated)} == {str(customer.pk)}
    assert UsedCode.objects.count() == 1
    assert customer.code == "BJ-JS-001"
    assert Change.objects.filter(subject_type="customers.customer").count() == 1 + submit


def test_a_form_posted_five_times_in_a_row_makes_one_customer(complete, clerk):
    record = complete()
    first = save(record, form(clerk))

    for _post in range(POSTS - 1):
        with pytest.raises(Repeated) as repeated:
            save(record, form(clerk))
        assert repeated.value.result == str(first.pk)

    assert Customer.objects.get() == first


@pytest.mark.django_db(transaction=True)
def test_a_move_posted_five_times_at_once_is_made_once(make_customer, clerk):
    customer = make_customer()

    results = race(
        [
            lambda: transition.perform(
                KIND, "submit", customer.pk, version=customer.version, act=form(clerk)
            )
        ]
        * POSTS,
        before='INSERT INTO "core_idempotencykey"',
    )

    assert outcomes(results) == ["Customer"] + ["Repeated"] * (POSTS - 1), results
    assert Customer.objects.get().version == 2


def test_a_key_that_comes_back_with_another_body_writes_nothing(complete, clerk):
    save(complete(), form(clerk))
    entries = Change.objects.count()

    with pytest.raises(KeyReused):
        save(complete(), form(clerk, body="1" * 64))

    assert Customer.objects.count() == 1
    assert Change.objects.count() == entries


@pytest.mark.django_db(transaction=True)
def test_of_two_bodies_with_one_key_at_once_one_is_written(complete, clerk):
    bodies = [(complete(), "0" * 64), (complete(), "1" * 64)]

    results = race(
        [lambda one=one: save(one[0], form(clerk, body=one[1])) for one in bodies],
        before='INSERT INTO "core_idempotencykey"',
    )

    assert outcomes(results) == ["Customer", "KeyReused"], results
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("who", ["clerk", "colleague"])
def test_a_key_of_another_view_or_person_is_no_repetition(complete, cast, who):
    record = complete()
    save(record, form(cast["clerk"]))
    view = "somewhere else" if who == "clerk" else "customers:customer-add /customers/add/"

    with pytest.raises(KeyReused):
        save(record, form(cast[who], view=view))


def test_a_refused_save_uses_no_key_and_writes_nothing(complete, clerk):
    incomplete = complete(registered_address="")

    with pytest.raises(Refused):
        save(incomplete, form(clerk), submit=True)

    assert not IdempotencyKey.objects.exists()
    assert not Customer.objects.exists()
    assert not UsedCode.objects.exists()
    assert save(complete(), form(clerk), submit=True).code == "BJ-JS-001"


@pytest.mark.django_db(transaction=True)
def test_a_waiting_post_takes_over_when_the_first_one_fails(complete, clerk, reviewer):
    """The key of a save that was taken back is free for the next."""
    record = complete()
    with pytest.raises(Refused):
        save(record, form(reviewer))

    assert save(record, form(clerk)).pk == Customer.objects.get().pk


def test_an_act_without_a_key_is_never_a_repetition(complete, clerk):
    act = Act(by=clerk, source="job", reason="", key=None)

    save(complete(), act)
    save(complete(), act)

    assert Customer.objects.count() == 2
    assert not IdempotencyKey.objects.exists()
