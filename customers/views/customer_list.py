"""The list of customers: find, choose columns, select.

It reads only; what happens to a selection is in bulk.py.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import pages
from core.access import permissions_of, requires
from core.bounded import TooSlow
from core.listing import CHOOSER, SEARCH, SIZE, Asked, Column
from core.markup import format_html
from core.models import User
from core.templatetags import ui_list
from core.templatetags.ui_list import EMPTY, Cell
from core.templatetags.ui_parts import pill
from core.views.session import local_target
from core.workflow import Transition
from customers.exports import files
from customers.forms.customer_filter import LISTING
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import counts as counts_query
from customers.queries import customer as customer_queries
from customers.rules.identity import mask_name

FORM, FROM = "bulk", "list"
STATE = "state"


@requires("customers.view_customer")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page of the list that the address asks for."""
    return page(request)


@require_POST
@requires("customers.view_customer")
def columns(request: HttpRequest) -> HttpResponse:
    """Store which columns the user sees and in which order; a move keeps the chooser open."""
    names = list(dict.fromkeys(request.POST.getlist("columns")))
    way, _mark, name = request.POST.get("move", "").partition(":")
    target = local_target(request)
    if "reset" in request.POST:
        names = []
    elif name in names:
        _shift(names, name, -1 if way == "up" else 1)
        if f"{CHOOSER}=1" not in target:
            target += ("&" if "?" in target else "?") + f"{CHOOSER}=1"
    LISTING.store_columns(request.user, names)
    return redirect(target)


def page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """Show the list, with a sentence about what could not be done with the selection."""
    asked = LISTING.read(request.GET, request.user)
    chosen = LISTING.columns_of(request.user)
    visible = Customer.objects.visible_to(request.user)
    counts = _counts(request.user, asked)
    shown = _states(asked)
    known = counts.get("".join(shown)) if len(shown) < 2 else None
    try:
        found = LISTING.page(visible, asked, chosen, known)
    except TooSlow:
        found = None
    moves = moves_of(request.user)
    rights = permissions_of(request.user)
    context = {
        "asked": asked,
        "found": found,
        "problem": problem,
        "chips": asked.chips(),
        "tabs": _tabs(asked, counts),
        "groups": [[move for move in group if move.name in moves] for group in WORKFLOW.toolbar],
        "moves": [move for move in moves.values() if move.target],
        "delete": next((move for move in moves.values() if not move.target), None),
        "here": _here(request, asked),
        "place": _here(request, asked).partition("?")[2],
        "without_search": asked.url(SEARCH),
        "densities": User.Density.choices,
        "may_add": "customers.add_customer" in rights,
        "may_export": "customers.export_customer" in rights,
        "may_import": "customers.import_customer" in rights,
        "file_kinds": list(files.labels().items()),
        "sizes": [(size, asked.url(per=size)) for size in pages.SIZES],
        **_menus(request, asked, chosen),
        **(_table(request, asked, chosen, found, bool(moves)) if found else {}),
    }
    return render(request, "customers/customer/list.html", context, status=status)


def _counts(user: Any, asked: Asked) -> dict[str, pages.Count]:
    """Give how many customers the user sees in each state and ("") in all; nothing if unknown.

    Beside another condition they would say something else than the list.
    """
    is_alone = not asked.search and all(name == STATE for name in asked.conditions())
    counts = counts_query.by_state(user) if is_alone else {}
    if not counts:
        return {}
    total = sum(n for n, _more in counts.values())
    return {"": (total, any(more for _n, more in counts.values())), **counts}


def _states(asked: Asked) -> list[str]:
    return asked.filters.chosen(STATE) if asked.filters else []


def _tabs(asked: Asked, counts: dict[str, pages.Count]) -> list[tuple[str, str, str, bool]]:
    """Give a tab per state: label, count in words, address, whether it is the one shown."""
    chosen = _states(asked)
    labels = {"": _("All"), **{state.name: state.label for state in WORKFLOW.states}}
    return [
        (
            label,
            amount(*counts[name]) if name in counts else "",
            asked.url(STATE, **({STATE: name} if name else {})),
            chosen == ([name] if name else []),
        )
        for name, label in labels.items()
    ]


def moves_of(user: Any) -> dict[str, Transition]:
    """Give the moves of the lifecycle that the user's roles allow, by name."""
    rights = permissions_of(user)
    return {move.name: move for move in WORKFLOW.transitions if move.permission in rights}


def amount(total: int | None, is_capped: bool) -> str:
    """Give a number of records in words: exact, with a plus, or unknown."""
    if total is None:
        return _("very many")
    return f"{total:,}+" if is_capped else f"{total:,}"


def _here(request: HttpRequest, asked: Asked) -> str:
    if request.method == "GET":
        return request.get_full_path()
    return reverse("customers:customer-list") + asked.url()


