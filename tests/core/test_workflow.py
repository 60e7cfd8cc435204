"""The engine of lifecycles: who is offered which move, and why one is not possible."""

from dataclasses import replace
from types import FunctionType, ModuleType, SimpleNamespace

import pytest
from django.utils import translation

from core import workflow
from core.workflow import State, Transition, Workflow

DRAFT, DONE = State("draft", "Draft", "neutral", "pencil"), State("done", "Done", "info", "check")
FINISH = Transition(
    "finish", "Finish", "Finished", ("draft",), "done", "a.finish", ("mine", "full")
)
DROP = Transition("drop", "Drop", "Dropped", ("draft", "done"), "", "a.drop")


def mine(obj, user):
    return "" if obj.owner is user else "Not yours."


@pytest.fixture(autouse=True)
def _rights(monkeypatch):
    monkeypatch.setattr(workflow, "permissions_of", lambda user: user.rights)
    with translation.override("en"):
        yield


def full(things, user):
    return {}


@pytest.fixture
def life():
    return Workflow("thing", (DRAFT, DONE), (FINISH, DROP), {"mine": mine}, joined={"full": full})


def user(*rights):
    return SimpleNamespace(rights=frozenset(rights))


def thing(owner, state="draft"):
    return SimpleNamespace(owner=owner, state=state)


def test_a_move_with_right_state_and_guards_has_no_problem(life):
    me = user("a.finish")

    assert life.first_problem(FINISH, thing(me), me) == ""


def test_the_right_is_asked_first(life):
    me = user("a.drop")

    problem = life.first_problem(FINISH, thing(None, "done"), me)

    assert problem == "You do not have the right to do this."


def test_the_state_is_asked_before_the_guards(life):
    me = user("a.finish")

    problem = life.first_problem(FINISH, thing(None, "done"), me)

    assert problem == "“Finish” is not possible: the record is “Done”."


def test_a_move_says_that_it_is_not_needed_or_what_comes_first():
    late = Transition("late", "Bill", "Billed", ("done",), "done", "a.late", first="finish")
    again = replace(FINISH, needless=("done",))
    life = Workflow("thing", (DRAFT, DONE), (again, late, DROP), {})
    me = user("a.finish", "a.late")

    assert life.first_problem(late, thing(me), me) == "“Finish” comes before “Bill”."
    problem = life.first_problem(again, thing(me, "done"), me)
    assert problem == "“Finish” is not needed: the record is “Done”."
    assert [life.is_near(late, state) for state in ("draft", "done")] == [True, True]
    assert [life.is_near(again, state) for state in ("draft", "done")] == [True, False]


def test_guards_of_the_row_are_asked_at_once_and_those_of_tables_later(life):
    me = user("a.finish")

    assert life.first_problem(FINISH, thing(None), me) == "Not yours."
    assert life.first_problem(FINISH, thing(me), me) == ""
    assert life.guards_of(FINISH) == [full]
    assert life.guards_of(DROP) == []


def test_people_are_offered_what_they_have_a_right_to_with_the_reason_against_it(life):
    me = user("a.finish", "a.drop")

    offers = life.offers(thing(None), me)

    assert [(offer.name, offer.problem) for offer in offers] == [
        ("finish", "Not yours."),
        ("drop", ""),
    ]
    assert life.offers(thing(me), user()) == []


def test_a_name_that_nobody_wrote_or_wrote_twice_or_asks_for_is_named():
    billed = replace(FINISH, lastly=("paid",), evidence="seen", effect="bill")
    life = Workflow("thing", (DRAFT, DONE), (billed, DROP), {"mine": mine, "useless": mine})
    life.joined["mine"] = mine

    assert life.unjoined() == ["bill", "full", "paid", "seen", "useless", "mine"]


def test_the_public_functions_of_a_module_are_joined_by_their_names(life):
    home = ModuleType("home")
    for name in ("bill", "_own"):
        written = FunctionType(mine.__code__, {}, name)
        written.__module__ = "home"
        setattr(home, name, written)
    home.borrowed = full

    life.join(home)

    assert list(life.joined) == ["full", "bill"]
    assert life.unjoined() == ["bill"]


def test_a_complete_table_misses_no_function(life):
    assert life.unjoined() == []


def test_a_move_leaves_who_made_it_and_when_in_the_fields_of_its_stamp(life):
    stamping = replace(FINISH, stamp="finished")

    assert stamping.stamped("noon", "me") == {"finished_at": "noon", "finished_by": "me"}
    assert DROP.stamped("noon", "me") == {}
    assert replace(life, transitions=(stamping, DROP, stamping)).stamps == ("finished",)


@pytest.fixture
def long_life():
    """Made, sent off, broken or arrived, mended and sent again, lost for ever."""
    states = (
        State("made", "Made", "neutral", "box"),
        State("sent", "Sent", "info", "truck", 1),
        State("broken", "Broken", "danger", "alert", 1, is_setback=True),
        State("gone", "Gone", "muted", "ban", 2, is_setback=True),
        State("there", "There", "success", "check", 2),
    )
    moves = [
        Transition(name, name, name, sources, target, "a.move", group=group)
        for name, sources, target, group in (
            ("send", ("made", "broken"), "sent", "way"),
            ("break", ("sent",), "broken", "end"),
            ("mend", ("broken",), "made", "way"),
            ("arrive", ("sent",), "there", "end"),
            ("lose", ("there", "sent"), "gone", "end"),
            ("drop", ("made",), "", ""),
        )
    ]
    return Workflow("parcel", states, tuple(moves), {})


def test_the_way_to_a_state_is_the_shortest_that_leads_there(long_life):
    ways = {state.name: [move.name for move in long_life.path(state.name)]
            for state in long_life.states}  # fmt: skip

    assert ways == {
        "made": [],
        "sent": ["send"],
        "broken": ["send", "break"],
        "gone": ["send", "lose"],
        "there": ["send", "arrive"],
    }


def test_a_way_can_begin_anywhere(long_life):
    assert [move.name for move in long_life.path("there", "broken")] == ["send", "arrive"]
    assert long_life.path("there", "there") == ()


def test_no_way_leads_to_a_state_that_no_move_ends_in(life):
    lonely = replace(life, states=(*life.states, State("far", "Far", "info", "check")))

    with pytest.raises(KeyError):
        lonely.path("far")


def test_toolbars_hold_the_moves_that_leave_a_record_by_their_groups(long_life):
    groups = [[move.name for move in group] for group in long_life.toolbar]

    assert groups == [["send", "mend"], ["break", "arrive", "lose"]]


def test_what_is_furthest_comes_first_and_what_is_out_of_use_last(long_life):
    names = [state.name for state in long_life.furthest_first]

    assert names == ["there", "sent", "broken", "made", "gone"]


def test_a_move_asks_first_when_it_needs_a_reason_or_cannot_be_undone():
    assert [move.is_asking for move in (FINISH, replace(FINISH, comment_required=True), DROP)] == [
        False,
        True,
        True,
    ]


def test_states_and_moves_are_found_by_name(life):
    assert (life.state("done"), life.transition("drop")) == (DONE, DROP)
    for find in (life.state, life.transition):
        with pytest.raises(KeyError):
            find("nowhere")
