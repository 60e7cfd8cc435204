"""What open requests ask of a record, and who approved its ◆ rows: for the pages that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.records.changes.applying import instances_of, would_be
from core.records.changes.wanted import RowWish, columns, row_of
from core.records.kind import Kind
from core.records.part import Part
from core.records.sections import Section, Value, value_of


def marked(kind: Kind, found: Mapping[str, Section], record: Any, user: Any) -> dict[str, Section]:
    """Give sections with the values and rows that the record's `open_requests` are about marked.

    A row bears the number of its request; what shall stand in it is told on the page of that. ◆
    rows in force say who asked for them and who approved.
    """
    if kind.changes is None:
        return dict(found)
    requests, life = record.open_requests, kind.life
    instances = instances_of(kind, requests)
    asked: dict[str, tuple[Value, str, str]] = {}
    rows: dict[tuple[str, int], str] = {}
    for one in requests:
        after = would_be(kind, record, one.asks, instances)
        url = kind.changes.url("detail", one.pk)
        for wish in one.asks.fields:
            if wish.name in kind.catalog.by_name:
                row = kind.catalog.by_name[wish.name]
                asked[wish.name] = (value_of(kind, row, after, user), one.code, url)
        rows |= {(wish.part, wish.pk): one.code for wish in one.asks.rows if wish.pk is not None}
    notes = _approvals(kind, record) if life.state(record.state).is_in_force else {}
    return {name: _marked(kind, one, asked, rows, notes) for name, one in found.items()}


def _marked(
    kind: Kind,
    section: Section,
    asked: Mapping[str, tuple[Value, str, str]],
    rows: Mapping[tuple[str, int], str],
    notes: Mapping[tuple[str, int], str],
) -> Section:
    values = tuple(replace(one, asked=asked.get(one.name)) for one in section.values)
    part = kind.part_of_section(section.name)
    if section.table is None or part is None:
        return replace(section, values=values)
    lines = []
    for one in section.table.lines:
        place = (part.name, one.row.pk)
        marks = (*one.marks, (rows[place], "change")) if place in rows else one.marks
        note = " ".join(filter(None, (one.note, notes.get(place, ""))))
        lines.append(replace(one, marks=marks, note=note))
    return replace(section, values=values, table=replace(section.table, lines=lines))


def _approvals(kind: Kind, record: Any) -> dict[tuple[str, int], str]:
    """Say of each ◆ row who asked for it as it is, who approved it and when."""
    parts = [part for part in kind.parts if part.is_controlled]
    first = _told(record.submitted_by, record.approved_by, record.approved_at)
    waits = {
        (part.name, row.pk): _waits(part, row) for part in parts for row in _rows(part, record)
    }
    found = dict.fromkeys(waits, first)
    for request in record.applied_requests:
        told = _told(request.submitted_by, request.approved_by, request.closed_at)
        for wish in request.asks.rows:
            found |= {(wish.part, pk): told for pk in _meant(parts, record, wish)}
    return {place: f"{told} {waits[place]}" for place, told in found.items() if place in waits}


def _waits(part: Part, row: Any) -> str:
    """Say from which day a row is used, while that day is to come."""
    day = getattr(row, part.used_from) if part.used_from else None
    if day is None or day <= timezone.localdate():
        return ""
    return _("Not used before %(day)s.") % {"day": day.isoformat()}


def _meant(parts: list[Part], record: Any, wish: RowWish) -> list[int]:
    """Give the row that a wish is about; one that was added is known by what identifies it."""
    [part] = [one for one in parts if one.name == wish.part]
    if wish.pk is not None:
        return [wish.pk]
    stored = {row.pk: row_of(columns(part), row) for row in _rows(part, record)}
    return [pk for pk, row in stored.items() if any(s.fits(wish.new, row) for s in part.same_by)]


def _rows(part: Part, record: Any) -> list[Any]:
    return list(getattr(record, part.name).all())


def _told(asked_by: Any, approved_by: Any, at: Any) -> str:
    day = timezone.localdate(at).isoformat() if at else ""
    told = _("Asked for by %(asker)s, approved by %(approver)s on %(day)s.")
    return told % {"asker": asked_by, "approver": approved_by, "day": day} if day else ""
