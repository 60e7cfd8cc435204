"""Gives records their codes: reads the rule in force, draws serials, keeps the ledger.

Runs inside the transaction of the save it belongs to; what a rule means is in code.py. What is
asked of many records costs one statement per counter, and one for the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from core import saving, serials
from core.aggregate import key_of
from core.prepared import Prepared, put
from core.records import code as rules
from core.records import numbering
from core.records.kind import Kind, Piece
from core.said import items
from core.said import said as _

Values = Mapping[str, Any]
_SEGMENT = tuple(one.name for one in fields(rules.Segment))


class Leap(NamedTuple):
    """The number before, and the one far beyond it."""

    before: int
    number: int


class Parts:
    """Gives what goes into codes, asking the database once per value, not per record."""

    def __init__(self, kind: Kind) -> None:
        self._pieces, self._today = kind.coding.pieces, timezone.localdate()
        self._texts: dict[tuple[str, Any], str] = {}

    def of(self, values: Values) -> rules.Parts:
        """Give what these values say for each kind of segment; "" where nothing yet."""
        texts = {piece.name: self._text(piece, values.get(piece.field)) for piece in self._pieces}
        return {rules.DATE: self._today, **texts}

    def _text(self, piece: Piece, value: Any) -> str:
        if not value:
            return ""
        key = (piece.name, key_of(value))
        if (text := self._texts.get(key)) is None:
            text = self._texts[key] = piece.text(value)
        return text


def values_of(kind: Kind, record: Any) -> dict[str, Any]:
    """Give the values of a record that go into its code."""
    return {name: getattr(record, name) for name in kind.coding.fields}


def active_rule(kind: Kind) -> Any:
    """Give the rule in force with its segments, or None."""
    rule, segments = _questions(kind.coding.rules)
    found = rule.first(kind.subject)
    if found is not None:
        put(found, "segments", segments(found.pk))
    return found


@cache
def _questions(model: type[models.Model]) -> tuple[Prepared, Prepared]:
    segment = model._meta.get_field("segments").related_model
    return (
        Prepared(lambda subject: in_force(model, subject).order_by("pk")[:1]),
        Prepared(lambda rule: _all(segment).filter(rule=rule).order_by("line", "pk")),
    )


def in_force(model: type[models.Model], subject: Any) -> models.QuerySet[Any]:
    """Give the rules in force of a subject, at most one."""
    return _all(model).filter(is_active=True, subject=subject)


def segments_of(rule: Any) -> list[rules.Segment]:
    """Give the pure segments of a rule, in order."""
    rows = sorted(rule.segments.all(), key=lambda row: (row.line, row.pk))
    return [as_segment(row) for row in rows]


def as_segment(row: Any) -> rules.Segment:
    """Give the pure segment of a stored one."""
    given = {name: getattr(row, name) for name in _SEGMENT}
    given["date_format"] = row.date_format or rules.DATE_FORMATS[-1]
    given["is_basis"] = row.is_basis and row.kind != rules.SERIAL
    return rules.Segment(**given)


def is_settled(kind: Kind, record: Any) -> bool:
    """Say whether the record ever left its first state: from then on its code stays."""
    first = kind.life.initial.name
    return record.state != first or any(getattr(record, f"{one}_at") for one in kind.life.stamps)


def expected(kind: Kind, values: Values, rule: Any) -> str:
    """Give the code the next save of these values would draw by a rule, "" while it is unknown."""
    if rule is None:
        return ""
    segments, parts = segments_of(rule), Parts(kind).of(values)
    if rules.missing_parts(segments, parts):
        return ""
    counter = rules.serial_segment(segments)
    serial = serials.peek(
        numbering.counter_name(rule),
        rules.basis(segments, parts),
        start=counter.start,
        step=counter.step,
    )
    try:
        return numbering.free(kind, segments, [parts], serial)[0][1]
    except ValidationError:  # too long: the save will say so
        return ""


def leap(kind: Kind, code: str, values: Values, rule: Any = None) -> Leap | None:
    """Give from where to where a code leaves the numbers before it, None for one that does not.

    Most are slips of a finger: saved, they move the counter, and every code after it.
    """
    rule = rule or active_rule(kind)
    if rule is None or not code:
        return None
    segments, parts = segments_of(rule), Parts(kind).of(values)
    try:
        number = rules.parse(segments, parts, code.upper())
    except ValidationError:
        return None
    if number is None:
        return None
    stored = numbering.counters(rule).filter(basis=rules.basis(segments, parts))
    last = max(rules.serial_segment(segments).start - 1, *(last for _basis, last in stored), 0)
    return Leap(last, number) if rules.leap(number, last) else None


def has_strayed(kind: Kind, code: str, values: Values, rule: Any = None) -> bool:
    """Say whether the rule gave this code to a record with other pieces than these values give.

    Codes that no counter of the rule can have given, typed or older ones, have not.
    """
    rule = rule or active_rule(kind)
    if rule is None or not code or fits(kind, code, values, rule):
        return False
    segments = segments_of(rule)
    for basis, _last in numbering.counters(rule):
        try:
            if rules.parse(segments, rules.parts_of_basis(segments, basis), code) is not None:
                return True
        except (LookupError, ValidationError):
            continue
    return False


def sources(kind: Kind) -> str:
    """Give the labels of what the codes of a kind are made from."""
    return items(kind.catalog.label(name) for name in kind.coding.fields)


def fits(kind: Kind, code: str, values: Values, rule: Any) -> bool:
    """Say whether the rule could give this code to a record with these values.

    A rule that takes nothing from a record gave it on whatever day that was.
    """
    segments = segments_of(rule)
    if not any(one.kind in kind.coding.names for one in segments):
        return True
    try:
        return rules.parse(segments, Parts(kind).of(values), code) is not None
    except ValidationError:
        return True


def draw(kind: Kind, records: Sequence[Values]) -> list[str]:
    """Take a code for each of the records, in their order; "" where a segment is unknown."""
    if not records:
        return []
    rule, memory = active_rule(kind), Parts(kind)
    return _drawn(kind, rule, [memory.of(values) for values in records])


def demand(kind: Kind, values: Values) -> str:
    """Take a code for these values. Raises Refused when it cannot be drawn."""
    rule, parts = active_rule(kind), Parts(kind).of(values)
    if problem := _why_none(kind, rule, parts):
        raise saving.Refused([problem], {"code": problem})
    return _drawn(kind, rule, [parts])[0]


def why_none(kind: Kind, records: Sequence[Any]) -> dict[int, str]:
    """Say by its key of every record without a code that the rule gives it none, and why."""
    without = [one for one in records if not one.code]
    if not without:
        return {}
    rule, memory = active_rule(kind), Parts(kind)
    found = {one.pk: _why_none(kind, rule, memory.of(values_of(kind, one))) for one in without}
    return {pk: problem for pk, problem in found.items() if problem}


def may_type(kind: Kind) -> bool:
    """Say whether the rule in force lets people type codes."""
    rule = in_force(kind.coding.rules, kind.subject).only("allow_typed").first()
    return rule is None or rule.allow_typed


def used(kind: Kind, codes: Iterable[str]) -> frozenset[str]:
    """Give those of the codes that were ever given."""
    found = numbering.ledger(kind).filter(code__among=list(codes))
    return frozenset(found.values_list("code", flat=True))


def accept(kind: Kind, typed: Sequence[tuple[str, Values]]) -> dict[str, saving.Refused]:
    """Push the counters past typed codes; give by code why it cannot be accepted."""
    if not typed:
        return {}
    rule = active_rule(kind)
    if rule is not None and not rule.allow_typed:
        sentence = _("Codes are given by the code rule and cannot be typed.")
        return {code: saving.Refused([sentence], {"code": sentence}) for code, _values in typed}
    taken = used(kind, [code for code, _values in typed])
    if rule is not None:
        _push(kind, rule, [pair for pair in typed if pair[0] not in taken])
    return {code: _taken(code) for code in taken}


def remember(kind: Kind, codes: Iterable[tuple[str, int]]) -> None:
    """Write (code, key of its record) into the ledger of codes ever given. Raises Duplicate."""
    rows = [
        {"subject_type": kind.subject, "subject_id": pk, "code": code} for code, pk in codes if code
    ]
    try:
        saving.note(kind.aggregate, kind.coding.ledger, rows)
    except saving.Duplicate as taken:
        if len(rows) > 1:
            raise
        raise _taken(str(rows[0]["code"])) from taken


def let_go(kind: Kind, codes: Iterable[str]) -> None:
    """Let the counters fall back behind codes of records that were taken back."""
    gone, rule = set(filter(None, codes)), active_rule(kind)
    if gone and rule is not None:
        numbering.let_go(kind, rule, segments_of(rule), gone)


def _drawn(kind: Kind, rule: Any, known: Sequence[rules.Parts]) -> list[str]:
    codes = [""] * len(known)
    segments = segments_of(rule) if rule else []
    together: dict[str, list[int]] = {}
    for at, parts in enumerate(known if rule else ()):
        if not rules.missing_parts(segments, parts):
            together.setdefault(rules.basis(segments, parts), []).append(at)
    for _basis, places in sorted(together.items()):
        taken = numbering.take(kind, rule, segments, [known[at] for at in places])
        for at, code in zip(places, taken, strict=True):
            codes[at] = code
    return codes


def _why_none(kind: Kind, rule: Any, parts: rules.Parts) -> str:
    if rule is None:
        return _("There is no active code rule; an administrator sets one.")
    labels = {piece.name: piece.label for piece in kind.coding.pieces}
    missing = [labels[name] for name in rules.missing_parts(segments_of(rule), parts)]
    return _("The code needs: %(labels)s.") % {"labels": items(missing)} if missing else ""


def _push(kind: Kind, rule: Any, typed: Sequence[tuple[str, Values]]) -> None:
    segments, memory = segments_of(rule), Parts(kind)
    last: dict[str, int] = {}
    for code, values in typed:
        parts = memory.of(values)
        serial = rules.parse(segments, parts, code)
        if serial is not None:
            basis = rules.basis(segments, parts)
            last[basis] = max(serial, last.get(basis, serial))
    if last:
        serials.push(numbering.counter_name(rule), last)


def _taken(code: str) -> saving.Duplicate:
    sentence = _("The code %(code)s is used or was used before.") % {"code": code}
    return saving.Duplicate([sentence], {"code": sentence})


def _all(model: Any) -> models.QuerySet[Any]:
    return model._default_manager.all()
