"""Prints docs/lifecycle.md from what apps registered; a test proves the file is fresh."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from core import extend
from core.extend import Role, Veto
from core.records.kind import Kind
from core.workflow import State, Transition, Workflow

HEAD = "# The lives of records\n\nMade by `manage.py lifecycle` from what the apps registered.\n"
STATES = ("state", "being entered", "approval in force", "numbers reserved", "usable")
MOVES = ("action", "from", "to", "who", "reason", "also asked", "brings", "stamp")


def page() -> str:
    """Give the page: each life as a diagram and tables of states and moves, then the rights."""
    with translation.override("en"):
        lives = [line for kind in extend.kinds() for line in _life(kind)]
        return "\n".join([HEAD, *lives, *_rights(list(extend.roles().values()))])


def _life(kind: Kind) -> Iterator[str]:
    life = kind.life
    yield f"## {kind.label.capitalize()}\n\n```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {life.initial.name}"
    for move in life.transitions:
        for source in move.sources:
            yield f"    {source} --> {move.target or '[*]'}: {move.name}"
    yield "```\n"
    yield from _table(STATES, map(_state, life.states))
    yield from _table(MOVES, (_move(life, move) for move in life.transitions))


def _state(state: State) -> list[str]:
    holds = (state.is_open, state.is_in_force, state.is_reserving, state.is_usable)
    return [f"{state.label} `{state.name}`", *map(_mark, holds)]


def _move(life: Workflow, move: Transition) -> list[str]:
    vetoes = (one.name for one in extend.seams(Veto, life.name) if one.move == move.name)
    return [
        f"{move.label} `{move.name}`",
        ", ".join(move.sources),
        move.target or "(deleted)",
        ", ".join(name for name, role in extend.roles().items() if _has(role, move.permission)),
        "required" if move.comment_required else "",
        ", ".join(filter(None, (*move.guards, *vetoes, move.evidence, *move.lastly))),
        move.effect,
        move.stamp,
    ]


def _rights(roles: list[Role]) -> Iterator[str]:
    yield "## Rights\n"
    names = sorted({name for role in roles for name in role.permissions})
    rows = [[f"`{name}`", *(_mark(_has(role, name)) for role in roles)] for name in names]
    scopes = ["scope", *(role.scope for role in roles)]
    yield from _table(["permission", *(role.name for role in roles)], [*rows, scopes])


def _has(role: Role, permission: str) -> bool:
    return permission in role.permissions


def _mark(holds: bool) -> str:
    return "yes" if holds else ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return [lines[0], "|" + "---|" * len(list(head)), *lines[1:], ""]


class Command(BaseCommand):
    """`manage.py lifecycle > docs/lifecycle.md`."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
