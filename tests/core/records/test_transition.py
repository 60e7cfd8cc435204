"""What a move asks, and in which order; what is said of whom."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from django.utils import translation

from core import workflow
from core.records import transition as moves
from core.records.transition import Shown
from core.saving import NotAsShown, Refused, SomeRefused
from core.workflow import State, Transition, Workflow

DRAFT, DONE = State("draft", "Draft", "neutral", "pencil"), State("done", "Done", "info", "check")
FINISH = Transition(
    "finish", "Finish", "Finished", ("draft",), "done", "a.finish", ("mine", "full", "fresh")
)
ME = SimpleNamespace(rights=frozenset({"a.finish"}))


@dataclass(frozen=True)
class Found:
    """What the machine found about a thing."""

    digest: str
    red: tuple[str, ...] = ()
    doubt: str = ""

    def problems(self, *, confirmed):
        return [*self.red, *([self.doubt] if self.doubt and not confirmed else [])]


@pytest.fixture(autouse=True)
def _rights(monkeypatch):
    monkeypatch.setattr(workflow, "permissions_of", lambda user: user.rights)
    with translation.override("en"):
        yield


@pytest.fixture
def asked():
    """Which functions were asked, and of which things."""
    return []


@pytest.fixture
def life(asked):
    def noting(name, answer):
        def ask(things, user):
            asked.append((name, [one.pk for one in things]))
            return {one.pk: answer(one) for one in things}

        return ask

    joined = {
        "full": noting("full", lambda one: "" if one.full else "Not full."),
        "fresh": noting("fresh", lambda one: Refused([], {}) if one.fresh else STALE_GOODS),
        "last": noting("last", lambda one: "Too late."),
        "look": noting("look", lambda one: one.found),
    }
    rows = {"mine": lambda one, user: "" if one.owner is user else "Not yours."}
    return Workflow("thing", (DRAFT, DONE), (FINISH,), rows, joined=joined)


STALE_GOODS = Refused(["Not fresh."], {"date": "Look here."})


def thing(pk, owner=ME, state="draft", full=True, fresh=True, found=None):
    return SimpleNamespace(pk=pk, owner=owner, state=state, full=full, fresh=fresh, found=found)


def said(life, things, transition=FINISH, user=ME, **options):
    refused = moves.ask(life, transition, things, user, **options).refused
    return {pk: one.problems for pk, one in refused.items()}


def test_against_whom_nothing_speaks_is_left_out(life):
    assert said(life, [thing(1), thing(2)]) == {}


def test_without_the_right_nothing_is_asked(life, asked):
    stranger = SimpleNamespace(rights=frozenset())

    told = said(life, [thing(1, full=False)], user=stranger)

    assert told == {1: ["You do not have the right to do this."]}
    assert asked == []


def test_tables_are_asked_once_of_those_whose_row_fits(life, asked):
    things = [thing(1), thing(2, state="done"), thing(3, owner=None), thing(4, full=False)]

    told = said(life, things)

    assert told == {
        2: ["“Finish” is not possible: the record is “Done”."],
        3: ["Not yours."],
        4: ["Not full."],
    }
    assert asked == [("full", [1, 4]), ("fresh", [1, 4])]


def test_everything_that_guards_say_is_told_with_its_places(life):
    refused = moves.ask(life, FINISH, [thing(1, full=False, fresh=False)], ME).refused[1]

    assert (refused.problems, refused.fields) == (["Not full.", "Not fresh."], STALE_GOODS.fields)
    assert STALE_GOODS.problems == ["Not fresh."]


def test_what_is_asked_lastly_is_asked_of_those_that_are_left(life, asked):
    told = said(life, [thing(1), thing(2, full=False)], replace(FINISH, lastly=("last",)))

    assert told == {1: ["Too late."], 2: ["Not full."]}
    assert asked[-1] == ("last", [1])


class TestEvidence:
    """What the machine found is asked once, and must be what was shown."""

    look = replace(FINISH, guards=("mine",), evidence="look")

    def test_what_is_red_refuses_and_a_doubt_until_it_is_confirmed(self, life, asked):
        found = Found("a", ("Red.",), "Doubtful.")
        shown = Shown("a", confirmed=True)

        assert said(life, [thing(1, found=found)], self.look) == {1: ["Red.", "Doubtful."]}
        assert said(life, [thing(1, found=found)], self.look, shown=shown) == {1: ["Red."]}
        assert asked == [("look", [1])] * 2

    @pytest.mark.parametrize("digest", ["", "b"])
    def test_other_evidence_than_was_shown_is_told_before_anything_else(self, life, digest):
        with pytest.raises(NotAsShown):
            said(life, [thing(1, found=Found("a", ("Red.",)))], self.look, shown=Shown(digest))

    def test_who_may_not_move_learns_nothing_of_it(self, life, asked):
        told = said(life, [thing(1, owner=None, found=Found("a"))], self.look, shown=Shown("b"))

        assert told == {1: ["Not yours."]}
        assert asked == []

    def test_what_is_known_is_not_asked_again(self, life, asked):
        evidence = {1: Found("a", ("Red.",)), 2: Found("b", ("Red.",))}
        things = [thing(1), thing(2, owner=None)]

        told = said(life, things, self.look, evidence=evidence)

        assert told == {1: ["Red."], 2: ["Not yours."]}
        assert asked == []


def test_a_move_with_a_reason_is_refused_without(life):
    act = SimpleNamespace(by=ME, reason=" \n")
    reasoned = replace(life, transitions=(replace(FINISH, comment_required=True),))
    kind = SimpleNamespace(life=reasoned, aggregate=None)

    with pytest.raises(SomeRefused) as some:
        moves.move_many(kind, "finish", [thing(1), thing(2, full=False)], act=act)

    told = {pk: (one.problems, one.fields) for pk, one in some.value.refused.items()}
    assert told == {
        1: (["Give a reason."], {"reason": "Give a reason."}),
        2: (["Not full."], {}),
    }
