"""Change requests beside their customers as they are and as they would be, and what is found.

Asked for many at once, a query for each table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.records.changes import applying
from core.records.changes.applying import Instances
from core.records.changes.wanted import header
from customers.models import Customer, CustomerChange, Policy
from customers.queries import change_review
from customers.queries.change_review import Asked, Judgement
from customers.services.kinds import KIND


def asked_of(requests: Sequence[CustomerChange]) -> dict[int, Asked]:
    """Give by request its customer as it is and as it would be."""
    records = applying.records_of(KIND, requests)
    instances = applying.instances_of(KIND, requests)
    return {one.pk: _asked(one, records[one.record_id], instances) for one in requests}


def judged(asked: Mapping[int, Asked], user: Any) -> dict[int, Judgement]:
    """Give by request whether this person may approve it, with the checks of what changes."""
    return change_review.judge(asked, user, four_eyes=Policy.current().four_eyes)


def judgement_of(request: CustomerChange, user: Any) -> Judgement:
    """Judge one request that brings its customer with all its rows."""
    instances = applying.instances_of(KIND, [request])
    return judged({request.pk: _asked(request, request.record, instances)}, user)[request.pk]


def _asked(request: CustomerChange, record: Customer, instances: Instances) -> Asked:
    wanted = request.asks
    after = applying.would_be(KIND, record, wanted, instances)
    return Asked(request, wanted, record, after, instances, header(KIND))
