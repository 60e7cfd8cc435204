"""The list of a kind of record: find, choose columns, select.

It reads only; what happens to a selection is in record_bulk.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import pages
from core.access import is_visible, permissions_of
from core.listing import CHOOSER, SEARCH, SIZE, Asked, Column, Listing
from core.markup import format_html
from core.models import User
from core.pages import TooSlow
from core.records import bulk as moving
from core.records import counts as counting
from core.records.bulk_edit import kept as bulk_edit
from core.records.exports import files
from core.records.kind import Kind
from core.records.register import Register
from core.templatetags import ui_list
from core.templatetags.ui_list import EMPTY, Cell
from core.templatetags.ui_parts import pill
from core.views.session import local_target

FORM, FROM = "bulk", "list"
ALL, FIRST = "1", "first"  # what is selected beside the rows ticked: all that match, or the first
STATE = "state"


def columns(register: Register, request: HttpRequest) -> HttpResponse:
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
    register.listing_of(request.user).store_columns(request.user, names)
    return redirect(target)


def page(
    register: Register, request: HttpRequest, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """Show the page of the list that the address asks for, and what could not be done with it."""
    listing = register.listing_of(request.user)
    asked = listing.read(request.GET, request.user)
    chosen = listing.columns_of(request.user)
    counts = _counts(register, request.user, asked)
    shown = _states(asked)
    known = counts.get("".join(shown)) if len(shown) < 2 else None
    try:
        found = listing.page(register.kind.seen_by(request.user), asked, chosen, known)
    except TooSlow:
        found = None
    moves = register.kind.life.allowed(request.user)
    rights = permissions_of(request.user)
    here = _here(register, request, asked)
    context = {
        "register": register,
        "kind": register.kind,
        "title": register.title,
        "urls": _urls(register),
        "asked": asked,
        "found": found,
        "problem": problem,
        "chips": asked.chips(),
        "tabs": _tabs(register, asked, counts),
        "groups": [
            [move for move in group if move.name in moves] for group in register.kind.life.toolbar
        ],
        "moves": [move for move in moves.values() if move.target],
        "delete": next((move for move in moves.values() if not move.target), None),
        "bulk_edit": _may_edit(register, request.user),
        "most": moving.LIMIT,
        "is_too_many": bool(found) and _is_more(found, moving.LIMIT),
        "here": here,
        "place": here.partition("?")[2],
        "without_search": asked.url(SEARCH),
        "densities": User.Density.choices,
        "may": {verb: register.kind.right(verb) in rights for verb in ("add", "export", "import")},
        "files": list(files.of(register).values()),
        "sizes": [(size, asked.url(per=size)) for size in pages.SIZES],
        **_menus(listing, request, asked, chosen),
        **(_table(register, listing, request, asked, chosen, found) if found else {}),
    }
    return render(request, register.kind.templates("list"), context, status=status)


def _urls(register: Register) -> dict[str, str]:
    entered = [*(["add"] * register.has_form), *(["import"] * register.has_sheet)]
    known = ("list", "columns", "bulk", "export", *entered)
    urls = {page: register.kind.url(page) for page in known}
    return urls | (
        {"bulk_edit": register.kind.url("bulk-edit")} if bulk_edit.rows(register.kind) else {}
    )


def _may_edit(register: Register, user: Any) -> bool:
    """Say whether a person may set fields of many records, and there are any to set."""
    return bool(bulk_edit.rows(register.kind)) and register.kind.right("change") in permissions_of(
        user
    )


def _counts(register: Register, user: Any, asked: Asked) -> dict[str, pages.Count]:
    """Give how many records the user sees in each state and ("") in all; nothing if unknown.

    Beside another condition they would say something else than the list.
    """
    is_alone = not asked.search and all(name == STATE for name in asked.conditions())
    counts = counting.by_state(register.kind, user) if is_alone else {}
    if not counts:
        return {}
    total = sum(n for n, _more in counts.values())
    return {"": (total, any(more for _n, more in counts.values())), **counts}


def _states(asked: Asked) -> list[str]:
    return asked.filters.chosen(STATE) if asked.filters else []


def _tabs(
    register: Register, asked: Asked, counts: dict[str, pages.Count]
) -> list[tuple[str, str, str, bool]]:
    """Give a tab per state: label, count in words, address, whether it is the one shown."""
    chosen = _states(asked)
    labels = {"": _("All"), **{state.name: state.label for state in register.kind.life.states}}
    return [
        (
            label,
            amount(*counts[name]) if name in counts else "",
            asked.url(STATE, **({STATE: name} if name else {})),
            chosen == ([name] if name else []),
        )
        for name, label in labels.items()
    ]


def amount(total: int | None, is_capped: bool) -> str:
    """Give a number of records in words: exact, with a plus, or unknown."""
    if total is None:
        return _("very many")
    return f"{total:,}+" if is_capped else f"{total:,}"


def _here(register: Register, request: HttpRequest, asked: Asked) -> str:
    if request.method == "GET":
        return request.get_full_path()
    return register.kind.url("list") + asked.url()


def _menus(
    listing: Listing, request: HttpRequest, asked: Asked, chosen: list[Column]
) -> dict[str, Any]:
    return {
        "conditions": ui_list.conditions(listing),
        "condition_kept": ui_list.hidden(asked),
        "editor": _editor(asked),
        "chooser": ui_list.chooser(listing, chosen),
        "chooser_is_open": request.GET.get(CHOOSER) == "1",
        "columns_chosen": len(chosen),
        "columns_known": len(listing.columns),
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
    register: Register,
    listing: Listing,
    request: HttpRequest,
    asked: Asked,
    chosen: list[Column],
    found: pages.Page,
) -> dict[str, Any]:
    cells = _cells(register, request.user, chosen, found.rows, way_back(asked))
    is_chosen = register.kind.life.allowed(request.user) or _may_edit(register, request.user)
    form = FORM if is_chosen else ""
    return {
        "head": ui_list.head(listing, chosen, asked),
        "rows": ui_list.rows(found.rows, chosen, cells, form),
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


def _is_more(found: pages.Page, most: int) -> bool:
    return found.is_capped or found.total is None or found.total > most


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


def few(register: Register, rows: QuerySet, names: Iterable[str], user: Any) -> dict[str, Any]:
    """Give some records as a table of these columns, on phones too, for a tab or a panel."""
    listing = register.listing_of(user)
    chosen = [listing.columns[name] for name in names]
    found = list(listing.dressed(rows, chosen))
    cells = {name: one.kept for name, one in _cells(register, user, chosen, found).items()}
    return {
        "head": ui_list.head(listing, chosen),
        "rows": ui_list.rows(found, chosen, cells, ""),
        "number": len(found),
    }


def _cells(
    register: Register, user: Any, chosen: Iterable[Column], rows: Sequence[Any], origin: str = ""
) -> Mapping[str, Cell]:
    """Give the cells of rows: what the field alone would print, unless they show more."""
    found = ui_list.cells_of(
        register.kind.catalog,
        chosen,
        {
            **_special(register, user, rows, origin),
            **{
                one.name: ui_list.counted(one.counter.count([row.pk for row in rows], user))
                for one in chosen
                if one.counter
            },
        },
    )
    return {name: one.kept if name in register.on_phones else one for name, one in found.items()}


def _special(register: Register, user: Any, rows: Sequence[Any], origin: str) -> Mapping[str, Cell]:
    """Give the cells that differ from what the field alone would print."""
    here = register.kind.url("detail", 0)
    pills = {state.name: pill(state) for state in register.kind.life.states}

    def url(pk: int) -> str:
        return here.replace("/0/", f"/{pk}/") + origin

    def code(one: Any) -> SafeString:
        if not one.code:
            return format_html('<span class="muted">{}</span>', _("No code yet"))
        return format_html('<a class="code" href="{}">{}</a>', url(one.pk), one.code)

    def title(one: Any) -> SafeString:
        return format_html('<a href="{}" title="{}">{}</a>', url(one.pk), one, one)

    name = register.listing.fixed[-1]
    width = "nowrap" if name == "code" else "clip"
    return {
        "code": Cell(code, "nowrap"),
        name: Cell(title, f"cell-title {width}", is_titled=False),
        STATE: Cell(lambda one: pills[one.state], "cell-state", is_titled=False),
        **{one: _other(one, other, user) for one, other in register.kind.pointing.items()},
        **(register.cells(user, rows) if register.cells else {}),
    }


def _other(name: str, kind: Kind, user: Any) -> Cell:
    """Give the cell of another record: its page, or what people out of its sight may know."""
    here = kind.url("detail", 0)

    def other(one: Any) -> Any:
        record = getattr(one, name)
        if record is None:
            return EMPTY
        if not is_visible(record, user):
            return record.masked
        return format_html('<a href="{}">{}</a>', here.replace("/0/", f"/{record.pk}/"), record)

    return Cell(other, "nowrap")
