"""Moves of many customers: freeze the selection, confirm with a reason, tell the result of each.

It decides nothing about a record; customers/services/bulk.py moves them one by one.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import pages
from core.access import permissions_of, requires
from core.bounded import TooSlow, bounded
from core.history import Act
from core.models import BulkAction
from core.saving import Refused
from core.views import record_list
from core.workflow import Transition
from customers.forms.bulk import BulkForm, selected
from customers.forms.customer_filter import LISTING
from customers.kinds import CUSTOMER
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import bulk as bulk_queries
from customers.services import bulk as bulk_service

MOST_PLACE = 2_000
RIGHTS = tuple(sorted({move.permission for move in WORKFLOW.transitions}))


@require_POST
@requires(*RIGHTS)
def start(request: HttpRequest) -> HttpResponse:
    """Freeze what was selected, then ask for confirmation; nothing is moved yet."""
    move = _move(request.POST.get("action", ""), request.user)
    try:
        items = _all_matching(request) if request.POST.get("all") == "1" else _chosen(request)
        bulk = bulk_service.freeze(move.name, items, by=request.user)
    except Refused as refused:
        return record_list.page(CUSTOMER, request, problem=" ".join(refused.problems), status=422)
    return redirect(_address(bulk, request.POST.get(record_list.FROM, "")))


@requires(*RIGHTS)
def show(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Ask for confirmation and, when it is given, act; afterwards show what came of it."""
    mine = BulkAction.objects.filter(user=request.user, workflow=WORKFLOW.name)
    bulk = get_object_or_404(mine, pk=bulk_id)
    move = _move(bulk.action, request.user)
    if request.method != "POST":
        form = BulkForm(transition=move, initial={"reason": bulk.reason})
        return _page(request, bulk, move, form)
    form = BulkForm(request.POST, transition=move)
    if bulk.done_at is None:
        if not form.is_valid():
            return _page(request, bulk, move, form, status=422)
        reason = form.cleaned_data["reason"]
        act = Act(by=request.user, source="form", reason=reason, key=None, operation=bulk.pk)
        bulk_service.run(bulk.pk, act=act)
    return redirect(_address(bulk, request.GET.get(record_list.FROM, "")))


def _address(bulk: BulkAction, place: str) -> str:
    """Give the page of a bulk action, with the place in the list that it was started from."""
    query = {record_list.FROM: place[:MOST_PLACE]} if place else {}
    return reverse("customers:customer-bulk-result", args=[bulk.pk], query=query)


def _move(name: str, user: Any) -> Transition:
    try:
        move = WORKFLOW.transition(name)
    except KeyError as unknown:
        raise BadRequest("action") from unknown
    if move.permission not in permissions_of(user):
        raise PermissionDenied
    return move


def _chosen(request: HttpRequest) -> list[tuple[int, int]]:
    keys = selected(request.POST.getlist("pks"))
    if len(keys) > bulk_service.LIMIT:
        raise Refused([bulk_service.too_many(len(keys))])
    visible = Customer.objects.visible_to(request.user).filter(pk__in=keys)
    versions = dict(visible.values_list("pk", "version"))
    items = [(pk, versions[pk]) for pk in keys if pk in versions]
    if keys and not items:
        raise Refused([_("The selected records are not there any more.")])
    if missing := len(keys) - len(items):
        sentence = ngettext(
            "%(n)d selected record is not there any more.",
            "%(n)d selected records are not there any more.",
            missing,
        )
        messages.warning(request, sentence % {"n": missing})
    return items


def _all_matching(request: HttpRequest) -> list[tuple[int, int]]:
    asked = LISTING.read(request.GET, request.user)
    if asked.notices:
        raise Refused([*asked.notices, _("Correct the filters, then select all again.")])
    try:
        with bounded():
            matching = LISTING.matching(Customer.objects.visible_to(request.user), asked)
            total, is_capped = pages.count(matching)
            if total > bulk_service.LIMIT:
                raise Refused([bulk_service.too_many(record_list.amount(total, is_capped))])
            return list(matching.order_by("pk").values_list("pk", "version"))
    except TooSlow as slow:
        raise Refused([_("This search takes too long. Narrow the filters.")]) from slow


def _page(
    request: HttpRequest, bulk: BulkAction, move: Transition, form: BulkForm, status: int = 200
) -> HttpResponse:
    expected = {} if bulk.done_at else bulk_service.expected(bulk, request.user)
    lines = bulk_queries.lines(bulk, request.user, expected)
    by_outcome = {
        outcome: [line for line in lines if line.outcome == outcome]
        for outcome in (bulk_queries.READY, bulk_queries.DONE, bulk_queries.FAILED)
    }
    place = request.GET.get(record_list.FROM, "")[:MOST_PLACE]
    is_failed_only = request.GET.get("show") == bulk_queries.FAILED
    context = {
        "bulk": bulk,
        "move": move,
        "form": form,
        "lines": by_outcome[bulk_queries.FAILED] if is_failed_only else lines,
        "is_failed_only": is_failed_only,
        "list_url": reverse("customers:customer-list") + (f"?{place}" if place else ""),
        "kept": urlencode({record_list.FROM: place}) if place else "",
        "count": len(lines),
        "ready": len(by_outcome[bulk_queries.READY]),
        "done": len(by_outcome[bulk_queries.DONE]),
        "failed": len(by_outcome[bulk_queries.FAILED]),
    }
    name = "result" if bulk.done_at else "confirm"
    return render(request, f"customers/bulk/{name}.html", context, status=status)
