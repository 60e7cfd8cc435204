"""The page of one record: where it stands, what may be done, its data, its history.

It shows; moves are carried out in record_do.py, changes in the form's views.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import extend
from core.access import granted, is_reviewed, permissions_of
from core.extend import Tab
from core.forms.keyed import TransitionForm
from core.records import returned, sections, timeline
from core.records.changes import applying, pending
from core.records.kind import Kind
from core.records.part import Part
from core.records.register import Lack, Register
from core.timeline import steps
from core.views.record_list import FROM, way_back
from core.workflow import COMPLETE, Offer, Transition

OVERVIEW, ASK = "overview", "ask"
# Parts of the page that an app may have templates of its own for.
OWN = ("meta", "note", "overview", "copy", "aside", "origin")
LONGEST_QUERY = 2_000
FEW_ROWS = 5  # so many of each part stand in the overview; all are in their tab


@dataclass(frozen=True)
class Tried:
    """A move that was tried and did not happen: its form as typed, and why."""

    title: str
    problems: tuple[str, ...] = ()
    retry: Transition | None = None
    form: TransitionForm | None = None


@dataclass(frozen=True)
class Action:
    """A button of the page: a move the user has the right to, with its form or its address."""

    offer: Offer
    problem: str
    form: TransitionForm | None

    @property
    def move(self) -> Transition:
        return self.offer.transition


def show(
    register: Register, request: HttpRequest, pk: int, *, asked: Tried | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render the page of a record the user may see, as it is now; 404 for any other."""
    kind = register.kind
    record = kind.find(pk, request.user)
    if record is None:
        raise Http404
    applying.put_requests(kind, record)
    state = kind.life.state(record.state)
    missing = register.lacking(record, request.user) if register.lacking else []
    asked = asked or _wished(kind, request, record)
    context = {
        "register": register,
        "kind": kind,
        "title": register.title,
        "evidence_page": register.evidence_page,
        "record": record,
        "own": {name: kind.templates(f"parts/{name}") for name in OWN},
        "asked": asked,
        "asked_problems": _with_places(asked, missing),
        "barred": _barred(kind, request, record, asked),
        "seal": _approved_on(record) if state.is_in_force else None,
        "is_open": state.is_open and register.lacking is not None,
        **_actions(kind, request, record, missing),
        **_data(kind, request, record),
        **_history(kind, request, record),
        **_neighbours(register, request, record),
        "missing": missing,
        **(register.beside(record, request.user) if register.beside else {}),
    }
    return render(request, kind.templates("detail"), context, status=status)


def tabs(kind: Kind, added: Iterable[Tab] = ()) -> dict[str, Any]:
    """Give the tabs of the page by name, with their labels; at the end those of other apps."""
    own = [one for one in kind.catalog.sections if not one.tab and not one.is_system]
    labels = {one.name: one.tab_label or one.label for one in own}
    return {OVERVIEW: _("Overview"), **labels, **{one.name: one.label for one in added}}


def _approved_on(record: Any) -> Any:
    """Give the day of the approval that is in force, for the seal; None where none is."""
    at = getattr(record, "approved_at", None)
    return timezone.localdate(at) if at else None


def _wished(kind: Kind, request: HttpRequest, record: Any) -> Tried | None:
    """Give the form of the move that the address asks for, while that move is possible."""
    name = request.GET.get(ASK, "")
    for offer in kind.life.offers(record, request.user) if name else ():
        if offer.name == name and offer.transition.comment_required and not offer.problem:
            form = TransitionForm(
                transition=offer.transition,
                initial={"version": record.version},
                auto_id="asked-%s",
            )
            form.fields["reason"].widget.attrs["data-focus-on-load"] = True
            return Tried("", retry=offer.transition, form=form)
    return None


def _with_places(asked: Tried | None, missing: list[Lack]) -> list[Lack]:
    known = {one.message: one for one in missing}
    return [known.get(text, Lack(text)) for text in asked.problems] if asked else []


def _barred(kind: Kind, request: HttpRequest, record: Any, asked: Tried | None) -> str:
    """Say why the move that was tried cannot be tried again on the record as it is now, or ""."""
    offers = kind.life.offers(record, request.user) if asked and asked.retry else []
    return next((offer.problem for offer in offers if offer.transition == asked.retry), "")


def _actions(kind: Kind, request: HttpRequest, record: Any, missing: list[Lack]) -> dict[str, Any]:
    """Sort the moves: the one to do next, those possible now, those impossible with the reason."""
    life, rights = kind.life, permissions_of(request.user)
    actions = [_action(offer, record, missing) for offer in life.offers(record, request.user)]
    able = [action for action in actions if not action.problem]
    ahead = [action for action in able if life.leads_further(action.move, record.state)]
    primary = next((action for action in ahead if action.move.tone == "primary"), None)
    others = [action for action in able if action is not primary]
    return {
        "primary": primary,
        "able": [action for action in others if action.move.target],
        "rare": [action for action in others if not action.move.target],
        "unable": [
            action
            for action in actions
            if action.problem and life.is_near(action.move, record.state)
        ],
        "edit_problem": _edit_problem(kind, request.user, record),
        "asks_of": _asks_of(kind, request.user, record),
        "may_edit": kind.right("change") in rights,
        "may_add": kind.right("add") in rights,
    }


