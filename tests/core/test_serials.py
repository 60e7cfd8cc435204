"""Counters: one after the other, never back, and given back by a save that fails."""

import pytest
from django.db import transaction

from core import serials
from core.models import Counter

pytestmark = pytest.mark.django_db


def draw(basis="BJ", count=1, start=1, step=1):
    return serials.draw("r", basis, count=count, start=start, step=step)


def peek(basis="BJ", start=1, step=1):
    return serials.peek("r", basis, start=start, step=step)


def test_numbers_follow_one_another_from_the_start():
    assert [draw(start=10, step=5) for _turn in range(3)] == [10, 15, 20]


def test_every_basis_counts_on_its_own():
    assert [draw("BJ"), draw("SH"), draw("BJ"), draw("")] == [1, 1, 2, 1]


def test_several_numbers_are_taken_at_once():
    assert draw(count=3) == 1
    assert draw() == 4
    assert draw(count=2, step=10) == 14
    assert draw(step=10) == 34


def test_looking_ahead_takes_nothing():
    assert [peek(), peek(), draw(), peek(), draw()] == [1, 1, 1, 2, 2]


def test_a_push_moves_forward_and_never_back():
    draw()

    serials.push("r", {"BJ": 50, "SH": 7})
    serials.push("r", {"BJ": 20})

    assert (peek("BJ"), draw("BJ"), draw("SH")) == (51, 51, 8)


def test_a_push_below_the_start_does_not_lower_the_start():
    serials.push("r", {"BJ": 5})

    assert peek(start=100) == 100
    assert draw(start=100, count=2) == 100
    assert draw(start=100) == 102


def test_a_start_that_was_raised_later_counts_from_there():
    draw()

    assert [draw(start=100), draw(start=100)] == [100, 101]


def test_a_save_that_fails_gives_its_number_back():
    draw()

    with pytest.raises(ValueError), transaction.atomic():  # noqa: PT011, PT012
        draw()
        raise ValueError

    assert draw() == 2
    assert Counter.objects.get().last == 2
