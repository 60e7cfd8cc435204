"""Moves of many records: freeze the selection, confirm with a reason, tell the result of each.

It decides nothing about a record; core/records/bulk.py moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import pages
from core.access import permissions_of
from core.forms.keyed import BulkForm, selected
from core.history import Act
from core.listing import Asked
from core.models import BulkAction
from core.pages import TooSlow, bounded
from core.records import bulk as service
from core.records.kind import Kind
from core.records.register import Register
from core.saving import Refused
from core.views import record_list
from core.views.record_list import ALL, FIRST, FROM
from core.workflow import Transition

MOST_PLACE = 2_000


def start(register: Register, request: HttpRequest) -> HttpResponse:
    """Freeze what was selected and lead to the confirmation."""
    kind = register.kind
    move = _move(kind, request.POST.get("action", ""), request.user)
    try:
        items = selection(register, request, service.LIMIT)
        bulk = service.freeze(kind, move.name, items, by=request.user)
    except Refused as refused:
        return record_list.page(register, request, problem=" ".join(refused.problems), status=422)
    return redirect(_address(kind, bulk, request.POST.get(FROM, "")))


def show(register: Register, request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Ask for confirmation, act, and show what came of it."""
    kind = register.kind
    mine = BulkAction.objects.filter(user=request.user, workflow=kind.life.name)
    bulk = get_object_or_404(mine, pk=bulk_id)
    move = _move(kind, bulk.action, request.user)
    if request.method != "POST":
        form = BulkForm(transition=move, initial={"reason": bulk.reason})
        return _page(register, request, bulk, move, form)
    form = BulkForm(request.POST, transition=move)
    if bulk.done_at is None:
        if not form.is_valid():
            return _page(register, request, bulk, move, form, status=422)
        reason = form.cleaned_data["reason"]
        act = Act(by=request.user, source="form", reason=reason, key=None, operation=bulk.pk)
        service.run(kind, bulk.pk, act=act)
    return redirect(_address(kind, bulk, request.GET.get(FROM, "")))


def _address(kind: Kind, bulk: BulkAction, place: str) -> str:
    """Give the page of a bulk action, with the place in the list that it was started from."""
    query = {FROM: place[:MOST_PLACE]} if place else {}
    return kind.url("bulk-result", bulk.pk, query=query)


def _move(kind: Kind, name: str, user: Any) -> Transition:
    try:
        move = kind.life.transition(name)
    except KeyError as unknown:
        raise BadRequest("action") from unknown
    if move.permission not in permissions_of(user):
        raise PermissionDenied
    return move


def selection(register: Register, request: HttpRequest, most: int) -> list[tuple[int, int]]:
    """Give the records (pk, version) that a list was sent with.

    It is those ticked, all that match, or the first of those that move at once. Raises Refused for
    more than `most`, and for a filter that is not understood or takes too long.
    """
    wanted = request.POST.getlist("all")
    if ALL in wanted and (most > service.LIMIT or FIRST not in wanted):
        return _all_matching(register, request, most)
    if FIRST in wanted:
        return _first_matching(register, request)
    return _chosen(register.kind, request)


def _chosen(kind: Kind, request: HttpRequest) -> list[tuple[int, int]]:
    keys = selected(request.POST.getlist("pks"))
    if len(keys) > service.LIMIT:
        raise Refused([service.too_many(len(keys))])
    visible = kind.seen_by(request.user).filter(pk__in=keys)
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


def _all_matching(register: Register, request: HttpRequest, most: int) -> list[tuple[int, int]]:
    with _matching(register, request) as (matching, _asked):
        found = matching.order_by("pk").values_list("pk", "version")[: most + 1]
        if len(found) > most:
            raise Refused([service.too_many(_number(matching, most), most)])
        return list(found)


def _first_matching(register: Register, request: HttpRequest) -> list[tuple[int, int]]:
    """Give the first of the list, as many as move at once, and say how many match."""
    most = service.LIMIT
    with _matching(register, request) as (matching, asked):
        sort = asked.wanted.sort
        way = "-" if sort.is_descending else ""
        rows = matching.order_by(f"{way}{sort.key}", f"{way}pk").values_list("pk", "version")
        found = list(rows[: most + 1])
        if len(found) > most:
            told = _("%(number)s match: these are the first %(limit)d. Select again for the rest.")
            number = _number(matching, most)
            messages.info(request, told % {"number": number, "limit": most})
        return found[:most]


def _number(matching: QuerySet, most: int) -> str:
    """Give how many match, which is more than `most`, in words."""
    total, is_capped = pages.count(matching)
    return record_list.amount(max(total, most), is_capped or total <= most)


@contextmanager
def _matching(register: Register, request: HttpRequest) -> Iterator[tuple[QuerySet, Asked]]:
    """Give what matches the address, to be asked for inside. Raises Refused."""
    listing = register.listing_of(request.user)
    asked = listing.read(request.GET, request.user)
    if asked.notices:
        raise Refused([*asked.notices, _("Correct the filters, then select all again.")])
    try:
        with bounded():
            yield listing.matching(register.kind.seen_by(request.user), asked), asked
    except TooSlow as slow:
        raise Refused([_("This search takes too long. Narrow the filters.")]) from slow


def _page(
    register: Register,
    request: HttpRequest,
    bulk: BulkAction,
    move: Transition,
    form: BulkForm,
    status: int = 200,
) -> HttpResponse:
    kind = register.kind
    expected = service.NOTHING if bulk.done_at else service.expected(kind, bulk, request.user)
    lines = service.lines(kind, bulk, request.user, expected)
    by_outcome = {
        outcome: [line for line in lines if line.outcome == outcome]
        for outcome in (service.READY, service.DONE, service.FAILED)
    }
    place = request.GET.get(FROM, "")[:MOST_PLACE]
    is_failed_only = request.GET.get("show") == service.FAILED
    context = {
        "register": register,
        "kind": kind,
        "title": register.title,
        "bulk": bulk,
        "move": move,
        "form": form,
        "lines": by_outcome[service.FAILED] if is_failed_only else lines,
        "is_failed_only": is_failed_only,
        "list_url": kind.url("list") + (f"?{place}" if place else ""),
        "kept": urlencode({FROM: place}) if place else "",
        "counted": register.counted % {"n": len(lines)},
        "ready": len(by_outcome[service.READY]),
        "done": len(by_outcome[service.DONE]),
        "failed": len(by_outcome[service.FAILED]),
    }
    name = "result" if bulk.done_at else "confirm"
    return render(request, kind.templates(f"bulk/{name}"), context, status=status)
