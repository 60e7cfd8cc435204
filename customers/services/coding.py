"""Gives customers their codes: reads the active rule, draws the serial, keeps the ledger.

Runs inside the transaction of the save it belongs to; what a rule means is in rules/code.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone

from core import saving, serials
from core.prepared import Prepared, put
from core.said import items
from core.said import said as _
from customers.models import CodeRule, CodeSegment, Region, UsedCode
from customers.rules import code as rules
from customers.services import numbering
from customers.services.aggregates import CUSTOMER
from customers.services.numbering import counter_name

_RULE = Prepared(lambda: CodeRule.objects.active().order_by("pk")[:1])
_SEGMENTS = Prepared(lambda rule: CodeSegment.objects.filter(rule=rule).order_by("line", "pk"))

_LETTERED = Prepared(lambda keys: Region.objects.filter(pk__in=keys).exclude(letters=""))


class Leap(NamedTuple):
    """The number before, and the one far beyond it."""

    before: int
    number: int


def active_rule() -> CodeRule | None:
    """Give the rule in force with its segments, or None."""
    rule = _RULE.first()
    if rule is not None:
        put(rule, "segments", _SEGMENTS(rule.pk))
    return rule


def segments_of(rule: CodeRule) -> list[rules.Segment]:
    """Give the pure segments of a rule, in order."""
    rows = sorted(rule.segments.all(), key=lambda row: (row.line, row.pk))
    return [as_segment(row) for row in rows]


def as_segment(row: CodeSegment) -> rules.Segment:
    """Give the pure segment of a stored one."""
    return rules.Segment(
        kind=row.kind,
        text=row.text,
        date_format=row.date_format or "%Y%m%d",
        width=row.width,
        start=row.start,
        step=row.step,
        pad=row.pad,
        separator=row.separator,
        is_basis=row.is_basis and row.kind != rules.SERIAL,
    )


def parts_of(values: Mapping[str, Any]) -> rules.Parts:
    """Give what a record's values say for each kind of segment; "" where nothing yet."""
    region, kind, category = (values.get(n) for n in ("region", "customer_type", "category"))
    return {
        rules.DATE: timezone.localdate(),
        rules.REGION: letters_of(region) if region else "",
        rules.TYPE: kind.code if kind else "",
        rules.CATEGORY: category.code if category else "",
    }


def letters_of(region: Region) -> str:
    """Give the letters of the region or of the nearest one above it that has any."""
    if region.letters:
        return region.letters
    above = [int(pk) for pk in region.path.strip("/").split("/") if pk]
    nearest = max(_LETTERED(above), key=lambda node: len(node.path), default=None)
    return nearest.letters if nearest else ""


def expected(values: Mapping[str, Any], rule: CodeRule | None) -> str:
    """Give the code the next save of these values would draw by a rule, "" while it is unknown."""
    if rule is None:
        return ""
    segments, parts = segments_of(rule), parts_of(values)
    if rules.missing_parts(segments, parts):
        return ""
    counter = rules.serial_segment(segments)
    serial = serials.peek(
        counter_name(rule), rules.basis(segments, parts), start=counter.start, step=counter.step
    )
    try:
        return numbering.free(segments, [parts], serial)[0][1]
    except ValidationError:  # too long: the save will say so
        return ""


def leap(code: str, values: Mapping[str, Any], rule: CodeRule | None = None) -> Leap | None:
    """Give from where to where a code leaves the numbers before it, None for one that does not.

    Most are slips of a finger: saved, they move the counter, and every code after it.
    """
    rule = rule or active_rule()
    if rule is None or not code:
        return None
    segments, parts = segments_of(rule), parts_of(values)
    try:
        number = rules.parse(segments, parts, code.upper())
    except ValidationError:
        return None
    if number is None:
        return None
    stored = numbering.counters(rule).filter(basis=rules.basis(segments, parts))
    last = max(rules.serial_segment(segments).start - 1, *(last for _basis, last in stored), 0)
    return Leap(last, number) if rules.leap(number, last) else None


def has_strayed(code: str, values: Mapping[str, Any], rule: CodeRule | None = None) -> bool:
    """Say whether the rule gave this code to another region, type or category than these values.

    Codes that no counter of the rule can have given, typed or older ones, have not.
    """
    rule = rule or active_rule()
    if rule is None or not code or fits(code, values, rule):
        return False
    segments = segments_of(rule)
    for basis, _last in numbering.counters(rule):
        try:
            if rules.parse(segments, rules.parts_of_basis(segments, basis), code) is not None:
                return True
        except (LookupError, ValidationError):
            continue
    return False


def fits(code: str, values: Mapping[str, Any], rule: CodeRule) -> bool:
    """Say whether the rule could give this code to a record with these values."""
    try:
        return rules.parse(segments_of(rule), parts_of(values), code) is not None
    except ValidationError:
        return True


def draw(values: Mapping[str, Any], *, needed: bool) -> str:
    """Take a code for these values; "" while a segment is unknown, unless it is `needed`.

    Raises Refused when it is needed and cannot be drawn.
    """
    rule, parts = active_rule(), parts_of(values)
    problem = why_none(rule, parts)
    if rule is None or problem:
        return _unless(needed, problem)
    return numbering.take(rule, segments_of(rule), [parts])[0]


def why_none(rule: CodeRule | None, parts: rules.Parts) -> str:
    """Say why the rule gives no code from these parts, or ""."""
    if rule is None:
        return _("There is no active code rule; an administrator sets one.")
    missing = rules.missing_parts(segments_of(rule), parts)
    labels = items(CodeSegment.Kind(kind).label for kind in missing)
    return _("The code needs: %(labels)s.") % {"labels": labels} if missing else ""


def accept(code: str, values: Mapping[str, Any]) -> None:
    """Check a typed code and push the counter past it where it fits. Raises Refused."""
    rule = active_rule()
    if rule is not None and not rule.allow_typed:
        sentence = _("Codes are given by the code rule and cannot be typed.")
        raise saving.Refused([sentence], {"code": sentence})
    if UsedCode.objects.filter(code=code).exists():
        raise _taken(code)
    if rule is None:
        return
    segments, parts = segments_of(rule), parts_of(values)
    serial = rules.parse(segments, parts, code)
    if serial is not None:
        serials.push(counter_name(rule), {rules.basis(segments, parts): serial})


def remember(code: str, customer_id: int) -> None:
    """Write a code into the ledger of codes ever given. Raises Duplicate."""
    try:
        saving.note(CUSTOMER, UsedCode, [{"code": code, "customer_id": customer_id}])
    except saving.Duplicate as taken:
        raise _taken(code) from taken


def _taken(code: str) -> saving.Duplicate:
    sentence = _("The code %(code)s is used or was used before.") % {"code": code}
    return saving.Duplicate([sentence], {"code": sentence})


def _unless(needed: bool, sentence: str) -> str:
    if needed:
        raise saving.Refused([sentence], {"code": sentence})
    return ""
