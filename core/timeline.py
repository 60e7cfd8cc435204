"""How a record came here: its milestones, and words for stored entries, field by field, row by row.

Records without secrets are told as they are; an app that masks passes the fields on masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from core import extend, history
from core.aggregate import Aggregate
from core.fields import Money
from core.models import Change
from core.text import listed
from core.workflow import State, Workflow

MOST = 20

Look = tuple[Any, str, str]

LOOKS: Mapping[str, Look] = {
    "create": (lazy("Created"), "plus", ""),
    "change": (lazy("Changed"), "pencil", ""),
    "enable": (lazy("Enabled"), "check-circle", "success"),
    "disable": (lazy("Disabled"), "ban", "warn"),
    "activate": (lazy("Enabled"), "power", "success"),
    "counter": (lazy("Set a counter"), "settings", ""),
    "password": (lazy("Gave a new password"), "lock", "warn"),
}
_SOURCES = {
    "form": "",
    "bulk": lazy("for several records at once"),
    "bulk undo": lazy("taking back a change of several records"),
    "import": lazy("from an Excel file"),
    "job": lazy("in the background"),
    "api": lazy("through the interface"),
    "admin": lazy("on the support site"),
}

_PLACED = {
    "import": lazy("from import %(place)s"),
    "undo": lazy("undoing import %(place)s"),
    "change": lazy("by change request %(place)s"),
}

Pair = tuple[str, str, str]


Row = tuple[str, str, tuple[Pair, ...]]


@dataclass(frozen=True)
class Evidence:
    """What a decision was based on: (result, finding, evidence) per check, and a note."""

    lines: tuple[tuple[str, str, str], ...]
    note: str
    is_shown: bool


@dataclass(frozen=True)
class Event:
    """One action as the timeline tag prints it."""

    version: int
    label: Any
    icon: str
    tone: str
    actor: str
    at: datetime
    source: str
    reason: str
    kind: str
    changes: tuple[Pair, ...]
    rows: tuple[Row, ...]
    evidence: Evidence | None = None
    said: tuple[tuple[str, str], ...] = ()
    source_url: str = ""

    @property
    def says_more(self) -> bool:
        """Whether a field or a child row changed in it."""
        return bool(self.changes or self.rows)


def since_text(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago a moment was, in the largest unit that still says enough."""
    minutes = max(0, int(((now or timezone.now()) - moment).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def entries(model: type[models.Model], pk: int) -> list[Event]:
    """Give the newest entries about a record, newest first, in one query."""
    known = {one.subject_type: one for one in extend.aggregates()}
    aggregate = known.get(model._meta.label_lower)
    stored = history.of(model._meta.label_lower, pk)[:MOST]
    return [_plain(change, model, aggregate) for change in stored]


def entry(
    change: Change,
    look: Look | None,
    *,
    changes: Iterable[Pair],
    rows: Iterable[Row],
    kind: str = "",
    evidence: Evidence | None = None,
    said: Iterable[tuple[str, str]] = (),
    cover: Callable[[str], str] = str,
    source_url: str = "",
) -> Event:
    """Give a stored entry in words; an action without a look goes by its name.

    `said` is what people wrote to each other, (label, text); `cover` makes texts fit to be read;
    `source_url` is the page of what it came from.
    """
    label, icon, tone = look or (change.action, "history", "")
    return Event(
        version=change.version,
        label=label,
        icon=icon,
        tone=tone,
        actor=str(change.actor),
        at=change.at,
        source=_source(change.source),
        reason=cover(change.reason),
        kind=kind,
        changes=tuple(changes),
        rows=tuple(rows),
        evidence=evidence,
        said=tuple((label, cover(text)) for label, text in said),
        source_url=source_url,
    )


def row(table: type[models.Model], op: str, title: str, fields: Mapping[str, Iterable[str]]) -> Row:
    """Give a child row that came, went or changed; or say that the rows stand in another order."""
    if op == "order":
        sentence = _("%(kind)s: in another order")
        return op, sentence % {"kind": capfirst(str(table._meta.verbose_name))}, ()
    return op, title, pairs(table, fields)


def pairs(model: type[models.Model], fields: Mapping[str, Iterable[str]]) -> tuple[Pair, ...]:
    """Give label, old and new value in words for stored fields of a table."""
    return tuple(_pair(model, name, pair) for name, pair in fields.items())


def _source(text: str) -> str:
    """Give where a change came from: an import says which one, with sheet and row behind it."""
    kind, _mark, place = text.partition(" #")
    if place and kind in _PLACED:
        return _PLACED[kind] % {"place": place}
    return str(_SOURCES.get(text, text))


def _plain(change: Change, model: type[models.Model], aggregate: Aggregate | None) -> Event:
    tables = {child.name: child.model for child in aggregate.children} if aggregate else {}
    told = [(tables[one["child"]], one) for one in change.changes.get("rows", ())]
    return entry(
        change,
        LOOKS.get(change.action),
        changes=pairs(model, change.changes.get("fields", {})),
        rows=[
            row(table, one["op"], str(table._meta.verbose_name), one["fields"])
            for table, one in told
        ],
    )


def _pair(model: type[models.Model], name: str, pair: Iterable[str]) -> Pair:
    if name == "roles":
        old, new = (_role_labels(text) for text in pair)
        return _("Roles"), old, new
    try:
        column: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        old, new = pair
        return name, old, new
    old, new = (_words(column, text) for text in pair)
    return capfirst(str(column.verbose_name)), old, new


def _words(column: Any, text: str) -> str:
    if text == "":
        return ""
    if isinstance(column, models.BooleanField):
        return _("Yes") if text == "true" else _("No")
    if isinstance(column, Money):
        return _amount(text)
    if column.choices:
        return str(dict(column.flatchoices).get(text, text))
    return text


def _amount(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}"
    except InvalidOperation:
        return text


def _role_labels(text: str) -> str:
    known = extend.roles()
    names = [name for name in text.split(",") if name]
    return listed(known[name].label if name in known else name for name in names)


DONE, CURRENT, TODO, ERROR = "done", "current", "todo", "error"


@dataclass(frozen=True)
class Step:
    """One step: `step` is done, current, todo or error; who and when where it happened."""

    label: Any
    step: str
    icon: str = ""
    who: Any = None
    at: datetime | None = None


def steps(record: Any, setback: Change | None) -> list[Step]:
    """Give a step for each milestone; `setback` is the entry that set the record back, if asked."""
    life: Workflow = record.workflow
    state, shown = life.state(record.state), []
    reached = _before(life, setback).passed if setback else state.passed
    for place, milestone in enumerate(life.milestones):
        if place == state.passed and state.is_setback:
            shown.append(_setback(record, state, setback))
        elif reached < place < state.passed:
            shown.append(Step(milestone.label, TODO))
        elif place < state.passed or not place:
            mark = DONE if place < state.passed else CURRENT
            shown.append(Step(milestone.label, mark, "check", *_stamp(record, milestone.stamp)))
        else:
            shown.append(Step(milestone.label, CURRENT if place == state.passed else TODO))
    return shown


def _before(life: Workflow, entry: Change) -> State:
    """Give the state that an entry of a move led away from."""
    return life.state(entry.changes["fields"]["state"][0])


def _setback(record: Any, state: State, entry: Change | None) -> Step:
    if stamp := record.workflow.stamp_of(state.name):
        return Step(state.label, ERROR, state.icon, *_stamp(record, stamp))
    if entry is None:
        return Step(state.label, ERROR, state.icon)
    return Step(state.label, ERROR, state.icon, entry.actor, entry.at)


def _stamp(record: Any, stamp: str) -> tuple[Any, Any]:
    return (
        (getattr(record, f"{stamp}_by"), getattr(record, f"{stamp}_at")) if stamp else (None, None)
    )
