"""A short list on one page, of people or values: found by a text and by whether they are active."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

MOST, LONGEST = 500, 60
STATES = {"active": True, "disabled": False}


def found(request: HttpRequest, rows: QuerySet[Any], *names: str) -> dict[str, Any]:
    """Give what the address asks for of some rows, with the text in one of these fields."""
    text = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    state = request.GET.get("state", "")
    if text:
        wanted = Q()
        for name in names:
            wanted |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(wanted)
    if state in STATES:
        rows = rows.filter(is_active=STATES[state])
    asked = {"text": text, "state": state, "total": rows.count(), "most": MOST}
    return {**asked, "found": rows[:MOST]}
