"""Change requests beside their customers as they are and as they would be, and what is found.

Asked for many at once, a query for each table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.records.changes import applying
from core.records.changes.applying import Instances
from core.records.changes.wanted import header
from core.said import said as _
from customers.models import Customer, CustomerChange, Policy
from customers.parts import BANK_ACCOUNTS
from customers.queries import change, change_review
from customers.queries.change_review import Asked, Judgement
from customers.services import moves
from customers.services.aggregates import name_key
from customers.services.kinds import KIND


def asked_of(requests: Sequence[CustomerChange]) -> dict[int, Asked]:
    """Give by request its customer as it is and as it would be."""
    records = applying.records_of(KIND, requests)
    instances = applying.instances_of(KIND, requests)
    return {one.pk: _asked(one, records[one.record_id], instances) for one in requests}


def barred(asked: Mapping[int, Asked], user: Any) -> dict[int, list[str]]:
    """Say by request why it cannot take effect, or this person not ask for it."""
    found = {pk: _problems(one) for pk, one in asked.items()}
    found |= _asked_twice([one.request for pk, one in asked.items() if not found[pk]], user)
    fit = {pk: one for pk, one in asked.items() if not found[pk] and one.moves_numbers}
    if fit:
        taken = moves.numbers_free([one.after for one in fit.values()], user)
        found |= {pk: taken[one.after.pk].problems for pk, one in fit.items()}
    found |= _unexplained([one for pk, one in asked.items() if not found[pk]], user)
    return {pk: problems for pk, problems in found.items() if problems}


def _unexplained(asked: Sequence[Asked], user: Any) -> dict[int, list[str]]:
    """A name that another customer has needs one sentence why it is another company."""
    named = [one for one in asked if one.touches("name", "same_name_reason")]
    for one in named:
        one.after.name_key = name_key(one.after.name)
    silent = moves.same_name_explained([one.after for one in named], user) if named else {}
    told = ((one.request.pk, silent.get(one.after.pk)) for one in named)
    return {pk: list(refused.problems) for pk, refused in told if refused}


def judged(asked: Mapping[int, Asked], user: Any) -> dict[int, Judgement]:
    """Give by request whether this person may approve it, with the checks of what changes."""
    four_eyes, found = Policy.current().four_eyes, barred(asked, user)
    for one in asked.values():
        applying.derive(KIND, one.after, one.wanted)
    return change_review.judge(asked, user, four_eyes=four_eyes, barred=found)


def judgement_of(request: CustomerChange, user: Any) -> Judgement:
    """Judge one request that brings its customer with all its rows."""
    instances = applying.instances_of(KIND, [request])
    return judged({request.pk: _asked(request, request.record, instances)}, user)[request.pk]


def _problems(asked: Asked) -> list[str]:
    found = applying.barred(KIND, asked.before, asked.wanted, asked.instances)
    return found or [one.message for one in applying.missing(KIND, asked.before, asked.after)]


def _asked_twice(requests: Sequence[CustomerChange], user: Any) -> dict[int, list[str]]:
    """Where the company wants it, nobody asks for two changes of accounts in a row."""
    about = [one for one in requests if one.area == BANK_ACCOUNTS.name]
    if not about or Policy.current().account_asker_twice:
        return {}
    last = change.last_askers(about)
    told = _("%(name)s asked for the last change of these accounts; somebody else must ask now.")
    askers = {one.pk: user if one.workflow.state(one.state).is_open else one.submitted_by
              for one in about}  # fmt: skip
    return {
        one.pk: [told % {"name": askers[one.pk]}]
        for one in about
        if last.get(one.record_id) == askers[one.pk].pk
    }


def _asked(request: CustomerChange, record: Customer, instances: Instances) -> Asked:
    wanted = request.asks
    after = applying.would_be(KIND, record, wanted, instances)
    return Asked(request, wanted, record, after, instances, header(KIND))
