"""What moves of the lifecycle ask of other tables and bring; the table names the public functions.

All are asked of many records at once. What a move brings beside state and stamp is asked inside
its transaction, when nothing speaks against it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import saving
from core.history import Act
from core.models import Change
from core.prepared import Prepared
from core.records import coding
from core.records.part import fetch
from core.records.record import Problem
from core.said import said as _
from core.saving import Refused, Stale
from core.workflow import Transition
from customers.catalog import CUSTOMER
from customers.models import Customer, Policy
from customers.parts import BY_NAME, PARTS
from customers.queries import duplicate, readiness, review
from customers.services import aggregates, kinds

Brought = dict[int, dict[str, Any]]

_CHANGED = Prepared(
    lambda by, keys, version: Change.objects.filter(
        subject_type=Customer._meta.label_lower, subject_id__in=keys, version__gt=version, actor=by
    ).values_list("subject_id", "version", "changes")
)


def is_complete(customers: Sequence[Customer], user: Any) -> dict[int, Refused]:
    """Every ★ field is present and valid."""
    fetch(PARTS, customers)
    found = {one.pk: readiness.of_customer(one) for one in customers}
    return {
        pk: Refused(
            [one.message for one in problems], {_place(one): one.message for one in problems}
        )
        for pk, problems in found.items()
    }


def numbers_free(customers: Sequence[Customer], user: Any) -> dict[int, Refused]:
    """Nobody else from submit on has the code, credit code or tax number."""
    found = [
        duplicate.reserved_numbers_of(customers, name, user) for name in duplicate.UNIQUE_NUMBERS
    ]
    return {
        one.pk: _taken(duplicate.held(hit for hits in found for hit in hits.get(one.pk, ())))
        for one in customers
    }


def same_name_explained(customers: Sequence[Customer], user: Any) -> dict[int, Refused]:
    """An equal normalised name needs one sentence why it is another company."""
    hits = duplicate.unexplained_names_of(customers, user)
    found = [(pk, one) for pk, names in hits.items() for one in duplicate.unexplained(names)]
    return {pk: Refused([one.sentence], {one.fields[0]: one.sentence}) for pk, one in found}


def no_twin_before(customers: Sequence[Customer], user: Any) -> dict[int, Refused]:
    """Of records that move together none has a number that one before it has."""
    found: dict[int, list[str]] = {}
    first: dict[tuple[str, str], Customer] = {}
    for customer in customers:
        for name in duplicate.UNIQUE_NUMBERS:
            value = getattr(customer, name)
            other = first.setdefault((name, value), customer) if value else customer
            if other is not customer:
                found.setdefault(customer.pk, []).append(duplicate.used([name], other))
    return {pk: Refused(problems) for pk, problems in found.items()}


def has_code(customers: Sequence[Customer], user: Any) -> dict[int, Refused]:
    """It has a code, or the rule can give it one."""
    found = coding.why_none(kinds.KIND, customers)
    return {pk: Refused([problem], {"code": problem}) for pk, problem in found.items()}


def is_unused(customers: Sequence[Customer], user: Any) -> dict[int, str]:
    """Nothing but what goes with it points to it."""
    return saving.in_use(aggregates.AGGREGATE, [one.pk for one in customers])


@dataclass(frozen=True)
class Judgement(review.Checklist):
    """Whether one person may approve a record: the four eyes and the checklist, in one place."""

    own: str
    policy: Policy

    def problems(self, *, confirmed: bool) -> list[str]:
        """Say what stands in the way: who it is, and the red lines that nobody confirmed."""
        return [*filter(None, [self.own]), *super().problems(confirmed=confirmed)]


def four_eyes_and_checklist(customers: Sequence[Customer], user: Any) -> dict[int, Judgement]:
    """Nobody approves what is their own, or what the checklist finds wrong."""
    fetch(PARTS, customers)
    rules = Policy.current()
    own = _own(customers, user) if rules.four_eyes else {}
    checked = zip(customers, review.checklists(customers, user), strict=True)
    return {
        one.pk: Judgement(checks.lines, checks.version, own.get(one.pk, ""), rules)
        for one, checks in checked
    }


def submission(
    move: Transition, customers: Sequence[Customer], act: Act, _evidence: Any
) -> Brought:
    """Whoever has no code gets one at the latest now. Raises Stale when the rule gives none now."""
    brought: Brought = {one.pk: {"four_eyes": False} for one in customers}
    without = [one for one in customers if not one.code]
    if not without:
        return brought
    kind = kinds.KIND
    codes = coding.draw(kind, [coding.values_of(kind, one) for one in without])
    if not all(codes):
        raise Stale
    coding.remember(kind, ((code, one.pk) for one, code in zip(without, codes, strict=True)))
    for one, code in zip(without, codes, strict=True):
        brought[one.pk]["code"] = code
    return brought


def approval(
    move: Transition, customers: Sequence[Customer], act: Act, judged: Mapping[int, Judgement]
) -> Brought:
    """What was approved is the version that this makes; the next regular review is due."""
    rules = {one.pk: judged[one.pk].policy for one in customers}
    return {
        one.pk: {
            "four_eyes": rules[one.pk].four_eyes,
            "review_due_date": rules[one.pk].next_review(act.at),
            "approved_version": one.version + 1,
        }
        for one in customers
    }


def _own(customers: Sequence[Customer], user: Any) -> dict[int, str]:
    """Say of whom the user submitted, or changed a ◆ field of since the approval, that it is so."""
    changed = _("You changed reviewed data of this customer; somebody else must approve it.")
    submitted = _("You submitted this customer; somebody else must approve it.")
    own = [one.pk for one in customers if one.submitted_by_id == user.pk]
    return dict.fromkeys(_changed_controlled(customers, user), changed) | dict.fromkeys(
        own, submitted
    )


def _taken(found: Iterable[duplicate.Obstacle]) -> Refused:
    known = list(found)
    fields = {
        name: _("Already used by %(who)s.") % {"who": one.hit}
        for one in known
        for name in one.fields
    }
    return Refused([one.sentence for one in known], fields)


def _place(problem: Problem) -> str:
    parts = (problem.field, problem.row, problem.column or None)
    return "-".join(str(part) for part in parts if part is not None)


def _changed_controlled(customers: Sequence[Customer], user: Any) -> set[int]:
    """Give those whose ◆ fields the user changed since they were approved."""
    since = {one.pk: one.approved_version or 0 for one in customers}
    entries = _CHANGED(user.pk, list(since), min(since.values(), default=0))
    return {
        pk for pk, version, changes in entries if version > since[pk] and _is_controlled(changes)
    }


def _is_controlled(changes: Any) -> bool:
    return bool(CUSTOMER.controlled().intersection(changes.get("fields", ()))) or any(
        BY_NAME[row["child"]].catalog.controlled().intersection(row["fields"])
        for row in changes.get("rows", ())
    )
