"""Writes and reads history entries: values as text, the hash chain, what moved since a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def moved_since(subject_type: str, subject_id: int, version: int) -> dict[str, tuple[str, str]]:
    """Give field -> (value at `version`, value now) for every field that changed since."""
    entries = Change.objects.filter(
        subject_type=subject_type, subject_id=subject_id, version__gt=version
    ).order_by("version")
    moved: dict[str, tuple[str, str]] = {}
    for entry in entries:
        fields: Mapping[str, Sequence[str]] = entry.changes.get("fields", {})
        for name, (old, new) in fields.items():
            moved[name] = (moved[name][0] if name in moved else old, new)
    return {name: pair for name, pair in moved.items() if pair[0] != pair[1]}
