"""The desk of change requests: what differs and nothing else, until it is asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from core.access import requires
from core.records.changes import diff
from core.records.places import reason_of
from core.templatetags.ui_parts import tag
from customers.forms.change_page import with_customer
from customers.forms.transition import ChangeDecisionForm
from customers.models import CustomerChange
from customers.queries import waiting
from customers.queries.change_review import Judgement
from customers.services import change_checks
from customers.services.kinds import CHANGE, KIND
from customers.views import desk
from customers.views.desk import RETURN, Desk, Line


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*waiting.CHANGES.rights)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a change to decide on with what the machine checked, or carry out the decision."""
    return desk.show(DESK, request, pk)


@requires(*waiting.CHANGES.rights)
def queue(request: HttpRequest) -> HttpResponse:
    """Go to the change that waits longest, of data or else of accounts, or say that none waits."""
    has_data = waiting.CHANGES.first(request.user) or not waiting.ACCOUNTS.first(request.user)
    query = {"queue": (waiting.CHANGES if has_data else waiting.ACCOUNTS).name}
    return redirect(reverse("customers:review-queue", query=query))


def _find(pk: int, user: Any) -> CustomerChange | None:
    found = CHANGE.find(pk, user)
    return found if found and with_customer(found, user) else None


def _line(change: CustomerChange) -> Line:
    return Line(change.record, _tag(change), change.code, change.submitted_by)


def _tag(change: CustomerChange) -> SafeString:
    is_account = waiting.BY_AREA[change.area] is waiting.ACCOUNTS
    return (
        tag(_("Bank change"), "danger")
        if is_account
        else tag(pgettext("request", "Change"), "change")
    )


def _shows(request: HttpRequest, change: CustomerChange, judged: Judgement) -> dict[str, Any]:
    asked = diff.of(KIND, change, change.record, request.user)
    return {
        "change": change,
        "customer": change.record,
        "reason": reason_of(CHANGE, change, request.user),
        "kind_tag": _tag(change),
        "diff": asked,
        "pinnable": asked.places,
        **desk.before(CHANGE, change, request.user),
    }


DESK = Desk(
    kind=CHANGE,
    queue_of=lambda change: waiting.BY_AREA[change.area],
    find=_find,
    judge=change_checks.judgement_of,
    shows=_shows,
    line=_line,
    template="customers/review/change.html",
    form=ChangeDecisionForm,
    back=RETURN,
)
