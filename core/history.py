"""Writes and reads history entries: values as text, the hash chain, what moved since a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Max
from django.utils import timezone

from core.access import roles_of
from core.models import Change, User


@dataclass(frozen=True)
class FormKey:
    """The random key of a rendered form, the view it goes to, and the hash of its body."""

    key: str
    view: str
    body_hash: str


@dataclass(frozen=True)
class Act:
    """Who acts, from where ("form", "import", "job", "api"), why, and in which operation."""

    by: User
    source: str
    reason: str
    key: FormKey | None
    operation: UUID = field(default_factory=uuid4)
    at: datetime = field(default_factory=timezone.now)


def as_text(value: Any) -> str:
    """Give a value as history keeps it: choices and flags raw, references as people read them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):  # 5, 5.00 and 0.05E+2 are one amount
        return f"{value.normalize():f}"
    return str(value)


def record(
    subject: models.Model,
    *,
    label: str,
    version: int,
    act: Act,
    action: str,
    changes: dict[str, Any],
) -> Change:
    """Append one entry to the history of a subject, chained to the one before."""
    previous = (
        Change.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        .order_by("-version")
        .values_list("hash", flat=True)
        .first()
    )
    entry = build(
        subject,
        label=label,
        version=version,
        act=act,
        action=action,
        changes=changes,
        prev_hash=previous or "",
    )
    entry.save(force_insert=True)
    return entry


def build(
    subject: models.Model,
    *,
    label: str,
    version: int,
    act: Act,
    action: str,
    changes: dict[str, Any],
    prev_hash: str,
) -> Change:
    """Make an entry with its hash, not yet saved."""
    entry = Change(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=label[:200],
        version=version,
        actor=act.by,
        role=",".join(sorted(roles_of(act.by)))[:60],
        source=act.source,
        operation=act.operation,
        reason=act.reason,
        at=act.at,
        action=action,
        changes=changes,
        prev_hash=prev_hash,
    )
    entry.hash = entry.digest()
    return entry


def last_hashes(subject_type: str, ids: Iterable[int]) -> dict[int, str]:
    """Give the hash of the newest entry of each subject, in one query."""
    newest = (
        Change.objects.filter(subject_type=subject_type, subject_id__in=list(ids))
        .values("subject_id")
        .annotate(newest=Max("version"))
    )
    wanted = {row["subject_id"]: row["newest"] for row in newest}
    rows = Change.objects.filter(
        subject_type=subject_type, subject_id__in=wanted, version__in=set(wanted.values())
    ).values_list("subject_id", "version", "hash")
    return {pk: digest for pk, version, digest in rows if wanted[pk] == version}


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
