"""Two people changed one record: what moved since the form was opened, and what to do about it.

Nothing typed is lost: what only one side changed is merged, the rest is asked field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import history
from core.access import mask
from core.aggregate import as_text
from core.fields import Money
from core.forms.catalog import DASH, in_words
from core.forms.keyed import with_fresh_key
from core.models import Change
from core.records import merging, returned, timeline
from core.records.changes import asking, requesting
from core.records.entry import Entry
from core.records.form import HOLDS_FROM, ITS_VERSION, REASON, REQUEST, PartGrid
from core.records.remarks import ANSWER
from core.text import clauses, listed

TAKE, CURRENT, MINE = "take-", "current", "mine"
ASKED = "asked-"  # begins the name of a choice between two contents of a request
_OWN = ("csrfmiddlewaretoken", "action", "resolve")


@dataclass(frozen=True)
class Choice:
    """A field or a child table that both sides changed."""

    name: str
    label: str
    original: str
    current: str
    mine: str
    is_controlled: bool = False


@dataclass(frozen=True)
class Merged:
    """A change of one side only, taken over without asking; or what cannot be, with the `reason`.

    What is asked for goes by a change request; rows may come from both.
    """

    label: str
    original: str
    result: str
    by_me: bool
    reason: str = ""
    is_asked: bool = False
    by_both: bool = False


@dataclass
class Conflict:
    """What stands between a typed form and the record as it is now."""

    data: Any
    actor: str = ""
    at: datetime | None = None
    is_own: bool = False
    choices: list[Choice] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    lost: list[Merged] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Everything typed, to be sent again."""
        return [
            (name, value) for name, values in self.data.lists() for value in values
            if name not in _OWN and not name.startswith(TAKE)
        ]  # fmt: skip


def between(entry: Entry, version: int) -> Conflict:
    """Compare an entry typed at `version` with its record as it is now."""
    kind, record = entry.kind, entry.record
    entry.is_valid(submit=False)
    raw = Entry(entry.register, entry.user, record).raw()
    conflict = Conflict(with_fresh_key(entry.data, version=str(record.version)))
    stored = timeline.of(kind, record).filter(version__gt=version)
    if newest := stored.first() or _newest_of_request(entry):
        conflict.actor, conflict.at = str(newest.actor), newest.at
        conflict.is_own = newest.actor_id == entry.user.pk
    conflict.entries = timeline.since(kind, record, entry.user, version)
    net = history.net([*stored.values_list("changes", flat=True)][::-1])
    asked = _compare_asked(conflict, entry)
    for name in entry.form.start:
        if name in asked:
            continue
        if name in entry.form.fields:
            _compare(conflict, entry, name, net.fields, raw)
        elif name in entry.data:
            _tell_lost(conflict, entry, name, net.fields)
    _tell_ask(conflict, entry, asked)
    for part, grid in entry.parts.items():
        told = {str(pk): row for (child, pk), row in net.rows.items() if child == part}
        _compare_rows(conflict, entry, grid, told, raw, is_chosen=grid.part.section in asked)
    _compare_answers(conflict, entry, version)
    return conflict


def resolved(data: Any, current: Entry) -> Any:
    """Give the typed form after the choices: the current value wherever "current" was taken."""
    result, stored = data.copy(), current.raw()
    request = requesting.named(current.record, data.get(REQUEST, ""))
    given = (current.register, current.user, current.record, request)
    asked = dict(requesting.typed(*given).lists()) if request else stored
    sections = [grid.part.section for grid in current.parts.values()]
    for choice in [name.removeprefix(TAKE) for name in data if name.startswith(TAKE)]:
        if data[TAKE + choice] != CURRENT:
            continue
        name = choice.removeprefix(ASKED)
        raw = stored if name == choice else asked
        if name.startswith(ANSWER):
            del result[name]  # what is stored stays
        elif name in sections:
            merging.take_rows(result, name, raw)
        elif name in raw:
            result.setlist(name, raw[name])
    return result