def _action(offer: Offer, record: Any, missing: list[Lack]) -> Action:
    move, problem = offer.transition, offer.problem
    if not problem and COMPLETE in move.guards and missing:
        problem = ngettext(
            "%(n)d thing is still missing", "%(n)d things are still missing", len(missing)
        ) % {"n": len(missing)}
    form = None
    if not problem and not move.evidence:
        form = TransitionForm(transition=move, initial={"version": record.version})
    return Action(offer, problem, form)


def _edit_problem(kind: Kind, user: Any, record: Any) -> str:
    """Give "" if the user may change at least one field now, else the sentence why not."""
    problems = [kind.may(row, user, record) for row in kind.catalog if row.form]
    return "" if "" in problems else next(iter(problems), "")


def _asks_of(kind: Kind, user: Any, record: Any) -> list[Part]:
    """Give the parts whose rows the user may ask to change, each on a form of its own."""
    heads = [(part, part.catalog.by_name[part.head]) for part in kind.parts if kind.changes]
    asked = ((part, head) for part, head in heads if is_reviewed(head, record))
    return [part for part, head in asked if not kind.may(head, user, record)]


def _data(kind: Kind, request: HttpRequest, record: Any) -> dict[str, Any]:
    user = request.user
    added = {one.name: one for one in granted(extend.seams(Tab, kind.subject), user)}
    labels = tabs(kind, added.values())
    tab = request.GET.get("tab", OVERVIEW)
    tab = tab if tab in labels else OVERVIEW
    counted = _counted(kind, record, user)
    found = pending.marked(kind, sections.of(kind, record, user), record, user)
    known = {value.name: value for one in found.values() for value in one.values}
    system = [found.pop(one.name) for one in kind.catalog.sections if one.is_system]
    tables = [one for one in found.values() if one.table]
    counts = Counter(one.tab for one in tables if one.table for _line in one.table.lines)
    counts |= {one.tab: number for one, number, _amount in counted}
    here = [one for one in found.values() if one.tab == tab]
    elsewhere = [one for one in found.values() if one.tab != tab]
    return {
        "tab": tab,
        "tabs": [(name, label, counts.get(name)) for name, label in labels.items()],
        "here": sorted(here, key=lambda one: one.name != tab),
        "tables": tables,
        "paper": [one for one in elsewhere if not one.table]
        + [one for one in elsewhere if one.table and tab != OVERVIEW],
        "system": system,
        "first": [one for one in found.values() if not one.table][:1],
        "known": known,
        "few": FEW_ROWS,
        "added": added.get(tab),
        "added_data": added[tab].show(record, user) if tab in added else None,
        "counted": counted,
    }


def _counted(kind: Kind, record: Any, user: Any) -> list[tuple[extend.Counter, int, Any]]:
    """Give what other apps count beside the record for this person: how many, what they add up to.

    Each is one query; those of which there are none are left out.
    """
    counters = granted(extend.seams(extend.Counter, kind.subject), user)
    found = [(one, one.count([record.pk], user)) for one in counters]
    return [(one, *told[record.pk]) for one, told in found if told]


def _neighbours(register: Register, request: HttpRequest, record: Any) -> dict[str, Any]:
    """Give the records around this one in the list it was opened from, and the way back there."""
    kind = register.kind
    given = request.GET.get(FROM, "")[:LONGEST_QUERY]
    listing = register.listing_of(request.user)
    asked = listing.read(QueryDict(given), request.user)
    origin = way_back(asked)
    urls = [
        kind.url("detail", pk) + origin if pk else ""
        for pk in listing.neighbours(kind.seen_by(request.user), asked, record, request.user)
    ]
    return {
        "previous_url": urls[0],
        "next_url": urls[1],
        "list_url": kind.url("list") + asked.url().removesuffix("?"),
        "kept": origin.replace("?", "&", 1),
    }


def _history(kind: Kind, request: HttpRequest, record: Any) -> dict[str, Any]:
    shown = request.GET.get("kind", timeline.ALL)
    shown = shown if shown in dict(timeline.KINDS) else timeline.ALL
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    setback = timeline.setback(kind, record)
    return {
        "entries_shown": shown,
        "entries_known": timeline.KINDS,
        "before": before,
        "history_page": timeline.page(kind, record, request.user, show=shown, before=before),
        "returned": returned.to_mend(kind, record, request.user),
        "steps": steps(record, setback),
    }
