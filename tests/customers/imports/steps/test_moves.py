import pytest

from core.refusal import Refused, Stale
from customers.import_lifecycle import IMPORT
from customers.imports.steps import moves
from tests.customers.imports.filled import complete, press, started

CHECKED_BY_JOB = {"ask": "mapping", "judge": "checked", "stop": "cancelled", "fail": "failed"}
LEFT_OVER = {"undo_rest": "undoing"}
# Written by hand: where each move that starts in a state leads.
LEADS = {
    "uploaded": CHECKED_BY_JOB,
    "checking": CHECKED_BY_JOB,
    "mapping": {"match": "checking", "read_anew": "checking", "put_aside": "cancelled"},
    "checked": {
        "match": "checking",
        "check": "checking",
        "mend": "checked",
        "read_anew": "checking",
        "write": "writing",
        "put_aside": "cancelled",
    },
    "writing": {
        "finish": "done",
        "check_again": "checking",
        "stop": "cancelled",
        "fail": "failed",
    },
    "done": {"undo": "undoing"},
    "undoing": {"take_back": "undone", "leave": "done"},
    "undone": LEFT_OVER,
    "cancelled": LEFT_OVER,
    "failed": {"read_anew": "checking", **LEFT_OVER},
}


@pytest.fixture
def batch(admin, world):
    return started(complete([1]), admin)


def test_every_move_leads_where_it_should_and_starts_nowhere_else(batch):
    found = {}
    for state in IMPORT.states:
        found[state.name] = {}
        for step in IMPORT.transitions:
            type(batch).objects.filter(pk=batch.pk).update(state=state.name)
            is_made = moves.made(batch, step.name)
            batch.refresh_from_db()
            assert is_made or batch.state == state.name
            if is_made:
                found[state.name][step.name] = batch.state

    assert found == LEADS


def test_every_state_can_be_reached():
    ends = [path[-1].target for state in IMPORT.states[1:] if (path := IMPORT.path(state.name))]

    assert ends == [state.name for state in IMPORT.states[1:]]


def test_a_move_raises_the_revision_and_of_two_who_saw_one_only_the_first_wins(batch, admin):
    other = type(batch).objects.get(pk=batch.pk)
    moves.move(batch, press(admin), "mend")

    with pytest.raises(Stale):
        moves.move(other, press(admin), "put_aside")

    other.refresh_from_db()
    assert (other.state, other.revision) == ("checked", batch.revision)


def test_a_move_that_does_not_start_here_is_refused_with_the_state(batch, admin):
    with pytest.raises(Refused) as refused:
        moves.move(batch, press(admin), "undo")

    assert str(batch.get_state_display()) in str(refused.value.problems[0])


def test_a_move_needs_the_right(batch, outsider):
    with pytest.raises(Refused):
        moves.move(batch, press(outsider), "mend")
