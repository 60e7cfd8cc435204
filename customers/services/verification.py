"""What `manage.py verify` proves about customers: states and stamps, codes, counters.

It reads only, in streams, and judges by the history and by the ledger of codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from core.models import Change
from core.records import code as rules
from core.records import coding, numbering
from core.records.changes.request import APPROVED, WITHDRAWN
from core.verify import CHUNK, Check, Tally, beside
from customers.lifecycle import DRAFT, LIFE
from customers.models import CodeRule, Customer, CustomerChange
from customers.services.kinds import KIND

SUBJECT = KIND.subject
_PARTS = frozenset(KIND.coding.fields)


def states(tally: Tally) -> None:
    """Every customer is in the state that the last move in its history led to, with its stamps."""
    for pk, row, told in beside(_rows(), _moves()):
        if row is None:
            continue
        tally.look()
        state, stamps = row
        moves = told or {}
        last = max(moves.values(), default=None)
        expected = LIFE.transition(last[1]).target if last else DRAFT
        if state != expected:
            tally.find(f"customer {pk}", f"it is {state}, its history says {expected or 'deleted'}")
        for stamp, move in _stamping(moves).items():
            if stamps[stamp] != move[2:]:
                tally.find(f"customer {pk}", f"{stamp}_at and _by differ from its history")


def codes(tally: Tally) -> None:
    """Every code is in the ledger for its customer; every entry is of a customer there ever was."""
    ledger = numbering.ledger(KIND)
    own = ledger.filter(code=OuterRef("code"), subject_id=OuterRef("pk"))
    coded = Customer.objects.exclude(code="")
    tally.look(coded.count())
    for pk, code in coded.filter(~Exists(own)).values_list("pk", "code").iterator(CHUNK):
        tally.find(f"customer {pk}", f"its code {code} is not in the ledger as its own")
    there = Customer.objects.filter(pk=OuterRef("subject_id"))
    once = Change.objects.filter(subject_type=SUBJECT, subject_id=OuterRef("subject_id"))
    unknown = ledger.filter(~Exists(there), ~Exists(once))
    for pk, code in unknown.values_list("subject_id", "code").iterator(CHUNK):
        tally.find(f"code {code}", f"the ledger gives it to customer {pk}, who never was")


def counters(tally: Tally) -> None:
    """No counter of the active rule is behind a serial number it gave.

    Judged are codes given since the rule was last changed, whose record still has the parts that
    went into them: others may rightly be ahead of a counter, drawing steps over them.
    """
    rule = coding.active_rule(KIND)
    if rule is None:
        return
    segments = coding.segments_of(rule)
    last = dict(numbering.counters(rule))
    behind: list[tuple[Customer, str]] = []
    for customer, parts in _coded_since(_changed_at(rule), segments):
        tally.look()
        serial = rules.parse(segments, parts, customer.code)
        if serial is not None and serial > last.get(basis := rules.basis(segments, parts), -1):
            behind.append((customer, f"counter {basis} is at {last.get(basis, 'nothing')}"))
        if len(behind) == CHUNK:
            _judge(behind, tally)
            behind = []
    _judge(behind, tally)


def change_requests(tally: Tally) -> None:
    """A field or row of a customer stands in one open change request at most; closed ones ended."""
    held: dict[tuple[int, str], int] = {}
    waiting = CustomerChange.objects.open().order_by("record", "pk")
    for request in waiting.only("record", "wanted", "state").iterator(CHUNK):
        tally.look()
        if request.state == WITHDRAWN:
            tally.find(f"change request {request.pk}", "it was withdrawn and holds fields yet")
        for place in request.asks.places:
            first = held.setdefault((request.record_id, place), request.pk)
            if first != request.pk:
                tally.find(f"change request {request.pk}", f"{place} stands in {first} as well")
    ended = CustomerChange.objects.exclude(closed_at=None).exclude(state__in=(APPROVED, WITHDRAWN))
    for pk, state in ended.values_list("pk", "state").iterator(CHUNK):
        tally.find(f"change request {pk}", f"it is closed, and {state}")


CHECKS: dict[str, Check] = {
    "customers: states agree with their history": states,
    "customers: codes agree with the ledger": codes,
    "customers: counters are not behind": counters,
    "customers: change requests do not overlap": change_requests,
}


def _rows() -> Iterator[tuple[int, Any]]:
    names = [f"{stamp}_{what}" for stamp in LIFE.stamps for what in ("at", "by")]
    rows = Customer.objects.order_by("pk").values_list("pk", "state", *names).iterator(CHUNK)
    for pk, state, *found in rows:
        stamps = zip(LIFE.stamps, zip(found[::2], found[1::2], strict=True), strict=True)
        yield pk, (state, dict(stamps))


def _moves() -> Iterator[tuple[int, Any]]:
    """Give for every customer the last (version, move, at, by) of each kind of move."""
    names = [move.name for move in LIFE.transitions]
    told = Change.objects.filter(subject_type=SUBJECT, action__in=names)
    rows = told.order_by("subject_id", "version").values_list(
        "subject_id", "version", "action", "at", "actor_id"
    )
    for pk, found in groupby(rows.iterator(CHUNK), key=itemgetter(0)):
        yield pk, {row[2]: row[1:] for row in found}


def _stamping(moves: dict[str, Any]) -> dict[str, Any]:
    """Give the last move of those that leave a stamp, by the stamp."""
    found: dict[str, Any] = {}
    for name, move in sorted(moves.items(), key=itemgetter(1)):
        if stamp := LIFE.transition(name).stamp:
            found[stamp] = move
    return found


def _changed_at(rule: CodeRule) -> Any:
    told = Change.objects.filter(subject_type=rule._meta.label_lower, subject_id=rule.pk)
    return told.aggregate(last=Max("at"))["last"]


def _coded_since(
    moment: Any, segments: Sequence[rules.Segment]
) -> Iterator[tuple[Customer, rules.Parts]]:
    """Give the customers with a code and its parts; for dated codes once per day it may be of."""
    coded = Customer.objects.exclude(code="").select_related(*KIND.coding.fields)
    if moment:
        coded = coded.filter(created_at__gte=moment)
    is_dated = any(segment.kind == rules.DATE for segment in segments)
    memory = coding.Parts(KIND)
    for customer in coded.order_by("pk").iterator(CHUNK):
        parts = memory.of(coding.values_of(KIND, customer))
        if not is_dated:
            yield customer, parts
            continue
        moments = filter(None, (customer.created_at, customer.submitted_at))
        for day in sorted({timezone.localdate(moment) for moment in moments}):
            yield customer, {**parts, rules.DATE: day}


def _judge(behind: list[tuple[Customer, str]], tally: Tally) -> None:
    """Find those whose code was given by the counter; parts changed later acquit."""
    told = Change.objects.filter(
        subject_type=SUBJECT, subject_id__in=[customer.pk for customer, _text in behind]
    )
    history: dict[int, list[frozenset[str]]] = {}
    rows = told.order_by("subject_id", "version").values_list("subject_id", "changes")
    for pk, changes in rows:
        history.setdefault(pk, []).append(frozenset(changes.get("fields", ())))
    for customer, text in behind:
        entries = history.get(customer.pk, [])
        given = max((n for n, fields in enumerate(entries) if "code" in fields), default=0)
        if not any(fields & _PARTS for fields in entries[given + 1 :]):
            tally.find(f"customer {customer.pk}", f"its code is {customer.code}, but {text}")
