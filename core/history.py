"""Writes and reads history entries: values as text, the hash chain, what moved since a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

from core.models import Change, User
from core.prepared import Prepared

_NEWEST = Prepared(lambda: Change.objects.order_by("-pk").values_list("pk", flat=True)[:1])


@dataclass(frozen=True)
class FormKey:
    """The random key of a rendered form, the view it goes to, and the hash of its body."""

    key: str
    view: str
    body_hash: str


@dataclass(frozen=True)
class Act:
    """Who acts, from where ("form", "import", "job", "api"), why, and in which operation.

    `batch` names the unfinished batch that the act belongs to: it alone may touch its rows.
    """

    by: User
    source: str
    reason: str
    key: FormKey | None
    operation: UUID = field(default_factory=uuid4)
    at: datetime = field(default_factory=timezone.now)
    batch: int | None = None


def stamp(user: Any) -> int:
    """Give a number that grows with everything that is written: what is kept beside it is fresh.

    Asked once per user object, that is once per request.
    """
    if not hasattr(user, "_stamp"):
        user._stamp = _NEWEST.first() or 0
    return int(user._stamp)


def seal_of(subject_type: str, subject_id: Any, version: Any) -> models.QuerySet[Any]:
    """Ask for the hash of one entry; key and version may be references to an outer query."""
    entries = Change.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return entries.filter(version=version).values_list("hash", flat=True)


def of(subject_type: str, subject_id: int) -> models.QuerySet[Change]:
    """Give the entries of a subject, newest first, with their actors."""
    return (
        Change.objects.filter(subject_type=subject_type, subject_id=subject_id)
        .select_related("actor")
        .order_by("-version")
    )


@dataclass(frozen=True)
class Net:
    """What entries add up to: (first, last) text of fields, and rows by child and key.

    What came back to where it was is left out, as is a row that came and went.
    """

    fields: dict[str, tuple[str, str]]
    rows: dict[tuple[str, int], Mapping[str, Any]]


def net(changes: Iterable[Mapping[str, Any]]) -> Net:
    """Add up what the `changes` of some entries tell, oldest first."""
    fields: dict[str, tuple[str, str]] = {}
    rows: dict[tuple[str, int], Mapping[str, Any]] = {}
    for one in changes:
        fields = _added_up(fields, one.get("fields", {}))
        for row in one.get("rows", ()):
            key, before = (row["child"], row["id"]), rows.pop((row["child"], row["id"]), None)
            is_new = before is not None and before["op"] == "add"
            told = _added_up(before["fields"] if before else {}, row["fields"])
            if row["op"] != "order" and not (is_new and row["op"] == "del"):
                rows[key] = {**row, "op": "add" if is_new else row["op"], "fields": told}
    moved = {key: {**row, "fields": _moved(row["fields"])} for key, row in rows.items()}
    return Net(
        _moved(fields),
        {key: row for key, row in moved.items() if row["op"] != "mod" or row["fields"]},
    )


def _added_up(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, str]]:
    found = {name: (old, new) for name, (old, new) in before.items()}
    for name, (old, new) in after.items():
        found[name] = found[name][0] if name in found else old, new
    return found


def _moved(fields: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
