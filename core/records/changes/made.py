"""Which change requests a bulk edit made, and of which one a request came: read in the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.filters import Contains
from core.models import BulkEdit, Change
from core.records.kind import Kind

BULK = "bulk"  # the source of what bulk edits write


class OfBulkEdit(Contains):
    """Requests that a bulk edit made, by its key."""

    is_offered = False

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Keep those of the edit; none when there is no such key."""
        if not value:
            return qs
        subject = qs.model._meta.label_lower
        made = Change.objects.filter(operation=_key(value), subject_type=subject, action="create")
        return qs.filter(pk__in=made.values("subject_id"))

    def told(self, value: Any) -> str:
        """Say who began the edit, and when."""
        edit = BulkEdit.objects.filter(pk=_key(value)).select_related("user").first()
        if edit is None:
            return str(value)
        return f"{edit.user} {timezone.localtime(edit.created_at):%Y-%m-%d %H:%M}"


def edit_of(kind: Kind, request: Any) -> UUID | None:
    """Give the key of the bulk edit that made a request, None where none did."""
    first = Change.objects.filter(subject_type=kind.subject, subject_id=request.pk, version=1)
    return first.filter(source=BULK).values_list("operation", flat=True).first()


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
