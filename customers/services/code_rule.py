"""Code rules: saving one with its segments, putting it into force, showing what it would give.

What a rule means is pure (rules/code.py); drawing codes is the coding service's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import saving, serials, text
from core.aggregate import Edit, RowInput
from core.history import Act
from core.saving import Refused, Stale
from customers.models import Category, CodeRule, CodeSegment, CustomerType, Region
from customers.rules import code as rules
from customers.services import coding, numbering
from customers.services.aggregates import CODE_RULE

COMBINATIONS, CODES_EACH, COUNTERS_AT_ONCE = 3, 2, 50
HIGHEST = 10**12


@dataclass(frozen=True)
class Example:
    """What a rule gives for one kind of customer: the next codes, with the words that led there."""

    words: str
    codes: tuple[str, ...]


def listed() -> QuerySet[CodeRule]:
    """Give the rules with their segments, the one in force first."""
    segments = Prefetch("segments", CodeSegment.objects.order_by("line", "pk"))
    return CodeRule.objects.prefetch_related(segments).order_by("-is_active", "code_sort", "pk")


@saving.retried
def save(
    pk: int | None,
    values: Mapping[str, Any],
    segments: Sequence[RowInput],
    *,
    version: int | None,
    act: Act,
) -> CodeRule:
    """Add (pk None) or change a rule with its segments; the first rule ever is in force at once.

    Raises Refused when the segments are no rule, Duplicate, Stale, Repeated, KeyReused.
    """
    pure = [pure_segment(row.values) for row in segments]
    if problems := rules.problems(pure):
        raise Refused([str(problem.message) for problem in problems])
    rows = {"segments": segments}
    with saving.once(act) as ticket:
        if pk is None:
            first = not CodeRule.objects.active().exists()
            rule = saving.create(CODE_RULE, {**values, "is_active": first}, rows, act=act)
        else:
            rule = saving.change(CODE_RULE, pk, values, rows, version=version or 0, act=act)
        ticket.result = str(rule.pk)
    return rule


@saving.retried
def activate(pk: int, *, version: int, act: Act) -> CodeRule:
    """Put a rule into force in the place of the present one. Raises Stale, Repeated, KeyReused."""
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        others = CodeRule.objects.active().exclude(pk=pk).values_list("pk", "version")
        off = [Edit(*other, {"is_active": False}) for other in others]
        if saving.bulk_change(CODE_RULE, off, act=act, action="disable").stale:
            raise Stale
        return saving.change(
            CODE_RULE, pk, {"is_active": True}, version=version, act=act, action="activate"
        )


def pure_segment(values: Mapping[str, Any]) -> rules.Segment:
    """Give the segment that a row of values means."""
    return coding.as_segment(CodeSegment(**values))


@dataclass(frozen=True)
class Counted:
    """One counter of a rule: its basis, the last number given, and the code that comes next."""

    basis: str
    last: int
    following: str

    @property
    def words(self) -> str:
        """Give the basis as people read it: BJ · JS."""
        return " · ".join(self.basis.split("|")) or "—"


def counters(rule: CodeRule, after: str = "") -> tuple[list[Counted], str]:
    """Give the counters of a rule behind a basis, and the basis behind which more are, or ""."""
    segments = coding.segments_of(rule)
    rows = numbering.counters(rule)
    found = list((rows.filter(basis__gt=after) if after else rows)[: COUNTERS_AT_ONCE + 1])
    shown = found[:COUNTERS_AT_ONCE]
    more = shown[-1][0] if len(found) > len(shown) else ""
    return [Counted(basis, last, _following(segments, basis, last)) for basis, last in shown], more


def counter(rule: CodeRule, basis: str) -> Counted | None:
    """Give one counter of a rule, None when there is none of this basis."""
    last = dict(numbering.counters(rule).filter(basis=basis)).get(basis)
    if last is None:
        return None
    return Counted(basis, last, _following(coding.segments_of(rule), basis, last))


def lowest(rule: CodeRule, basis: str) -> int:
    """Give the number to which a counter can be set back: the highest in use before any leap."""
    segments = coding.segments_of(rule)
    start = rules.serial_segment(segments).start
    try:
        reached = rules.settled(numbering.in_use(segments, basis))
    except LookupError:  # used numbers are stepped over, wherever the counter stands
        reached = None
    return max(start - 1, 0) if reached is None else reached


@saving.retried
def set_counter(pk: int, basis: str, last: int, *, seen: int, version: int, act: Act) -> str:
    """Let a counter go on behind `last`; gives the next code. Raises Refused, Stale, Repeated.

    Numbers that were given are stepped over, so no code comes twice.
    """
    with saving.once(act) as ticket:
        rule = listed().get(pk=pk)
        least = lowest(rule, basis)
        if not least <= last <= HIGHEST:
            sentence = _("Give a number from %(least)d, the highest in use, to %(most)d.")
            sentence = sentence % {"least": least, "most": HIGHEST}
            raise Refused([sentence], {"last": sentence})
        moved = f"{seen} → {last}"
        told = replace(act, reason=f"{basis.replace('|', ' · ')}: {moved}" if basis else moved)
        saving.change(CODE_RULE, pk, {}, version=version, act=told, action="counter", always=True)
        if not serials.put(numbering.counter_name(rule), basis, last, seen=seen):
            raise Stale
        ticket.result = _following(coding.segments_of(rule), basis, last)
    return ticket.result


def _following(segments: Sequence[rules.Segment], basis: str, last: int) -> str:
    """Give the code that the next record of a basis gets, "" where the basis does not tell."""
    serial = rules.next_serial(rules.serial_segment(segments), last)
    try:
        return numbering.free(segments, [rules.parts_of_basis(segments, basis)], serial)[0][1]
    except (LookupError, ValidationError):
        return ""


def examples(segments: Sequence[rules.Segment], rule: CodeRule | None) -> list[Example]:
    """Give the next codes for a few customers, or nothing while the segments are no rule."""
    if rules.problems(segments):
        return []
    last = dict(numbering.counters(rule)) if rule else {}
    found = []
    for words, parts in _combinations(segments):
        if rules.missing_parts(segments, parts):
            continue
        serial = rules.next_serial(
            rules.serial_segment(segments), last.get(rules.basis(segments, parts))
        )
        codes = numbering.free(segments, [parts] * CODES_EACH, serial)
        found.append(Example(words, tuple(code for _serial, code in codes)))
    return found


def _in_code(value: Region | CustomerType | Category | None) -> str:
    """Give what stands in a code for a value."""
    if isinstance(value, Region):
        return value.letters
    return value.code if value else ""


def _combinations(segments: Sequence[rules.Segment]) -> list[tuple[str, rules.Parts]]:
    """Give words and parts of a few customers that differ where the segments look."""
    kinds = {segment.kind for segment in segments}
    regions = list(Region.objects.active().exclude(letters="").in_order()[:2])
    types = list(CustomerType.objects.active().in_order()[:2])
    categories = list(Category.objects.active().in_order()[:2])
    today = timezone.localdate()
    found: list[tuple[str, rules.Parts]] = []
    for turn in range(COMBINATIONS):
        region = regions[turn % len(regions)] if regions else None
        kind = types[turn // 2 % len(types)] if types else None
        category = categories[turn % len(categories)] if categories else None
        chosen = {rules.REGION: region, rules.TYPE: kind, rules.CATEGORY: category}
        chosen = {name: value if name in kinds else None for name, value in chosen.items()}
        words = [str(value) for value in chosen.values() if value]
        parts: rules.Parts = {
            rules.DATE: today,
            **{name: _in_code(value) for name, value in chosen.items()},
        }
        line = (text.listed(words) or _("Every customer"), parts)
        if line not in found:
            found.append(line)
    return found