def _compare(
    conflict: Conflict,
    entry: Entry,
    name: str,
    moved: Mapping[str, tuple[str, str]],
    raw: Mapping[str, list[str]],
) -> None:
    form = entry.form
    model_field: Any = entry.kind.model._meta.get_field(name)
    label = capfirst(str(form.fields[name].label or model_field.verbose_name))
    now = form.start[name]
    is_typed = name in form.cleaned_data
    mine = form.cleaned_data[name] if is_typed else None
    typed = form.words(name, mine) if is_typed else listed(conflict.data.getlist(name))
    current = form.words(name, now)
    if is_typed and _text(mine) == _text(now):
        return
    if name not in moved:
        by_request = bool(form.fields[name].ui.get("reviewed"))  # type: ignore[attr-defined]
        conflict.merged.append(Merged(label, current, typed, by_me=True, is_asked=by_request))
        return
    original = _original(model_field, moved[name][0])
    if is_typed and _text(mine) == moved[name][0]:
        conflict.data.setlist(name, raw[name])
        conflict.merged.append(Merged(label, original, current, by_me=False))
        return
    row = entry.kind.catalog.by_name.get(name)
    controlled = bool(row and row.controlled)
    conflict.choices.append(Choice(name, label, original, current, typed, controlled))


def _tell_lost(
    conflict: Conflict, entry: Entry, name: str, moved: Mapping[str, tuple[str, str]]
) -> None:
    """Keep in sight what was typed into a field that cannot be changed any more."""
    model_field: Any = entry.kind.model._meta.get_field(name)
    typed = listed(conflict.data.getlist(name))
    del conflict.data[name]
    if entry.came_back(name) or _is_original(model_field, typed, moved.get(name)):
        return
    label = capfirst(str(model_field.verbose_name))
    current = entry.form.words(name, entry.form.start[name])
    mine = (in_words(model_field, typed) if model_field.choices else typed) or DASH
    reason = entry.form.locked.get(entry.kind.rules.beside.get(name, name), "")
    conflict.lost.append(Merged(label, current, mine, by_me=True, reason=reason))


def _is_original(model_field: Any, typed: str, moved: tuple[str, str] | None) -> bool:
    """Say whether a field came back as its page showed it before somebody else changed it."""
    if moved is None:
        return False
    texts = (moved[0], _original(model_field, moved[0]).replace(DASH, ""))
    return typed in texts or (model_field.is_relation and typed.startswith(f"{moved[0]} "))


def _tell_ask(conflict: Conflict, entry: Entry, asked: set[str]) -> None:
    """Keep in sight why, and from when, what goes by a change request is asked for."""
    form, own = entry.form, entry.kind.changes
    for name, column in ((REASON, "reason"), (HOLDS_FROM, "holds_from")):
        typed = conflict.data.get(name, "").strip()
        if own is None or name in asked or not typed:
            continue
        label = str(capfirst(str(own.catalog.field(column).verbose_name)))
        known = _text(form.initial.get(name))
        if name not in form.fields:
            conflict.lost.append(Merged(label, DASH, typed, by_me=True))
        elif typed != known:
            conflict.merged.append(Merged(label, known or DASH, typed, by_me=True, is_asked=True))


def _newest_of_request(entry: Entry) -> Change | None:
    """Give the last entry of the request that the form is about, if it moved on."""
    kind, change = entry.mends
    if change is entry.record:
        return None
    return timeline.of(kind, change).filter(version__gt=_seen(entry)).first()


def _seen(entry: Entry) -> int:
    """Give the version of the request that was on the screen."""
    return entry.form.cleaned_data.get(ITS_VERSION) or 0


def _compare_asked(conflict: Conflict, entry: Entry) -> set[str]:
    """Ask where somebody else gave the request of the form another content meanwhile.

    What it asked for when the form was opened is kept nowhere. Gives the fields and sections.
    """
    form, change = entry.form, entry.form.change
    if change is None or _seen(entry) == change.version:
        return set()
    conflict.data[ITS_VERSION] = str(change.version)
    if requesting.named(entry.record, str(change.pk)) is None:
        return set()  # a save will say so
    theirs = requesting.wished_for(entry.register, entry.user, entry.record, change)
    found: dict[str, tuple[Any, str, str]] = {}
    for name in (one.name for one in change.asks.fields if one.name in form.fields):
        mine, asked = form.cleaned_data.get(name), theirs.form.start[name]
        if _text(mine) != _text(asked):
            found[name] = (form.fields[name].label, form.words(name, asked), form.words(name, mine))
    for name in (REASON, HOLDS_FROM):
        mine, asked = form.cleaned_data.get(name), form.initial[name]
        if _text(mine) != _text(asked):
            found[name] = (form.fields[name].label, _text(asked) or DASH, _text(mine) or DASH)
    for part in {one.part for one in change.asks.rows} & entry.parts.keys():
        grid, rival = entry.parts[part], theirs.parts[part]
        if not grid.locked and grid.content() != rival.content():
            lines = _in_lines(rival, stored=True), _in_lines(grid, stored=False)
            found[grid.part.section] = (grid.label, *lines)
    for name, (label, now, own) in found.items():
        conflict.choices.append(Choice(ASKED + name, capfirst(str(label)), DASH, now, own))
    return set(found)


