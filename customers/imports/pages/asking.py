"""Asks people what columns and words mean, takes their answers, and remembers them.

What is known already is never asked; what is unknown is never guessed without a look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _

from core import extend
from core.access import permissions_of
from core.history import Act
from core.records import plain
from core.refusal import Refused
from core.workbook.cells import text_of
from customers.imports.fields import targets
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads import headers, memory
from customers.imports.heads.layout import HELPER, IGNORED, MAPPED, SKIPPED, TWICE
from customers.imports.heads.layout import Column as FileColumn
from customers.imports.kept import shapes
from customers.imports.pages.shown import Candidate, ColumnLine, ValueLine
from customers.imports.steps import checking, lookups, moves
from customers.models import ImportBatch, ImportIssue, ImportSheet
from customers.services import reference

SAMPLES = 3
MOST_LINES = 200
MOST_CANDIDATES = 500
_WORDS = ("unknown-value", "ambiguous-value", "disabled-value", "choice")

NAMED = "named"  # "named:<text>": what somebody typed for a word, by code, name or path


def columns(batch: ImportBatch) -> list[ColumnLine]:
    """Give every column of every sheet with where it goes; unknown ones are named, not dropped."""
    layout = checking.layout_of(batch)
    heads = {s.index: s.head for s in ImportSheet.objects.filter(batch=batch)}
    remembered = memory.of_columns(sheet.fingerprint for sheet in layout.sheets)
    lines = []
    for sheet in layout.sheets:
        if sheet.shape == SKIPPED:
            continue
        rows = [row for number, row in heads.get(sheet.index, []) if number >= sheet.first_row]
        known = remembered.get(sheet.fingerprint, {})
        for column in sheet.columns:
            texts = [text_of(row[column.index]) for row in rows if column.index < len(row)]
            samples = [text for text in texts if text][:SAMPLES]
            lines.append(ColumnLine(sheet, column, samples, _how(column, known)))
    return lines


def column_problems(batch: ImportBatch) -> list[str]:
    """Say what is wrong with the heads and sheets of the file, for the page of columns."""
    layout = checking.layout_of(batch)
    return [f"{issue.reason} {issue.hint}".strip() for issue in layout.issues if issue.is_error]


def _how(column: FileColumn, known: Mapping[str, str]) -> str:
    if column.header in known:
        return "remembered"
    if column.fate in (MAPPED, HELPER):
        return "header"
    if column.fate in (IGNORED, TWICE):
        return "ignored" if column.fate == IGNORED else "twice"
    return "guess" if column.suggestion else "unknown"


def match_columns(batch: ImportBatch, choices: Mapping[str, str], act: Act) -> ImportBatch:
    """Send columns (ColumnLine.key) to targets (Target.key, "" = ignore) and check again.

    Remembered for files with the same headers. Raises Refused (state, right, unknown target, a
    target chosen twice in one sheet), Stale when somebody else moved the import on.
    """
    layout = checking.layout_of(batch)
    answers: dict[int, dict[str, str]] = {}
    by_place = {
        f"{sheet.index}:{column.index}": (sheet.index, column.header)
        for sheet in layout.sheets
        for column in sheet.columns
    }
    for key, target in choices.items():
        if key not in by_place or (target and target not in targets.by_key()):
            raise Refused([_("There is no such column or field.")])
        sheet, header = by_place[key]
        answers.setdefault(sheet, {})[header] = target
    layout = headers.answered(layout, answers)
    wrong = [issue.reason for issue in layout.issues if issue.is_error]
    if wrong:
        raise Refused(wrong)
    mapping = {**batch.mapping, "layout": layout.as_json()}
    return moves.go(
        batch,
        act,
        "match",
        also=lambda: memory.keep_columns(layout, answers, act.by),
        mapping=mapping,
    )


def values(batch: ImportBatch, by: Any) -> list[ValueLine]:
    """Give the words in reference columns that name nothing known, most frequent first."""
    told = (
        ImportIssue.objects.filter(batch=batch, kind__in=_WORDS)
        .values("field", "value", "suggestion")
        .annotate(rows=Count("pk"))
        .order_by("-rows", "field", "value")[:MOST_LINES]
    )
    known = lookups.vocabulary()
    may_create = "customers.manage_reference" in permissions_of(by)
    chosen = batch.mapping.get("values", {})
    lines = []
    for one in told:
        target = targets.by_key().get(one["field"])
        if target is None:
            continue
        candidates = _candidates(known, target)
        wanted = one["suggestion"]
        lines.append(
            ValueLine(
                key=shapes.group_key(f"{one['field']}|{one['value']}"),
                field=target.key,
                field_label=str(target.head),
                text=one["value"],
                rows=one["rows"],
                suggestion=next((c for c in candidates if wanted in (c.code, c.label)), None),
                candidates=candidates[:MOST_CANDIDATES],
                may_create=may_create and _kind_of(target) is not None,
                chosen=_chosen(known, target, chosen.get(target.key, {}).get(one["value"])),
            )
        )
    return lines


def questions_of(batch: ImportBatch) -> list[memory.Question]:
    """Give what is asked about the file as a whole, with the answers that hold now."""
    given = shapes.answers_of(batch, lookups.vocabulary()).get(memory.FILE, {})
    return memory.questions(batch, given)


def _candidates(known: Vocabulary, target: plain.Target) -> list[Candidate]:
    if target.key in known.names:
        instances = known.instances(target.key).values()
        return [Candidate(one.code, one.name) for one in instances if one.is_active]
    if target.field is not None and target.field.choices:
        return [Candidate(str(k), str(label)) for k, label in target.field.flatchoices if k]
    return []


def _chosen(known: Vocabulary, target: plain.Target, answer: Any) -> str:
    if not answer:
        return ""
    do, to = answer
    if do != memory.MAP:
        return str(do)
    if target.key in known.names:
        return f"map:{known.instances(target.key)[to].code}"
    return f"map:{to}"


def _kind_of(target: plain.Target) -> reference.ReferenceKind | None:
    model = target.field.related_model if target.field is not None else None
    return next((kind for kind in reference.KINDS.values() if kind.model is model), None)


def match_values(batch: ImportBatch, choices: Mapping[str, str], act: Act) -> ImportBatch:
    """Settle words (ValueLine.key): "map:<code>", "create" or "skip" ("" leaves it open).

    Creates through services/reference with the right for it; remembered; checks again.
    Raises Refused, Stale.
    """
    moves.require_right(act.by)
    lines = {line.key: line for line in values(batch, act.by)}
    known = lookups.vocabulary()
    answers: list[tuple[str, str, str, str]] = []
    settled = {field: dict(words) for field, words in batch.mapping.get("values", {}).items()}
    for key, choice in choices.items():
        if choice in memory.ANSWERS.get(key, ()):
            settled.setdefault(memory.FILE, {})[key] = [choice, None]
            if key in memory.REMEMBERED:
                answers.append((memory.FILE, key, choice, ""))
            continue
        line = lines.get(key)
        if line is None or not choice:
            continue
        do, to, code = _settle(line, choice, known, act)
        settled.setdefault(line.field, {})[line.text] = [do, to]
        answers.append((line.field, line.text, do, code))
    return moves.go(
        batch,
        act,
        "check",
        also=lambda: memory.keep_values(answers, act.by),
        mapping={**batch.mapping, "values": settled},
    )


def _settle(line: ValueLine, choice: str, known: Vocabulary, act: Act) -> tuple[str, Any, str]:
    """Give what is done with a word, the plain value it means, and that value's code."""
    do, _colon, code = choice.partition(":")
    target = targets.by_key()[line.field]
    if do == memory.SKIP:
        return memory.SKIP, None, ""
    if do == memory.CREATE and line.may_create:
        made = create(target, line.text, act)
        return memory.MAP, _plain(target, made.pk), made.code
    if do == NAMED and target.key in known.names:
        code = _named(target, code, act)
        do = memory.MAP
    if do == memory.MAP and target.key in known.names:
        for pk, one in known.instances(target.key).items():
            if one.code == code and one.is_active:
                return memory.MAP, _plain(target, pk), code
    if do == memory.MAP and any(one.code == code for one in line.candidates):
        return memory.MAP, code, code
    raise Refused([_("“%(text)s” cannot stand for that.") % {"text": line.text}])


def _named(target: plain.Target, text: str, act: Act) -> str:
    """Give the code of the value that a typed text surely names. Raises Refused."""
    source = extend.source(target.field.related_model._meta.label_lower)
    found = source.resolve(act.by, [text])[text]
    if not found.is_sure:
        raise Refused([_("“%(text)s” is no value here, or not one alone.") % {"text": text}])
    return str(found.value.code)


def _plain(target: plain.Target, pk: int) -> Any:
    return [pk] if target.kind == plain.TAGS else pk


def create(target: plain.Target, text: str, act: Act) -> Any:
    """Add a reference value with this name and a free code. Raises Refused without the right."""
    kind = _kind_of(target)
    if kind is None or "customers.manage_reference" not in permissions_of(act.by):
        raise Refused([_("You do not have the right to add values here.")])
    table: Any = kind.model._default_manager
    try:
        code = kind.code_rule(text)
    except ValidationError:
        code = ""
    number = table.count() + 1
    while not code or table.filter(code=code).exists():
        code, number = f"N{number:03d}", number + 1
    return reference.create(kind, {"code": code, "name": text}, act=act)
