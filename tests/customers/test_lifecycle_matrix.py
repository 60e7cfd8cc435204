"""The hand-written matrix of state × action × role against what really happens."""

import pytest

from core.records import transition
from core.records.record import Record
from core.saving import Refused
from customers.lifecycle import LIFE
from customers.models import Policy
from customers.services import customer as service
from customers.services import policy
from customers.services.kinds import KIND
from tests.cast import act_by, move
from tests.matrix import cell, matrix, states_said, tables

MATRIX = "lifecycle_matrix.txt"


@pytest.fixture
def customers(make_customer, reviewer):
    found = {state.name: make_customer(state.name) for state in LIFE.states}
    found["reopened"] = move(make_customer("approved"), "reopen", reviewer)
    return found


def test_every_actor_can_do_exactly_what_the_matrix_says(customers, cast):
    people = {**cast, "author": cast["clerk"]}

    for (state, name), expected in matrix(MATRIX).items():
        found = {
            actor: cell(KIND, customers[state], name, people[actor], move) for actor in expected
        }
        assert found == expected, (state, name)


def test_the_matrix_names_every_move_in_every_state():
    states = [*(state.name for state in LIFE.states), "reopened"]

    assert matrix(MATRIX).keys() == {
        (state, move.name) for state in states for move in LIFE.transitions
    }


def test_every_state_holds_what_the_matrix_says():
    assert states_said(KIND) == tables(MATRIX)[1][1:]


def test_every_name_of_the_table_has_exactly_one_function():
    assert LIFE.unjoined() == []


@pytest.mark.parametrize("four_eyes", [True, False])
def test_an_admin_approves_an_own_submission_only_without_four_eyes(
    make_customer, admin, reviewer, four_eyes
):
    policy.change(
        {"four_eyes": four_eyes, "review_months": 12},
        version=Policy.current().version,
        act=act_by(admin),
    )
    customer = move(make_customer(), "submit", admin)

    if four_eyes:
        with pytest.raises(Refused, match="他人"):
            move(customer, "approve", admin)
    else:
        assert move(customer, "approve", admin).four_eyes is False


def test_who_changed_controlled_data_since_the_approval_cannot_approve(
    make_customer, admin, reviewer, clerk
):
    returned = make_customer("returned")
    changed = service.save(
        returned.pk,
        Record({"name": "上海改名有限公司"}),
        version=returned.version,
        submit=False,
        act=act_by(admin),
    )
    submitted = move(changed, "submit", clerk)

    with pytest.raises(Refused, match="他人"):
        move(submitted, "approve", admin)
    assert move(submitted, "approve", reviewer).state == "approved"


@pytest.mark.parametrize(
    ("state", "move_name", "sentence"),
    [
        ("draft", "withdraw", "“草稿”无须撤销。"),
        ("draft", "approve", "先提交，才能审核。"),
        ("draft", "enable", "先审核，才能启用。"),
        ("submitted", "submit", "“待审核”无须提交。"),
        ("submitted", "delete", "“待审核”不能删除。"),
        ("approved", "return", "“已审核”不能退回。"),
        ("approved", "approve", "“已审核”无须审核。"),
        ("enabled", "approve", "“已启用”无须审核。"),
        ("enabled", "reopen", "先禁用，才能反审核。"),
        ("disabled", "disable", "“已禁用”无须禁用。"),
    ],
)
def test_a_refusal_says_what_is_the_case(make_customer, admin, state, move_name, sentence):
    customer = make_customer(state)

    refused = transition.ask(LIFE, LIFE.transition(move_name), [customer], admin).refused

    assert refused[customer.pk].problems == [sentence]
