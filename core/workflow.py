"""The engine of every lifecycle: states, transitions, and who is offered which.

It moves nothing itself; core/records/transition.py does, after asking what the table names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from inspect import isfunction
from types import ModuleType
from typing import Any

from core import extend
from core.access import permissions_of
from core.extend import Veto
from core.said import said as _

RowGuard = Callable[[Any, Any], str]
COMPLETE = "is_complete"  # the guard that asks whether anything is missing


@dataclass(frozen=True)
class State:
    """A state a record can be in: how it looks, and what holds in it.

    `tone` is neutral, info, success, warn, danger, change, or muted for what is out of use.
    `passed` counts the milestones behind it; a setback stands at the next one as a failure,
    whichever of those before it were passed over.
    Open: it is still being entered. In force: its approval stands. Usable: new records of other
    kinds may name it. Reserving: nobody else can have its numbers.
    """

    name: str
    label: Any
    tone: str
    icon: str
    passed: int = 0
    is_setback: bool = False
    is_open: bool = False
    is_in_force: bool = False
    is_reserving: bool = False
    is_usable: bool = False


@dataclass(frozen=True)
class Milestone:
    """One step on the way of every record, and the stamp that tells who passed it, if one does."""

    label: Any
    stamp: str = ""


@dataclass(frozen=True)
class Transition:
    """One move. `target` "" means that the record is deleted.

    What it asks and brings are names of functions that take many records:
    `guards` `(records, user) -> {pk: sentence or Refused}`, but for those of the workflow's
    `row_guards` `(record, user) -> "" | sentence`, which look at the loaded row only and decide
    buttons; `lastly` the same, asked of those against whom nothing else speaks; `evidence`
    `(records, user) -> {pk: Evidence}`, what the machine found for a person to decide on; `effect`
    `(move, records, act, evidence) -> {pk: values}`, what is written beside state and stamp.
    In the states `needless` the move has nothing to do; in other states `first` names the move
    that comes before it. `stamp` is what the fields are called that keep who made it and when:
    "approved" means approved_by and approved_at. Moves of one `group` stand together in toolbars.
    """

    name: str
    label: Any
    done: Any
    sources: tuple[str, ...]
    target: str
    permission: str
    guards: tuple[str, ...] = ()
    lastly: tuple[str, ...] = ()
    evidence: str = ""
    effect: str = ""
    comment_required: bool = False
    needless: tuple[str, ...] = ()
    first: str = ""
    stamp: str = ""
    group: str = ""
    tone: str = ""
    icon: str = ""

    @property
    def is_asking(self) -> bool:
        """Whether it is asked about before it happens: it needs a reason, or cannot be undone."""
        return self.comment_required or not self.target

    def stamped(self, at: Any, by: Any) -> dict[str, Any]:
        """Give what the move writes of who made it when, by the names of the fields."""
        return {f"{self.stamp}_at": at, f"{self.stamp}_by": by} if self.stamp else {}


@dataclass(frozen=True)
class Offer:
    """A transition as one user sees it on one record; `problem` says why it is not possible."""

    transition: Transition
    problem: str

    @property
    def name(self) -> str:
        return self.transition.name


@dataclass(frozen=True)
class Workflow:
    """A lifecycle: its states, the first one first, and transitions in the order people know."""

    name: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    row_guards: Mapping[str, RowGuard]
    milestones: tuple[Milestone, ...] = ()
    joined: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def state(self, name: str) -> State:
        """Give a state by name. Raises KeyError if there is none."""
        return self._states[name]

    def transition(self, name: str) -> Transition:
        """Give a transition by name. Raises KeyError if there is none."""
        return self._moves[name]

    @property
    def initial(self) -> State:
        """The state in which a record begins."""
        return self.states[0]

    @property
    def usable(self) -> tuple[str, ...]:
        """The states of records that new records of other kinds may name."""
        return tuple(state.name for state in self.states if state.is_usable)

    @property
    def furthest_first(self) -> list[State]:
        """The states from the last milestone back to the first; at the end those out of use."""
        return sorted(self.states, key=lambda one: (one.tone == "muted", -one.passed))

    @property
    def toolbar(self) -> list[list[Transition]]:
        """The moves that leave a record, in their groups."""
        groups: dict[str, list[Transition]] = {}
        for move in self.transitions:
            if move.target:
                groups.setdefault(move.group, []).append(move)
        return list(groups.values())

    @property
    def rights(self) -> list[str]:
        """The permissions of which any one allows some move."""
        return sorted({move.permission for move in self.transitions})

    def allowed(self, user: Any) -> dict[str, Transition]:
        """Give the moves that the user's roles allow, by name."""
        rights = permissions_of(user)
        return {move.name: move for move in self.transitions if move.permission in rights}

    def leads_further(self, move: Transition, state: str) -> bool:
        """Say whether a move brings a record of this state past more milestones."""
        return bool(move.target) and self.state(move.target).passed > self.state(state).passed

    def leading_to(self, state: str) -> tuple[Transition, ...]:
        """Give the moves that end in a state."""
        return tuple(move for move in self.transitions if move.target == state)

    def stamp_of(self, state: str) -> str:
        """Give the stamp that the moves into a state leave, or ""."""
        return next((move.stamp for move in self.leading_to(state) if move.stamp), "")

    def skips(self, state: str) -> bool:
        """Say whether a move into a state passes over milestones before it."""
        before = {name for move in self.leading_to(state) for name in move.sources}
        return any(self.state(name).passed + 1 < self.state(state).passed for name in before)

    def path(self, state: str, start: str = "") -> tuple[Transition, ...]:
        """Give the shortest way to a state, from the beginning or another one.

        Raises KeyError if there is none.
        """
        ways: dict[str, tuple[Transition, ...]] = {start or self.initial.name: ()}
        while state not in ways:
            further = {
                move.target: (*way, move)
                for here, way in ways.items()
                for move in reversed(self.transitions)
                if here in move.sources and move.target and move.target not in ways
            }
            if not further:
                raise KeyError(state)
            ways |= further
        return ways[state]

    @property
    def stamps(self) -> tuple[str, ...]:
        """Every stamp of the table once."""
        return tuple(dict.fromkeys(move.stamp for move in self.transitions if move.stamp))

    def unjoined(self) -> list[str]:
        """Name what the table asks for and nobody wrote, or wrote twice, or wrote for no move."""
        asked = {name for move in self.transitions for name in (*move.guards, *_more(move))}
        twice = set(self.row_guards) & set(self.joined)
        return sorted(asked ^ (set(self.row_guards) | set(self.joined))) + sorted(twice)

    def join(self, *homes: ModuleType) -> None:
        """Join the public functions of some modules to their names in the table."""
        for home in homes:
            for name, one in vars(home).items():
                if isfunction(one) and one.__module__ == home.__name__ and name[0] != "_":
                    assert self.joined.setdefault(name, one) is one, f"{name} is written twice"

    def guards_of(self, move: Transition) -> list[Callable[..., Any]]:
        """Give the guards of a move that read tables, then what other apps may have against it."""
        own = [self.joined[name] for name in move.guards if name not in self.row_guards]
        return own + [one.ask for one in self._vetoes if one.move == move.name]

    def offers(self, obj: Any, user: Any) -> list[Offer]:
        """Give the transitions the user has the right to, each with the reason it cannot run."""
        rights = permissions_of(user)
        return [
            Offer(transition, self._row_problem(transition, obj, user))
            for transition in self.transitions
            if transition.permission in rights
        ]

    def first_problem(self, transition: Transition, obj: Any, user: Any) -> str:
        """Give the first reason that right, state and row alone give; reads no other table."""
        if transition.permission not in permissions_of(user):
            return _("You do not have the right to do this.")
        return self._row_problem(transition, obj, user)

    def _row_problem(self, transition: Transition, obj: Any, user: Any) -> str:
        if obj.state not in transition.sources:
            return self._not_from(transition, obj.state)
        for name in transition.guards:
            if name in self.row_guards:
                problem = self.row_guards[name](obj, user)
                if problem:
                    return problem
        return ""

    def is_near(self, transition: Transition, state: str) -> bool:
        """Say whether the move starts from this state, or the one before it does."""
        before = self.transition(transition.first).sources if transition.first else ()
        return state in transition.sources or (state not in transition.needless and state in before)

    def _not_from(self, transition: Transition, state: str) -> str:
        known = {"state": self.state(state).label, "move": transition.label}
        if state in transition.needless:
            return _("“%(move)s” is not needed: the record is “%(state)s”.") % known
        if transition.first:
            known["first"] = self.transition(transition.first).label
            return _("“%(first)s” comes before “%(move)s”.") % known
        return _("“%(move)s” is not possible: the record is “%(state)s”.") % known

    @cached_property
    def _vetoes(self) -> list[Veto]:
        return extend.seams(Veto, self.name)

    @cached_property
    def _states(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def _moves(self) -> dict[str, Transition]:
        return {move.name: move for move in self.transitions}


def _more(move: Transition) -> tuple[str, ...]:
    return (*move.lastly, *filter(None, (move.evidence, move.effect)))
