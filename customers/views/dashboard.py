"""The dashboard: what waits for this person, how the customers stand, what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from core import charts
from core.access import permissions_of, requires
from core.templatetags.ui_values import when_text
from customers.lifecycle import APPROVED, DRAFT, LIFE, RETURNED, SUBMITTED
from customers.queries import dashboard

REVIEW, ENTER = "customers.review_customer", "customers.submit_customer"
ENABLE, ADD = "customers.enable_customer", "customers.add_customer"
DAWN, NOON, EVENING = 5, 12, 18


@dataclass(frozen=True)
class Tile:
    """One number that leads to the records it counts."""

    label: str
    icon: str
    number: dashboard.Number
    unit: str
    note: str
    url: str
    tone: str = ""


@requires("customers.view_dashboard")
def show(request: HttpRequest) -> HttpResponse:
    """Show the dashboard by the rights of the person."""
    user, rights, today = request.user, permissions_of(request.user), timezone.localdate()
    reviews, enters = REVIEW in rights, ENTER in rights
    context: dict[str, Any] = {
        "greeting": _greeting(str(user)),
        "today": today,
        "tiles": _tiles(user, rights, today),
        "may_add": ADD in rights,
        "reviews": reviews,
        "enters": enters,
        "oldest": dashboard.oldest_waiting(user) if reviews else [],
        "newest": dashboard.newest_changed(user),
        "returned": dashboard.newest_returned(user) if enters else [],
        "returned_count": dashboard.returned_to(user) if enters else None,
        "drafts": dashboard.newest_drafts(user) if enters else [],
        "enables": ENABLE in rights and not enters,
        "approved": dashboard.longest_approved(user) if ENABLE in rights and not enters else [],
        "drafts_count": dashboard.drafts_of(user) if enters else None,
        "drafts_url": _listed(state=DRAFT, created_by=user.pk),
        "approved_url": _listed(state=APPROVED),
        **_charts(user, today),
    }
    if reviews:
        context["waiting"] = dashboard.waiting(user)
        context["waiting_url"] = _listed(state=SUBMITTED)
    return render(request, "customers/dashboard/show.html", context)


def _greeting(name: str) -> str:
    hour = timezone.localtime().hour
    if DAWN <= hour < NOON:
        return _("Good morning, %(name)s") % {"name": name}
    if NOON <= hour < EVENING:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def _tiles(user: Any, rights: frozenset[str], today: date) -> list[Tile]:
    tiles = []
    if REVIEW in rights:
        tiles.append(_waiting(user))
    if ENTER in rights:
        tiles += [_returned(user), _drafts(user)]
    if ENABLE in rights:
        ready = dashboard.to_enable(user)
        tiles.append(
            Tile(
                _("To be enabled"),
                "power",
                ready,
                npgettext("unit", "customer", "customers", ready.value),
                _("Approved, not enabled yet"),
                _listed(state=APPROVED),
            )
        )
    due = dashboard.to_check(user, today)
    tiles.append(
        Tile(
            _("Review due"),
            "refresh",
            due,
            npgettext("unit", "customer", "customers", due.value),
            _("Enabled, review due"),
            _listed(review_due=1),
            "warn" if due.value else "",
        )
    )
    tiles.append(_new(user, today))
    return tiles


def _waiting(user: Any) -> Tile:
    number, late = dashboard.waiting(user), dashboard.waiting_long(user)
    note = _("None over 24 hours")
    if late.value:
        note = ngettext("%(n)s over 24 hours", "%(n)s over 24 hours", late.value) % {"n": late}
    return Tile(
        _("To review"),
        "shield",
        number,
        npgettext("unit", "record", "records", number.value),
        note,
        reverse("customers:review-queue"),
        "danger" if late.value else "",
    )


def _returned(user: Any) -> Tile:
    number = dashboard.returned_to(user)
    note = _("Change them and submit again") if number.value else _("Nothing came back")
    return Tile(
        _("Returned to me"),
        "return",
        number,
        npgettext("unit", "record", "records", number.value),
        note,
        _listed(state=RETURNED, submitted_by=user.pk),
        "warn" if number.value else "",
    )


def _drafts(user: Any) -> Tile:
    number = dashboard.drafts_of(user)
    return Tile(
        _("My drafts"),
        "pencil",
        number,
        npgettext("unit", "record", "records", number.value),
        _("Not submitted yet"),
        _listed(state=DRAFT, created_by=user.pk),
    )


def _new(user: Any, today: date) -> Tile:
    start = today.replace(day=1)
    number = dashboard.entered_since(user, start)
    note = _("since %(date)s") % {"date": when_text(start)}
    return Tile(
        _("New this month"),
        "user-plus",
        number,
        npgettext("unit", "customer", "customers", number.value),
        note,
        _listed(created_at_from=start.isoformat()),
    )


def _charts(user: Any, today: date) -> dict[str, Any]:
    counts, weeks = dashboard.by_state(user), dashboard.by_week(user, today)
    parts = [
        charts.Part(state.label, counts.get(state.name, 0), state.tone, _listed(state=state.name))
        for state in LIFE.furthest_first
    ]
    points = [
        charts.Column(
            f"{week.start.month}/{week.start.day}" if _is_named(index) else "", week.value
        )
        for index, week in enumerate(weeks)
    ]
    label = _("New customers in the last 12 weeks, from %(first)s to %(last)s per week") % {
        "first": f"{weeks[0].value:,}",
        "last": f"{weeks[-1].value:,}",
    }
    total, entered = sum(counts.values()), sum(week.value for week in weeks)
    return {
        "total": total,
        "total_shown": f"{total:,}",
        "states_chart": charts.stacked_bar(parts, _("Customers by state; numbers in the legend")),
        "weeks_total": entered,
        "weeks_shown": f"{entered:,}",
        "weeks_chart": charts.columns(points, label),
    }


def _is_named(index: int) -> bool:
    """Name every third week and the last one, so that the labels have room."""
    return (dashboard.WEEKS - 1 - index) % 3 == 0


def _listed(**filters: Any) -> str:
    return f"{reverse('customers:customer-list')}?{urlencode(filters)}"
