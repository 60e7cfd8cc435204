"""Questions about a file as a whole: asked once on the page of its check, answered by one button.

Whether "-" and 无 stand for nothing is remembered for everybody; whether a code that leaps is right
is said of one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from core.text import fold_width, listed
from customers.imports.fields import issues
from customers.models import ImportBatch, ImportIssue

FILE = "*"
PLACEHOLDERS, LEAPS = "placeholders", "leaps"
EMPTY, KEEP = "empty", "keep"
ANSWERS: Mapping[str, tuple[str, ...]] = {PLACEHOLDERS: (EMPTY, KEEP), LEAPS: (KEEP,)}
REMEMBERED = frozenset({PLACEHOLDERS})
MOST_TEXTS = 6
_KINDS = {PLACEHOLDERS: issues.PLACEHOLDER, LEAPS: issues.LEAP}
_NOTHING = frozenset(
    {"-", "--", "---", "—", "——", "–", "−", "/", "//", "\\", "无", "暂无", "没有", "空", "(空)"}
    | {"n/a", "n.a.", "null", "none", "nil"}
)


@dataclass(frozen=True)
class Question:
    """What is asked about a file, the texts it is about, and the answers with their labels."""

    name: str
    title: str
    texts: str
    cells: int
    answers: list[tuple[str, str]]
    chosen: str


def is_nothing(text: str) -> bool:
    """Say whether people write this text for "nothing"."""
    return len(text) <= 5 and fold_width(text).strip().casefold() in _NOTHING


def of(batch: ImportBatch, given: Mapping[str, Any]) -> list[Question]:
    """Give the questions about a checked file; `given` are the answers by name."""
    found = ImportIssue.objects.filter(batch=batch, kind__in=_KINDS.values())
    counts = list(found.values("kind", "value").annotate(cells=Count("pk")).order_by("-cells"))
    asked = []
    for name, kind in _KINDS.items():
        own = [one for one in counts if one["kind"] == kind]
        if own:
            texts = listed(f"“{one['value']}”" for one in own[:MOST_TEXTS])
            chosen = given[name].do if name in given else ""
            cells = sum(one["cells"] for one in own)
            asked.append(Question(name, _title(name), texts, cells, _answers(name), chosen))
    return asked


def _title(name: str) -> str:
    if name == PLACEHOLDERS:
        return _("Do these stand for “nothing”?")
    return _("Are these codes right? They are far beyond the numbers before them.")


def _answers(name: str) -> list[tuple[str, str]]:
    if name == PLACEHOLDERS:
        return [(EMPTY, _("Treat as empty")), (KEEP, _("Keep as text"))]
    return [(KEEP, _("They are right"))]
