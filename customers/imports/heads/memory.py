"""What people answered before about columns and words, so that nobody is asked twice.

Remembered for everybody: a header set means the same to the whole company. Below stand questions
about a file as a whole: whether "-" and 无 stand for nothing is remembered for everybody, whether a
code that leaps is right is said of one file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import User
from core.records.names import folded
from core.records.plain import Plain
from core.text import fold_width, listed
from customers.imports.fields import issues, likeness, targets
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout, Remembered
from customers.models import ColumnMemory, ImportBatch, ImportIssue, ValueMemory

MAP, CREATE, SKIP, EMPTY = "map", "create", "skip", "empty"


@dataclass(frozen=True)
class Answer:
    """What the user said about a text: it means `to` ("map"), nothing ("empty"), or "skip" rows."""

    do: str
    to: Plain = None


Answers = dict[str, dict[str, Answer]]


def of_columns(fingerprints: Iterable[str]) -> Remembered:
    """Give what was answered before about files with these headers."""
    known = ColumnMemory.objects.filter(key__in=set(filter(None, fingerprints)))
    return dict(known.values_list("key", "targets"))


def keep_columns(layout: Layout, answers: Mapping[int, Mapping[str, str]], by: User) -> None:
    """Remember what was answered about the headers of a file, on top of what is known."""
    for sheet in layout.sheets:
        answered = answers.get(sheet.index)
        if not answered or not sheet.fingerprint:
            continue
        found = ColumnMemory.objects.filter(key=sheet.fingerprint).first()
        merged = {**(found.targets if found else {}), **answered}
        ColumnMemory.objects.update_or_create(
            key=sheet.fingerprint, defaults={"targets": merged, "by": by, "at": timezone.now()}
        )


def of_values(known: Vocabulary) -> Answers:
    """Give what words stood for before.

    Words whose value is gone or disabled are asked again, and banks taken for other banks.
    """
    answers: Answers = {}
    codes: dict[str, dict[str, int]] = {}
    for field, text, do, code in ValueMemory.objects.values_list("field", "text", "do", "target"):
        if do != MAP:
            answers.setdefault(field, {})[text] = Answer(do)
            continue
        target = targets.by_key().get(field)
        if target is None or field not in known.names:
            continue
        if field not in codes:
            names = known.names[field]
            codes[field] = {
                one.code: pk for pk, one in names.instances.items() if names.is_active(pk)
            }
        if code not in codes[field]:
            continue
        name = known.names[field].instances[codes[field][code]].name
        if not likeness.contradicts(target.field.related_model._meta.model_name, text, name):
            answers.setdefault(field, {})[text] = Answer(MAP, codes[field][code])
    return answers


def keep_values(answers: Sequence[tuple[str, str, str, str]], by: User) -> None:
    """Remember (field, text, do, code of the value) each."""
    now = timezone.now()
    for field, text, do, code in answers:
        ValueMemory.objects.update_or_create(
            field=field,
            text=folded(text)[:200],
            defaults={"do": do, "target": code, "by": by, "at": now},
        )


FILE = "*"
PLACEHOLDERS, LEAPS = "placeholders", "leaps"
KEEP = "keep"
ANSWERS: Mapping[str, tuple[str, ...]] = {PLACEHOLDERS: (EMPTY, KEEP), LEAPS: (KEEP,)}
REMEMBERED = frozenset({PLACEHOLDERS})
MOST_TEXTS = 6
_KINDS = {PLACEHOLDERS: issues.PLACEHOLDER, LEAPS: issues.LEAP}
_NOTHING = frozenset(
    {"-", "--", "---", "—", "——", "–", "−", "/", "//", "\\", "无", "暂无", "没有", "空", "(空)"}
    | {"n/a", "n.a.", "null", "none", "nil"}
)
NOTHING_LENGTH = 5


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
    return len(text) <= NOTHING_LENGTH and fold_width(text).strip().casefold() in _NOTHING


def questions(batch: ImportBatch, given: Mapping[str, Any]) -> list[Question]:
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
