"""What is told about a bulk action: per record what will happen, or what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.models import BulkAction
from core.records.bulk import succeeded
from core.records.kind import Kind

READY, DONE, FAILED = "ready", "done", "failed"


@dataclass(frozen=True)
class Line:
    """One record of a bulk action; `record` is None when it is gone or out of sight."""

    pk: int
    outcome: str
    sentence: str
    title: str
    record: Any


def lines(kind: Kind, bulk: BulkAction, user: Any, expected: Mapping[int, str]) -> list[Line]:
    """Give every record in the order of selection, with what happened or what is to be expected.

    `expected` says by its key why a record that has not been moved yet will not be.
    """
    found = kind.seen_by(user).in_bulk([pk for pk, _version in bulk.items])
    done = succeeded(kind, bulk)
    return [
        _line(kind, bulk, pk, version, found.get(pk), done, expected) for pk, version in bulk.items
    ]


def _line(
    kind: Kind, bulk: BulkAction, pk: int, version: int, record: Any, done: dict[int, str],
    expected: Mapping[int, str],
) -> Line:  # fmt: skip
    title = str(record) if record else done.get(pk, "")
    if pk in done:
        return Line(pk, DONE, str(kind.life.transition(bulk.action).done), title, record)
    if bulk.done_at is not None:
        return Line(pk, FAILED, bulk.failure(pk), title, record)
    if record is None:
        return Line(pk, FAILED, _("It is not there any more."), title, None)
    if record.version != version:
        return Line(pk, FAILED, _("It was changed after you selected it."), title, record)
    problem = expected.get(pk, "")
    return Line(pk, FAILED if problem else READY, problem, title, record)
