"""The engine of every lifecycle: states, transitions, and who is offered which.

It moves nothing itself; services do, through core.saving, after asking `problems`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.access import permissions_of
from core.said import said as _

Guard = Callable[[Any, Any], str]
# (records, user) -> a sentence by the key of each record that may not move.
ManyGuard = Callable[[Sequence[Any], Any], Mapping[int, str]]


@dataclass(frozen=True)
class State:
    """A state a record can be in: how it looks, and what holds in it.

    `tone` is neutral, info, success, warn, danger, change, or muted for what is out of use.
    `passed` counts the milestones behind it; a setback stands at the next one as a failure.
    Open: it is still being entered. In force: its approval stands. Reserving: nobody else can
    have its numbers.
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


@dataclass(frozen=True)
class Milestone:
    """One step on the way of every record, with the stamp that tells who passed it and when."""

    label: Any
    stamp: str


@dataclass(frozen=True)
class Transition:
    """One move. `target` "" means that the record is deleted.

    `guards` are names of functions `(obj, user) -> "" | sentence`; those in the workflow's
    `row_guards` look at the loaded row only and decide buttons, the rest is asked when acting.
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
    row_guards: Mapping[str, Guard]
    milestones: tuple[Milestone, ...] = ()
    table_guards: dict[str, Guard] = field(default_factory=dict)
    many_guards: dict[str, ManyGuard] = field(default_factory=dict)

    def state(self, name: str) -> State:
        """Give a state by name. Raises KeyError if there is none."""
        return self._by_name(self.states, name)

    def transition(self, name: str) -> Transition:
        """Give a transition by name. Raises KeyError if there is none."""
        return self._by_name(self.transitions, name)

    @property
    def initial(self) -> State:
        """The state in which a record begins."""
        return self.states[0]

    @property
    def furthest_first(self) -> list[State]:
        """The states from the last milestone back to the first; at the end those out of use."""
        return sorted(self.states, key=_distance)

    @property
    def toolbar(self) -> list[list[Transition]]:
        """The moves that leave a record, in their groups."""
        groups: dict[str, list[Transition]] = {}
        for move in self.transitions:
            if move.target:
                groups.setdefault(move.group, []).append(move)
        return list(groups.values())

    def leading_to(self, state: str) -> tuple[Transition, ...]:
        """Give the moves that end in a state."""
        return tuple(move for move in self.transitions if move.target == state)

    def stamp_of(self, state: str) -> str:
        """Give the stamp that the moves into a state leave, or ""."""
        return next((move.stamp for move in self.leading_to(state) if move.stamp), "")

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

    def missing_guards(self) -> list[str]:
        """Name the guards that the table asks for and nobody wrote, or wrote twice or for none."""
        asked = {guard for transition in self.transitions for guard in transition.guards}
        known = set(self.row_guards) | set(self.table_guards)
        twice = set(self.row_guards) & set(self.table_guards)
        return sorted(asked ^ known) + sorted(twice) + sorted(set(self.many_guards) - known)

    def guard(self, function: Guard) -> Guard:
        """Register a guard that reads tables, under its function's name."""
        self.table_guards[function.__name__] = function
        return function

    def guard_of_many(self, name: str) -> Callable[[ManyGuard], ManyGuard]:
        """Register what answers the guard `name` for many records in few queries."""

        def register(function: ManyGuard) -> ManyGuard:
            self.many_guards[name] = function
            return function

        return register

    def offers(self, obj: Any, user: Any) -> list[Offer]:
        """Give the transitions the user has the right to, each with the reason it cannot run."""
        rights = permissions_of(user)
        return [
            Offer(transition, self._row_problem(transition, obj, user))
            for transition in self.transitions
            if transition.permission in rights
        ]

    def problems(self, transition: Transition, obj: Any, user: Any) -> list[str]:
        """Give every reason why the user may not make this move now; empty means go."""
        first = self.first_problem(transition, obj, user)
        if first:
            return [first]
        found = (self.table_guards[name](obj, user) for name in self._table(transition))
        return [problem for problem in found if problem]

    def problems_of(
        self, transition: Transition, rows: Sequence[Any], user: Any
    ) -> dict[int, list[str]]:
        """Give by its key every reason why one of many may not move now; who may is left out."""
        first = {row.pk: self.first_problem(transition, row, user) for row in rows}
        found = {pk: [problem] for pk, problem in first.items() if problem}
        left = [row for row in rows if row.pk not in found]
        for name in self._table(transition):
            many, one = self.many_guards.get(name), self.table_guards[name]
            told = many(left, user) if many else {row.pk: one(row, user) for row in left}
            for pk, problem in told.items():
                if problem:
                    found.setdefault(pk, []).append(problem)
        return found

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

    def _table(self, transition: Transition) -> list[str]:
        return [name for name in transition.guards if name not in self.row_guards]

    @staticmethod
    def _by_name(items: tuple[Any, ...], name: str) -> Any:
        for item in items:
            if item.name == name:
                return item
        raise KeyError(name)


def _distance(state: State) -> tuple[bool, int]:
    return state.tone == "muted", -state.passed
