"""Code rules: saving one with its segments, putting it into force, showing what it would give.

What a rule means and how codes are drawn is core's business (core/records/coding.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from core import extend, saving, serials, text
from core.aggregate import Edit, RowInput
from core.history import Act
from core.records import code as rules
from core.records import coding, numbering
from core.records.kind import Kind
from core.saving import Refused, Stale
from customers.models import CodeRule, CodeSegment
from customers.services.aggregates import CODE_RULE

COMBINATIONS, CODES_EACH, COUNTERS_AT_ONCE = 3, 2, 50
HIGHEST = 10**12


@dataclass(frozen=True)
class Example:
    """What a rule gives for records of one sort: the next codes, with the words that led there."""

    words: str
    codes: tuple[str, ...]


def coded() -> dict[str, Kind]:
    """Give the kinds of records that have codes, by the subject that rules name."""
    return {kind.subject: kind for kind in extend.kinds() if kind.code}


def listed() -> QuerySet[CodeRule]:
    """Give the rules with their segments, those in force first."""
    segments = Prefetch("segments", CodeSegment.objects.order_by("line", "pk"))
    return CodeRule.objects.prefetch_related(segments).order_by("-is_active", "code_sort", "pk")


@saving.retried
def save(
    pk: int | None,
    kind: Kind,
    values: Mapping[str, Any],
    segments: Sequence[RowInput],
    *,
    version: int | None,
    act: Act,
) -> CodeRule:
    """Add (pk None) or change a rule with its segments; the first of a kind is in force at once.

    Raises Refused when the segments are no rule, Duplicate, Stale, Repeated, KeyReused.
    """
    pure = [pure_segment(row.values) for row in segments]
    if problems := rules.problems(pure, kind.coding.names):
        raise Refused([str(problem.message) for problem in problems])
    rows = {"segments": segments}
    with saving.once(act) as ticket:
        if pk is None:
            first = not coding.in_force(CodeRule, kind.subject).exists()
            own = {"subject": kind.subject, "is_active": first}
            rule = saving.create(CODE_RULE, {**values, **own}, rows, act=act)
        else:
            rule = saving.change(CODE_RULE, pk, values, rows, version=version or 0, act=act)
        ticket.result = str(rule.pk)
    return rule


@saving.retried
def activate(pk: int, *, version: int, act: Act) -> CodeRule:
    """Put a rule into force in the place of the present one. Raises Stale, Repeated, KeyReused."""
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        subject = CodeRule.objects.filter(pk=pk).values("subject")
        others = coding.in_force(CodeRule, subject[:1]).exclude(pk=pk)
        off = [Edit(one.pk, one.version, {"is_active": False}) for one in others]
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
    rows = numbering.counters(rule)
    found = list((rows.filter(basis__gt=after) if after else rows)[: COUNTERS_AT_ONCE + 1])
    shown = found[:COUNTERS_AT_ONCE]
    more = shown[-1][0] if len(found) > len(shown) else ""
    return [Counted(basis, last, _following(rule, basis, last)) for basis, last in shown], more


def counter(rule: CodeRule, basis: str) -> Counted | None:
    """Give one counter of a rule, None when there is none of this basis."""
    last = dict(numbering.counters(rule).filter(basis=basis)).get(basis)
    if last is None:
        return None
    return Counted(basis, last, _following(rule, basis, last))


def lowest(rule: CodeRule, basis: str) -> int:
    """Give the number to which a counter can be set back: the highest in use before any leap."""
    segments = coding.segments_of(rule)
    start = rules.serial_segment(segments).start
    try:
        reached = rules.settled(numbering.in_use(coded()[rule.subject], segments, basis))
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
        ticket.result = _following(rule, basis, last)
    return ticket.result


def _following(rule: CodeRule, basis: str, last: int) -> str:
    """Give the code that the next record of a basis gets, "" where the basis does not tell."""
    segments = coding.segments_of(rule)
    serial = rules.next_serial(rules.serial_segment(segments), last)
    try:
        parts = rules.parts_of_basis(segments, basis)
        return numbering.free(coded()[rule.subject], segments, [parts], serial)[0][1]
    except (LookupError, ValidationError):
        return ""


def examples(kind: Kind, segments: Sequence[rules.Segment], rule: CodeRule | None) -> list[Example]:
    """Give the next codes for a few records, or nothing while the segments are no rule."""
    if rules.problems(segments, kind.coding.names):
        return []
    last = dict(numbering.counters(rule)) if rule else {}
    found = []
    for words, parts in _combinations(kind, segments):
        if rules.missing_parts(segments, parts):
            continue
        serial = rules.next_serial(
            rules.serial_segment(segments), last.get(rules.basis(segments, parts))
        )
        codes = numbering.free(kind, segments, [parts] * CODES_EACH, serial)
        found.append(Example(words, tuple(code for _serial, code in codes)))
    return found


def _combinations(kind: Kind, segments: Sequence[rules.Segment]) -> list[tuple[str, rules.Parts]]:
    """Give words and parts of a few records that differ where the segments look."""
    wanted = {segment.kind for segment in segments}
    pieces = kind.coding.pieces
    known = [piece.examples() if piece.name in wanted else () for piece in pieces]
    memory = coding.Parts(kind)
    found: list[tuple[str, rules.Parts]] = []
    for turn in range(COMBINATIONS):
        # Neighbours take turns at another pace, so that they do not always change together.
        chosen = [
            values[turn // (1 + at % 2) % len(values)] if values else None
            for at, values in enumerate(known)
        ]
        words = text.listed([str(value) for value in chosen if value])
        fields = {one.field: value for one, value in zip(pieces, chosen, strict=True) if value}
        line = (words or str(kind.coding.anything), memory.of(fields))
        if line not in found:
            found.append(line)
    return found
