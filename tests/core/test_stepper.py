"""The steps of a record: how far it has come, by whom and when."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.timeline import Step, steps
from core.workflow import Milestone, State, Transition, Workflow

LIFE = Workflow(
    "parcel",
    (
        State("packed", "Packed", "neutral", "box"),
        State("sent", "Sent", "info", "truck", 1),
        State("back", "Came back", "danger", "return", 1, is_setback=True),
        State("there", "There", "success", "check", 2),
        State("lost", "Lost", "muted", "ban", 1, is_setback=True),
        State("dropped", "Dropped", "danger", "ban", 2, is_setback=True),
    ),
    (
        Transition("send", "Send", "Sent", ("packed",), "sent", "a.move", stamp="sent"),
        Transition("refuse", "Refuse", "Refused", ("sent",), "back", "a.move"),
        Transition("lose", "Lose", "Lost", ("sent",), "lost", "a.move", stamp="lost"),
        Transition("drop", "Drop", "Dropped", ("packed", "sent"), "dropped", "a.move"),
    ),
    {},
    (Milestone("Pack", "created"), Milestone("Send", "sent")),
)
REFUSAL = SimpleNamespace(actor="Bo", at=3, changes={"fields": {"state": ["sent", "back"]}})
PACKED = Step("Pack", "done", "check", "Ann", 1)


def parcel(state):
    stamps = {"created_by": "Ann", "created_at": 1, "sent_by": "Cy", "sent_at": 2}
    return SimpleNamespace(workflow=LIFE, state=state, lost_by="Di", lost_at=4, **stamps)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("packed", [Step("Pack", "current", "check", "Ann", 1), Step("Send", "todo")]),
        ("sent", [PACKED, Step("Send", "current")]),
        ("there", [PACKED, Step("Send", "done", "check", "Cy", 2)]),
        ("lost", [PACKED, Step("Lost", "error", "ban", "Di", 4)]),
        ("back", [PACKED, Step("Came back", "error", "return", "Bo", 3)]),
    ],
)
def test_steps_tell_how_far_a_record_has_come_and_who_brought_it_there(state, shown):
    assert steps(parcel(state), REFUSAL) == shown


@pytest.mark.parametrize(("before", "weigh"), [("packed", "todo"), ("sent", "done")])
def test_an_end_tells_of_the_steps_before_it_only_those_that_were_reached(before, weigh):
    milestones = (Milestone("Pack", "created"), Milestone("Weigh"), Milestone("Send", "sent"))
    dropped = parcel("dropped")
    dropped.workflow = replace(LIFE, milestones=milestones)
    drop = SimpleNamespace(actor="Bo", at=3, changes={"fields": {"state": [before, "dropped"]}})

    packed, weighed, sent = steps(dropped, drop)

    assert packed == PACKED
    assert (weighed.label, weighed.step) == ("Weigh", weigh)
    assert sent == Step("Dropped", "error", "ban", "Bo", 3)


@pytest.mark.parametrize(("state", "is_skipping"), [("lost", False), ("dropped", True)])
def test_a_life_knows_which_states_are_reached_past_others(state, is_skipping):
    assert LIFE.skips(state) is is_skipping


def test_a_step_that_leaves_no_stamp_tells_nobody():
    life = replace(LIFE, milestones=(Milestone("Pack", "created"), Milestone("Weigh")))
    there = parcel("there")
    there.workflow = life

    assert steps(there, None) == [PACKED, Step("Weigh", "done", "check")]


def test_a_setback_without_stamp_and_entry_tells_nobody():
    assert steps(parcel("back"), None)[1] == Step("Came back", "error", "return")
