"""Reads hand-written matrices of state × action × role, and tries one cell for real."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from core.models import Change
from core.records.kind import Kind
from core.saving import Refused, Stale

SNAPSHOTS = Path(__file__).parent / "snapshots"


class Undo(Exception):
    """Takes back what one cell did."""


def tables(name: str) -> list[list[list[str]]]:
    """Give the cells of the two tables of a file, line by line."""
    parts = (SNAPSHOTS / name).read_text(encoding="utf-8").split("\n\n")
    return [
        [line.split() for line in part.splitlines() if not line.startswith("#")] for part in parts
    ]


def matrix(name: str) -> dict[tuple[str, str], dict[str, str]]:
    """Give by state and move what comes of it for every actor."""
    head, *lines = tables(name)[0]
    return {(line[0], line[1]): dict(zip(head[2:], line[2:], strict=True)) for line in lines}


def cell(kind: Kind, record: Any, name: str, user: Any, move: Callable[..., Any]) -> str:
    """Try one move for real, take it back, and say what happened in one character."""
    before = Change.objects.count()
    answer = "+"
    try:
        with transaction.atomic():
            try:
                move(record, name, user)
            except Stale:
                answer = "."
            except Refused as refused:
                answer = _why(kind, refused.problems[0], record, name)
            else:
                found = kind.model._default_manager.filter(pk=record.pk).first()
                assert (found.state if found else "") == kind.life.transition(name).target
                assert Change.objects.count() == before + 1
            raise Undo
    except Undo:
        pass
    assert Change.objects.count() == before
    return answer


def states_said(kind: Kind) -> list[list[str]]:
    """Give what holds in every state as the second table of a file says it."""
    return [
        [state.name, *("+" if one else "-" for one in
         (state.is_open, state.is_in_force, state.is_reserving, state.is_usable))]
        for state in kind.life.states
    ]  # fmt: skip


def _why(kind: Kind, problem: str, record: Any, name: str) -> str:
    if "权限" in problem:
        return "x"
    return "-" if record.state not in kind.life.transition(name).sources else "o"
