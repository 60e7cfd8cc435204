"""The life of an opportunity: the hand-written matrix, and what its moves bring."""

import pytest
from django.db import DatabaseError, transaction

from core.models.base import writing
from core.saving import Refused
from sales.lifecycle import CHANCES, LIFE, STAGES
from sales.models import Opportunity
from sales.services.kinds import KIND
from tests.cast import move as move_customer
from tests.matrix import cell, matrix, states_said, tables
from tests.sales.conftest import move

MATRIX = "opportunity_matrix.txt"


def test_every_actor_can_do_exactly_what_the_matrix_says(make_opportunity, make_customer, cast):
    customer = make_customer("enabled")
    found = {one.name: make_opportunity(one.name, customer=customer) for one in LIFE.states}
    people = {**cast, "author": cast["clerk"]}

    for (state, name), expected in matrix(MATRIX).items():
        told = {who: cell(KIND, found[state], name, people[who], move) for who in expected}
        assert told == expected, (state, name)


def test_the_matrix_names_every_move_and_says_what_holds_in_every_stage():
    assert matrix(MATRIX).keys() == {
        (state.name, move.name) for state in LIFE.states for move in LIFE.transitions
    }
    assert states_said(KIND) == tables(MATRIX)[1][1:]
    assert LIFE.unjoined() == []


def test_the_probability_goes_with_the_stage(make_opportunity, clerk):
    one = make_opportunity()
    told = [one.probability]
    for name in ("needs", "offer", "first", "win", "reopen"):
        one = move(one, name, clerk)
        told.append(one.probability)

    assert told == [10, 30, 50, 10, 100, 70]


def test_a_probability_that_somebody_changed_stays_until_the_end(make_opportunity, clerk):
    offered = move(make_opportunity(probability=45), "offer", clerk)

    assert offered.probability == 45
    assert move(offered, "lose", clerk).probability == 0


def test_why_it_was_lost_is_kept_until_it_is_reopened(make_opportunity, clerk):
    lost = make_opportunity("lost")

    assert (lost.lost_reason, lost.closed_by) == ("价格没有谈拢", clerk)
    assert move(lost, "reopen", clerk).lost_reason == ""


def test_every_stage_has_a_chance_and_only_open_stages_are_steps():
    assert CHANCES.keys() == {state.name for state in LIFE.states}
    assert all(0 < CHANCES[name] < 100 for name in STAGES)


@pytest.mark.parametrize("chance", [-1, 101])
def test_the_database_keeps_the_probability_in_its_range(make_opportunity, chance):
    one = make_opportunity()

    with pytest.raises(DatabaseError), transaction.atomic(), writing():
        Opportunity.objects.filter(pk=one.pk).update(probability=chance)


def test_a_customer_with_open_opportunities_is_not_reopened(make_opportunity, clerk, reviewer):
    one = make_opportunity()
    customer = move_customer(one.customer, "disable", reviewer)

    with pytest.raises(Refused) as refused:
        move_customer(customer, "reopen", reviewer)
    assert refused.value.problems == [
        f"还有进行中的商机，请先赢单或输单：{one.code} 站用电源改造。"
    ]

    move(one, "lose", clerk)
    assert move_customer(customer, "reopen", reviewer).state == "returned"
