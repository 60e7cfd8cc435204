"""Which change requests a bulk edit made: the condition of their list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.filters import Contains
from core.models import BulkEdit


class OfBulkEdit(Contains):
    """Requests that a bulk edit made, by its key."""

    is_offered = False

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Keep those of the edit; none when there is no such key."""
        return qs.filter(operation=_key(value)) if value else qs

    def told(self, value: Any) -> str:
        """Say who began the edit, and when."""
        edit = BulkEdit.objects.filter(pk=_key(value)).select_related("user").first()
        if edit is None:
            return str(value)
        return f"{edit.user} {timezone.localtime(edit.created_at):%Y-%m-%d %H:%M}"


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
