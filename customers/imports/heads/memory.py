"""What people answered before about columns and words, so that nobody is asked twice.

Remembered for everybody: a header set means the same to the whole company.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from core.models import User
from core.records.names import folded
from core.records.plain import Plain
from customers.imports.fields import likeness, targets
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads.layout import Layout, Memory
from customers.models import ColumnMemory, ValueMemory

MAP, CREATE, SKIP, EMPTY = "map", "create", "skip", "empty"


@dataclass(frozen=True)
class Answer:
    """What the user said about a text: it means `to` ("map"), nothing ("empty"), or "skip" rows."""

    do: str
    to: Plain = None


Answers = dict[str, dict[str, Answer]]


def of_columns(fingerprints: Iterable[str]) -> Memory:
    """Give what was answered before about files with these headers."""
    known = ColumnMemory.objects.filter(key__in=set(filter(None, fingerprints)))
    return Memory(dict(known.values_list("key", "targets")))


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