def _menus(request: HttpRequest, asked: Asked, chosen: list[Column]) -> dict[str, Any]:
    return {
        "conditions": ui_list.conditions(LISTING),
        "condition_kept": ui_list.hidden(asked),
        "editor": _editor(asked),
        "chooser": ui_list.chooser(LISTING, chosen),
        "chooser_is_open": request.GET.get(CHOOSER) == "1",
        "columns_chosen": len(chosen),
        "columns_known": len(LISTING.columns),
    }


def _editor(asked: Asked) -> dict[str, Any] | None:
    if not asked.adding or asked.filters is None:
        return None
    one = asked.filters.filters[asked.adding]
    names = one.names(asked.adding)
    return {
        "field": asked.filters.form[asked.adding],
        "is_group": bool(one.ends),
        "kept": ui_list.hidden(asked, *names),
        "close": asked.url(),
    }


def _table(
    request: HttpRequest, asked: Asked, chosen: list[Column], found: pages.Page, may_act: bool
) -> dict[str, Any]:
    cells = ui_list.cells_of(LISTING.catalog, chosen, _cells(request.user, way_back(asked)))
    return {
        "head": ui_list.head(LISTING, chosen, asked),
        "rows": ui_list.rows(found.rows, chosen, cells, FORM if may_act else ""),
        "amount": amount(found.total, found.is_capped),
        "range": _range(found),
        "first_url": asked.url() if found.previous else "",
        "previous_url": _neighbour(asked, found, is_next=False),
        "next_url": _neighbour(asked, found, is_next=True),
        "last_url": asked.url(end=1) if found.next else "",
        "exact_url": asked.url(exact=1),
    }


def _neighbour(asked: Asked, found: pages.Page, *, is_next: bool) -> str:
    cursor = found.next if is_next else found.previous
    if cursor is None:
        return ""
    step = len(found.rows) if is_next else -asked.wanted.size
    number = None if found.first is None else max(1, found.first + step)
    return asked.url(**{"after" if is_next else "before": cursor, "n": number})


def _range(found: pages.Page) -> str:
    known = {"total": amount(found.total, found.is_capped)}
    if not found.rows:
        return ""
    if found.first is None:
        count = len(found.rows)
        return ngettext("The last %(n)d of %(total)s", "The last %(n)d of %(total)s", count) % {
            "n": count,
            **known,
        }
    span = {"first": f"{found.first:,}", "last": f"{found.last:,}"}
    return _("%(first)s–%(last)s of %(total)s") % {**span, **known}


def _shift(names: list[str], name: str, by: int) -> None:
    place = names.index(name)
    names.remove(name)
    names.insert(max(0, place + by), name)


def way_back(asked: Asked) -> str:
    """Give the query that tells a record's page which list it was opened from; "" for the plain."""
    query = asked.url(SIZE).removeprefix("?")
    return f"?{urlencode({FROM: query})}" if query else ""


def _cells(user: Any, origin: str) -> dict[str, Cell]:
    """Give the cells that differ from what the field alone would print."""
    here = reverse("customers:customer-detail", args=[0])
    pills = {state.name: pill(state) for state in WORKFLOW.states}

    def url(pk: int) -> str:
        return here.replace("/0/", f"/{pk}/") + origin

    def code(one: Customer) -> SafeString:
        if not one.code:
            return format_html('<span class="muted">{}</span>', _("No code yet"))
        return format_html('<a class="code" href="{}">{}</a>', url(one.pk), one.code)

    def name(one: Customer) -> SafeString:
        return format_html('<a href="{}" title="{}">{}</a>', url(one.pk), one, one)

    def parent(one: Customer) -> Any:
        if one.parent is None:
            return EMPTY
        if not customer_queries.is_visible(one.parent, user):
            return mask_name(str(one.parent))
        address = here.replace("/0/", f"/{one.parent.pk}/")
        return format_html('<a href="{}">{}</a>', address, one.parent)

    return {
        "code": Cell(code, "nowrap"),
        "name": Cell(name, "cell-title clip", is_titled=False),
        "state": Cell(lambda one: pills[one.state], "cell-state", is_titled=False),
        "salesperson": Cell(_salesperson, "nowrap"),
        "primary_contact": Cell(_primary_contact),
        "parent": Cell(parent),
    }


def _salesperson(one: Customer) -> SafeString:
    if one.salesperson is None:
        return EMPTY
    unit = one.salesperson.unit or ""
    return format_html('{} <span class="muted">{}</span>', one.salesperson, unit)


def _primary_contact(one: Customer) -> SafeString:
    if one.primary_contact is None:
        return EMPTY
    return format_html('{} <span class="muted">{}</span>', *one.primary_contact)
