"""The desk of customers that were submitted: all their data, and what changed since a return."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import requires
from core.records import sections, timeline
from core.templatetags.ui_parts import tag
from core.templatetags.ui_remarks import groups_of
from customers.catalog import BASIC, FINANCE, OTHER, REACH
from customers.forms.transition import DecisionForm
from customers.models import Customer
from customers.queries import waiting
from customers.services import moves
from customers.services.kinds import KIND
from customers.views import desk
from customers.views.desk import Desk, Line

CREDIT = ("credit_managed", "credit_limit", "credit_days", "currency")
SIZE = ("settlement_method", "registered_capital")
PANELS = (BASIC, FINANCE, REACH, OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*waiting.NEW.rights)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a customer to decide on with what the machine checked, or carry out the decision."""
    return desk.show(DESK, request, pk)


def _judge(customer: Customer, user: Any) -> moves.Judgement:
    return moves.four_eyes_and_checklist([customer], user)[customer.pk]


def _line(customer: Customer) -> Line:
    known = tag(_("Reviewed before"), "change") if customer.approved_at else tag(_("New"), "info")
    return Line(customer, known, customer.code, customer.submitted_by)


def _shows(request: HttpRequest, customer: Customer, judged: moves.Judgement) -> dict[str, Any]:
    parts = sections.of(KIND, customer, request.user)
    shown = [one for one in parts.values() if one.table or one.name in PANELS]
    return {
        "customer": customer,
        "pinnable": list(groups_of(KIND, shown)),
        "weighty": _weighty(parts),
        "basic": parts[BASIC],
        "finance": parts[FINANCE],
        "reach": parts[REACH],
        "other": parts[OTHER],
        "tables": [one.table for one in reversed(parts.values()) if one.table],
        **_before(request, customer),
    }


def _weighty(parts: dict[str, sections.Section]) -> list[sections.Value]:
    """Give what a decision weighs first: the credit that is asked for, and how large they are."""
    known = {value.name: value for part in parts.values() for value in part.values}
    names = CREDIT if known["credit_managed"].value == _("Yes") else CREDIT[:1]
    return [known[name] for name in (*names, *SIZE)]


def _before(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Give how often the record was submitted, why it came back, and what changed since."""
    told = desk.before(KIND, customer, request.user)
    found = told["returned"]
    if found is None:
        return told
    return {**told, "since_return": timeline.since(KIND, customer, request.user, found.version)}


DESK = Desk(
    kind=KIND,
    queue_of=lambda _customer: waiting.NEW,
    find=KIND.find,
    judge=_judge,
    shows=_shows,
    line=_line,
    template="customers/review/show.html",
    form=DecisionForm,
    back="reopen",
)
