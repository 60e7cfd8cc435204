"""Prints docs/lifecycle.md from the lifecycle and role tables; a test proves the file is fresh."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from customers.lifecycle import LIFE
from customers.roles import ROLES


def page() -> str:
    """Give the page: the states as a diagram and a table, the moves, and who may make them."""
    with translation.override("en"):
        return "\n".join([*_diagram(), "", *_states(), "", *_moves(), "", *_rights(), ""])


def _diagram() -> list[str]:
    arrows = [
        f"    {source} --> {move.target or '[*]'}: {move.name}"
        for move in LIFE.transitions
        for source in move.sources
    ]
    return [
        "# The life of a customer",
        "",
        "Made by `manage.py lifecycle` from `customers/lifecycle.py` and `customers/roles.py`.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {LIFE.initial.name}",
        *arrows,
        "```",
    ]


def _states() -> list[str]:
    head = "| state | being entered | approval in force | numbers reserved | usable |"
    lines = [head, "|---|---|---|---|---|"]
    for state in LIFE.states:
        marks = (state.is_open, state.is_in_force, state.is_reserving, state.is_usable)
        cells = (f"{state.label} `{state.name}`", *("yes" if mark else "" for mark in marks))
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _moves() -> list[str]:
    lines = [
        "| action | from | to | who | reason | also asked | brings | stamp |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for move in LIFE.transitions:
        who = ", ".join(role.name for role in ROLES if move.permission in role.permissions)
        cells = (
            f"{move.label} `{move.name}`",
            ", ".join(move.sources),
            move.target or "(deleted)",
            who,
            "required" if move.comment_required else "",
            ", ".join(filter(None, (*move.guards, move.evidence, *move.lastly))),
            move.effect,
            move.stamp,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _rights() -> list[str]:
    names = sorted({name for role in ROLES for name in role.permissions})
    head = " | ".join(role.name for role in ROLES)
    lines = ["## Rights", "", f"| permission | {head} |", f"|---|{'---|' * len(ROLES)}"]
    for name in names:
        marks = " | ".join("yes" if name in role.permissions else "" for role in ROLES)
        lines.append(f"| `{name}` | {marks} |")
    scopes = " | ".join(role.scope for role in ROLES)
    return [*lines, f"| scope | {scopes} |"]


class Command(BaseCommand):
    """`manage.py lifecycle > docs/lifecycle.md`."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
