"""What pages tell of a bulk edit: what it sets, what came of each record, old → new, and why not.

It reads only; rows of a page are asked for together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from core.forms.catalog import DASH, in_words
from core.models import BulkEdit
from core.records.bulk_edit import kept
from core.records.bulk_edit.kept import ADD, REFUSED, REMOVE, Done
from core.records.kind import Kind
from core.said import label
from core.said import said as _

PER_PAGE = 50
MOST_REASONS = 10


@dataclass(frozen=True)
class Line:
    """One record: what comes of it, (label, old, new) of each field, or the sentence why not.

    `asked` are those that a change request asks for, `request` that one as soon as it is made.
    `record` is None where it is gone or out of sight.
    """

    outcome: str
    sentence: str
    record: Any
    changes: tuple[tuple[str, str, str], ...]
    asked: tuple[tuple[str, str, str], ...] = ()
    request: Any = None


@dataclass(frozen=True)
class Setting:
    """One field that an edit sets: its label, how, and to what."""

    label: str
    way: str
    words: str


def settings(kind: Kind, edits: Sequence[BulkEdit]) -> list[list[Setting]]:
    """Say what each of some edits sets."""
    chosen = [(name, one["value"]) for edit in edits for name, one in edit.choice.items()]
    words, ways = _Words(kind, chosen), {ADD: _("add"), REMOVE: _("take away")}
    return [
        [
            Setting(
                label(kind.catalog.label(name)), ways.get(one["way"], ""),
                words.of(name, one["value"]),
            )
            for name, one in kept.chosen(kind, edit).items()
        ]
        for edit in edits
    ]  # fmt: skip


def page(kind: Kind, edit: BulkEdit, user: Any, show: str, start: int) -> tuple[list[Line], bool]:
    """Give the lines of a page, of one outcome or ("") of all, and whether there are more."""
    wanted = (one for one in kept.outcomes(edit) if show in ("", one.outcome))
    found = list(islice(wanted, start, start + PER_PAGE + 1))
    shown = found[:PER_PAGE]
    records = kind.seen_by(user).in_bulk([one.pk for one in shown])
    words = _Words(kind, [pair for one in shown for pair in _values(one)])
    requests = _requests(kind, [one.request for one in shown if one.pk in records])
    lines = [
        Line(
            one.outcome, one.sentence, records[one.pk], tuple(_changes(kind, one.fields, words)),
            tuple(_changes(kind, one.asked, words)), requests.get(one.request),
        )
        if one.pk in records
        else Line(one.outcome, one.sentence, None, ())
        for one in shown
    ]  # fmt: skip
    return lines, len(found) > PER_PAGE


def reasons(edit: BulkEdit, counts: dict[str, int]) -> list[tuple[str, int]]:
    """Give why records are refused, each reason with its number, the most frequent first."""
    if not counts.get(REFUSED):
        return []
    told = Counter(one.sentence for one in kept.outcomes(edit) if one.outcome == REFUSED)
    return told.most_common(MOST_REASONS)


def _requests(kind: Kind, keys: Sequence[int]) -> dict[int, Any]:
    asked = [key for key in keys if key]
    if not asked or kind.changes is None:
        return {}
    return dict(kind.changes.model._default_manager.in_bulk(asked))


def _values(done: Done) -> Iterator[tuple[str, Any]]:
    for name, pair in (*done.fields.items(), *done.asked.items()):
        for value in pair:
            yield name, value


def _changes(
    kind: Kind, fields: Mapping[str, Sequence[Any]], words: _Words
) -> Iterator[tuple[str, str, str]]:
    for name, (old, new) in fields.items():
        yield label(kind.catalog.label(name)), words.of(name, old), words.of(name, new)


class _Words:
    """Says plain values as people read them; what they point to is asked for at once."""

    def __init__(self, kind: Kind, values: list[tuple[str, Any]]) -> None:
        self._kind = kind
        self._instances = kept.Instances(kept.targets(kind))
        self._instances.look_up(values)

    def of(self, name: str, value: Any) -> str:
        """Give the words for a value of a field; a dash for nothing, or for what is gone."""
        try:
            native = self._instances.native(name, value)
        except KeyError:
            return DASH
        return in_words(self._kind.catalog.field(name), native) or DASH