def _compare_rows(
    conflict: Conflict, entry: Entry, grid: PartGrid, told: Mapping[str, Any],
    raw: Mapping[str, list[str]], *, is_chosen: bool,
) -> None:  # fmt: skip
    label, prefix = str(grid.label), grid.part.section
    is_touched = grid.content() != grid.seen
    now, mine = _in_lines(grid, stored=True), _in_lines(grid, stored=False)
    if grid.locked:
        if is_touched and f"{prefix}-seen" in entry.data:
            conflict.lost.append(Merged(label, now, mine, by_me=True, reason=grid.locked))
        merging.take_rows(conflict.data, prefix, {})
        return
    if not is_touched:
        merging.take_rows(conflict.data, prefix, raw)
        if told:
            conflict.merged.append(Merged(label, DASH, now, by_me=False))
        return
    meets = merging.merge(conflict.data, grid, told, raw)
    if is_chosen:
        return
    merged = PartGrid(grid.part, entry.form, conflict.data)
    mine = _in_lines(merged, stored=False)
    if meets:
        conflict.choices.append(Choice(prefix, label, DASH, now, mine))
    elif merged.content() == merged.seen:
        conflict.merged.append(Merged(label, DASH, now, by_me=False))
    else:
        is_asked = bool(asking.parts_by_request(entry.kind, entry.record, [grid.part.name]))
        by_both = bool(told)
        conflict.merged.append(
            Merged(label, now, mine, by_me=True, is_asked=is_asked, by_both=by_both)
        )


def _compare_answers(conflict: Conflict, entry: Entry, version: int) -> None:
    """Ask where somebody else answered the same remark; an answer to none is kept in sight."""
    typed = {f"{ANSWER}{key}": text for key, text in entry.answers.items() if text.strip()}
    kind, mended = entry.mends
    seen = version if kind is entry.kind else _seen(entry)
    found = returned.to_mend(kind, mended, entry.user) if typed else None
    known = {one.name: one for one in found.remarks} if found else {}
    for name, text in typed.items():
        one = known.get(name)
        label = _("Answer on %(place)s") % {"place": one.label} if one else _("Answer")
        if one is None:
            conflict.lost.append(Merged(label, DASH, text, by_me=True))
            del conflict.data[name]
        elif one.answered and one.answered.version > seen and one.answer != text:
            conflict.choices.append(Choice(name, label, DASH, one.answer or DASH, text))
        elif one.answer != text:
            conflict.merged.append(Merged(label, one.answer or DASH, text, by_me=True))


def _in_lines(grid: PartGrid, *, stored: bool) -> str:
    """Give the rows of one side in words, numbers by right."""
    names = [row.name for row in grid.columns]
    rows = list(map(grid.catalog.typed_of, grid.stored)) if stored else grid.known()
    hidden = grid.masked or ""
    flags = {one.name: capfirst(str(grid.catalog.label(one.name))) for one in grid.flags}
    lines = []
    for row in rows:
        words = [
            mask(row[name]) if name == hidden else in_words(grid.catalog.field(name), row[name])
            for name in names
            if row.get(name)
        ]
        words += [f"({label})" for name, label in flags.items() if row.get(name)]
        lines.append(" ".join(words))
    return clauses(lines) or DASH


def _text(value: Any) -> str:
    if isinstance(value, list):
        return listed(sorted(str(one) for one in value))
    return as_text(value)


def _original(model_field: Any, text: str) -> str:
    if isinstance(model_field, models.BooleanField):
        return in_words(model_field, text == "true")
    return (
        in_words(model_field, Decimal(text) if isinstance(model_field, Money) and text else text)
        or DASH
    )
