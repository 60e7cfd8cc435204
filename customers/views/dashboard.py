"""The dashboard: what waits for this person, how the customers stand, what is new."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, npgettext_lazy

from core import charts
from core.access import permissions_of, requires
from core.records.changes.request import RETURNED as CHANGE_RETURNED
from core.templatetags.ui_values import when_text
from customers.forms.change_page import again
from customers.lifecycle import APPROVED, DRAFT, LIFE, RETURNED, SUBMITTED
from customers.queries import dashboard
from customers.services.kinds import CHANGE

VIEW = "customers.view_dashboard"
REVIEW, ENTER = "customers.review_customer", "customers.submit_customer"
ENABLE, ADD = "customers.enable_customer", "customers.add_customer"
DAWN, NOON, EVENING = 5, 12, 18


RECORDS = npgettext_lazy("unit", "record", "records", "n")
CUSTOMERS = npgettext_lazy("unit", "customer", "customers", "n")


class Tile(NamedTuple):
    """A number that dashboard.COUNTED names, as those see it who have the right."""

    name: str
    right: str
    label: Any
    icon: str
    unit: Any
    note: Any


TILES = (
    Tile("waiting", REVIEW, lazy("To review"), "shield", RECORDS, lazy("None over 24 hours")),
    Tile("returned", ENTER, lazy("Returned to me"), "return", RECORDS, lazy("Nothing came back")),
    Tile("changes", ENTER, lazy("Changes returned to me"), "return", RECORDS, ""),
    Tile("drafts", ENTER, lazy("My drafts"), "pencil", RECORDS, lazy("Not submitted yet")),
    Tile(
        "approved", ENABLE, lazy("To be enabled"), "power", CUSTOMERS,
        lazy("Approved, not enabled yet"),
    ),
    Tile("due", VIEW, lazy("Review due"), "refresh", CUSTOMERS, lazy("Enabled, review due")),
    Tile("new", VIEW, lazy("New this month"), "user-plus", CUSTOMERS, ""),
)  # fmt: skip


@requires(VIEW)
def show(request: HttpRequest) -> HttpResponse:
    """Show the dashboard by the rights of the person."""
    user, rights, today = request.user, permissions_of(request.user), timezone.localdate()
    reviews, enters = REVIEW in rights, ENTER in rights
    enables = ENABLE in rights and not enters
    numbers = {
        tile.name: dashboard.number(tile.name, user, today)
        for tile in TILES
        if tile.right in rights
    }
    context: dict[str, Any] = {
        "greeting": _greeting(str(user)),
        "today": today,
        "tiles": [
            _shown(tile, numbers[tile.name], user, today)
            for tile in TILES
            if tile.name in numbers and (tile.name != "changes" or numbers[tile.name].value)
        ],
        "numbers": numbers,
        "may_add": ADD in rights,
        "reviews": reviews,
        "enters": enters,
        "enables": enables,
        "oldest": dashboard.oldest_waiting(user) if reviews else [],
        "newest": dashboard.newest_changed(user),
        "returned": dashboard.newest_returned(user) if enters else [],
        "changes": _changes(user) if enters else [],
        "changes_url": _address("changes", user, today),
        "drafts": dashboard.newest_drafts(user) if enters else [],
        "approved": dashboard.longest_approved(user) if enables else [],
        "drafts_url": _address("drafts", user, today),
        "approved_url": _address("approved", user, today),
        "waiting_url": _listed(state=SUBMITTED),
        **_charts(user, today),
    }
    return render(request, "customers/dashboard/show.html", context)


def _changes(user: Any) -> list[tuple[Any, str, str]]:
    """Give the change requests that came back, why, and where each is mended."""
    return [
        (change, reason, again(change, user) or CHANGE.url("detail", change.pk))
        for change, reason in dashboard.newest_returned_changes(user)
    ]


def _greeting(name: str) -> str:
    hour = timezone.localtime().hour
    if DAWN <= hour < NOON:
        return _("Good morning, %(name)s") % {"name": name}
    if NOON <= hour < EVENING:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def _shown(tile: Tile, number: dashboard.Number, user: Any, today: date) -> dict[str, Any]:
    note, tone = tile.note, ""
    if tile.name == "waiting":
        late = dashboard.number("overdue", user, today)
        if late.value:
            told = ngettext("%(n)s over 24 hours", "%(n)s over 24 hours", late.value)
            note, tone = told % {"n": late}, "danger"
    elif tile.name in ("returned", "changes") and number.value:
        note, tone = _("Change them and submit again"), "warn"
    elif tile.name == "due" and number.value:
        tone = "warn"
    elif tile.name == "new":
        note = _("since %(date)s") % {"date": when_text(today.replace(day=1))}
    return {
        "label": str(tile.label),
        "icon": tile.icon,
        "number": number,
        "unit": tile.unit % {"n": number.value},
        "note": note,
        "url": _address(tile.name, user, today),
        "tone": tone,
    }


def _address(name: str, user: Any, today: date) -> str:
    """Give the page with the records that a number counts."""
    if name == "waiting":
        return reverse("customers:review-queue")
    if name == "changes":
        return CHANGE.url("list", query={"state": CHANGE_RETURNED, "submitted_by": user.pk})
    filters: dict[str, dict[str, Any]] = {
        "returned": {"state": RETURNED, "submitted_by": user.pk},
        "drafts": {"state": DRAFT, "created_by": user.pk},
        "approved": {"state": APPROVED},
        "due": {"review_due": 1},
        "new": {"created_at_from": today.replace(day=1).isoformat()},
    }
    return _listed(**filters[name])


def _charts(user: Any, today: date) -> dict[str, Any]:
    counts, weeks = dashboard.by_state(user), dashboard.by_week(user, today)
    shares = [
        charts.Share(state.label, counts.get(state.name, 0), state.tone, _listed(state=state.name))
        for state in LIFE.furthest_first
    ]
    points = [
        charts.Bar(f"{start.month}/{start.day}" if _is_named(index) else "", value)
        for index, (start, value) in enumerate(weeks.items())
    ]
    first, *_others, last = weeks.values()
    label = _("New customers in the last 12 weeks, from %(first)s to %(last)s per week") % {
        "first": f"{first:,}",
        "last": f"{last:,}",
    }
    total, entered = sum(counts.values()), sum(weeks.values())
    return {
        "total": total,
        "total_shown": f"{total:,}",
        "states_chart": charts.stacked_bar(shares, _("Customers by state; numbers in the legend")),
        "weeks_total": entered,
        "weeks_shown": f"{entered:,}",
        "weeks_chart": charts.columns(points, label),
    }


def _is_named(index: int) -> bool:
    """Name every third week and the last one, so that the labels have room."""
    return (dashboard.WEEKS - 1 - index) % 3 == 0


def _listed(**filters: Any) -> str:
    return f"{reverse('customers:customer-list')}?{urlencode(filters)}"
