"""The hand-written matrix of change requests: state × action × person, against what happens."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from core.records import transition
from core.records.changes.asking import Ask
from core.records.record import Record
from core.records.transition import Shown
from customers.change_lifecycle import LIFE
from customers.models import CustomerChange
from customers.services import changes
from customers.services import customer as service
from customers.services.kinds import CHANGE
from tests.cast import act_by
from tests.matrix import cell, matrix, states_said, tables

MATRIX = "change_matrix.txt"
APPLIED = "applied"


def move(request, name, user):
    shown = None
    if name == "approve":
        shown = Shown(changes.judgement([request], user)[request.pk].digest, confirmed=True)
    act = act_by(user, "再核实")
    return transition.perform(
        CHANGE, name, request.pk, version=request.version, act=act, shown=shown
    )


@pytest.fixture
def requests(make_customer, clerk, player_of):
    """A request of the clerk in every state, each of a customer of its own."""
    later = timezone.localdate() + datetime.timedelta(days=9)

    def made(state, day=later):
        customer = make_customer("enabled")
        saved = service.save(
            customer.pk, Record({"name": f"{customer.name}新"}), version=customer.version,
            submit=False, act=act_by(clerk), ask=Ask("来函", day, submit=False),
        )  # fmt: skip
        request = CustomerChange.objects.get(pk=saved.requested.pk)
        for step in LIFE.path(state):
            actor = clerk if step.name in ("submit", "withdraw") else player_of("judge")
            request = move(request, step.name, actor)
        return request

    found = {state.name: made(state.name) for state in LIFE.states}
    return found | {APPLIED: made("approved", None)}


@pytest.fixture
def player_of(units):
    from tests.cast import player

    return lambda name: player(name, units)


def test_every_actor_can_do_exactly_what_the_matrix_says(requests, cast):
    people = {**cast, "author": cast["clerk"]}

    for (state, name), expected in matrix(MATRIX).items():
        told = {who: cell(CHANGE, requests[state], name, people[who], move) for who in expected}
        assert told == expected, (state, name)


def test_the_matrix_names_every_move_and_says_what_holds_in_every_state():
    states = [*(state.name for state in LIFE.states), APPLIED]

    assert matrix(MATRIX).keys() == {
        (state, name.name) for state in states for name in LIFE.transitions
    }
    assert states_said(CHANGE) == tables(MATRIX)[1][1:]
    assert LIFE.unjoined() == []
