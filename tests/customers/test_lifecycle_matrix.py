"""The hand-written matrix of state × action × role against what really happens."""

from pathlib import Path

import pytest
from django.db import transaction

from core.models import Change
from core.records import transition
from core.saving import Refused, Stale
from customers.lifecycle import CUSTOMER
from customers.models import Customer
from customers.services import customer as service
from customers.services import policy
from customers.services.kinds import CUSTOMER as KIND
from tests.cast import act_by, move

MATRIX = Path(__file__).parents[1] / "snapshots" / "lifecycle_matrix.txt"


def tables() -> list[list[list[str]]]:
    """Give the cells of the two tables of the file, line by line."""
    parts = MATRIX.read_text().split("\n\n")
    return [
        [line.split() for line in part.splitlines() if not line.startswith("#")] for part in parts
    ]


def read_matrix() -> dict[tuple[str, str], dict[str, str]]:
    """Give by state and move what comes of it for every actor."""
    head, *lines = tables()[0]
    return {(line[0], line[1]): dict(zip(head[2:], line[2:], strict=True)) for line in lines}


class Undo(Exception):
    """Takes back what one cell did."""


def cell(customer, name, user) -> str:
    """Try one move for real, take it back, and say what happened in one character."""
    before = Change.objects.count()
    answer = "+"
    try:
        with transaction.atomic():
            try:
                move(customer, name, user)
            except Stale:
                answer = "."
            except Refused as refused:
                answer = why(refused.problems[0], customer, name, user)
            else:
                target = CUSTOMER.transition(name).target
                found = Customer.objects.filter(pk=customer.pk).first()
                assert (found.state if found else "") == target
                assert Change.objects.count() == before + 1
            raise Undo
    except Undo:
        pass
    assert Change.objects.count() == before
    return answer


def why(problem, customer, name, user) -> str:
    if "权限" in problem:
        return "x"
    return "-" if customer.state not in CUSTOMER.transition(name).sources else "o"


@pytest.fixture
def customers(make_customer, reviewer):
    found = {state.name: make_customer(state.name) for state in CUSTOMER.states}
    found["reopened"] = move(make_customer("approved"), "reopen", reviewer)
    return found


def test_every_actor_can_do_exactly_what_the_matrix_says(customers, cast):
    people = {**cast, "author": cast["clerk"]}

    for (state, name), expected in read_matrix().items():
        found = {actor: cell(customers[state], name, people[actor]) for actor in expected}
        assert found == expected, (state, name)


def test_the_matrix_names_every_move_in_every_state():
    states = [*(state.name for state in CUSTOMER.states), "reopened"]

    assert read_matrix().keys() == {
        (state, move.name) for state in states for move in CUSTOMER.transitions
    }


def test_every_state_holds_what_the_matrix_says():
    found = [
        [state.name, *("+" if one else "-" for one in
         (state.is_open, state.is_in_force, state.is_reserving, state.is_usable))]
        for state in CUSTOMER.states
    ]  # fmt: skip

    assert found == tables()[1][1:]


def test_every_name_of_the_table_has_exactly_one_function():
    assert CUSTOMER.unjoined() == []


@pytest.mark.parametrize("four_eyes", [True, False])
def test_an_admin_approves_an_own_submission_only_without_four_eyes(
    make_customer, admin, reviewer, four_eyes
):
    policy.change(
        {"four_eyes": four_eyes, "review_months": 12},
        version=policy.current().version,
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
        service.Record({"name": "上海改名有限公司"}),
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

    refused = transition.refusals(KIND, move_name, [customer], admin)

    assert refused[customer.pk].problems == [sentence]
