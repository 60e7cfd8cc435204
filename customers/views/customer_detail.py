"""The page of one customer: where it stands, what may be done, its data, its history.

It shows; moves are carried out in transition.py, changes in the form's views.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import stepper
from core.access import may_change, permissions_of, requires
from core.forms.keyed import KeyedForm
from core.records import sections, timeline
from core.records.table import Line, Table
from core.views.record_list import FROM, way_back
from core.workflow import Offer, Transition
from customers.catalog import ACCOUNTS, CUSTOMER, FINANCE, SYSTEM
from customers.forms.customer_filter import LISTING
from customers.forms.transition import TransitionForm
from customers.imports import desk
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer, UsedCode
from customers.queries import obstacle, progress, readiness
from customers.queries.duplicate import Hit
from customers.services import coding
from customers.services.kinds import CUSTOMER as KIND

OVERVIEW = "overview"
_OWN_TAB = [one.name for one in CUSTOMER.sections if not one.tab and one.name != SYSTEM]
TABS = (OVERVIEW, *_OWN_TAB)
ASK = "ask"
LONGEST_QUERY = 2_000
FEW_ROWS = 5  # so many of each part stand in the overview; all are in their tab


@dataclass(frozen=True)
class Asked:
    """A move that was tried and did not happen: its form as typed, and why."""

    title: str
    problems: tuple[str, ...] = ()
    retry: Transition | None = None
    form: TransitionForm | None = None


@dataclass(frozen=True)
class Lack:
    """Something that stands between the record and a move: where to mend it, and who else has it.

    `other` is another record that the user may open, or None.
    """

    message: str
    anchor: str = ""
    other: Hit | None = None


@dataclass(frozen=True)
class Action:
    """A button of the page: a move the user has the right to, with its form or its address."""

    offer: Offer
    problem: str
    form: TransitionForm | None

    @property
    def move(self) -> Transition:
        return self.offer.transition


@requires("customers.view_customer")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one customer."""
    return show(request, pk)


@requires("customers.view_customer")
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the customer that has, or once had, this code."""
    wanted = code.strip().upper()
    if not wanted or not wanted.isprintable():
        raise Http404
    mine = Customer.objects.visible_to(request.user)
    found = mine.filter(code=wanted).values_list("pk", flat=True).first()
    if found is None:
        former = get_object_or_404(UsedCode, code=wanted)
        found = get_object_or_404(mine.only("pk"), pk=former.customer_id).pk
    return redirect("customers:customer-detail", found)


def show(
    request: HttpRequest, pk: int, *, asked: Asked | None = None, status: int = 200
) -> HttpResponse:
    """Render the page of a customer the user may see, as it is now; 404 for any other."""
    customer = sections.find(KIND, pk, request.user)
    if customer is None:
        raise Http404
    missing = _lacking(customer, request.user)
    asked = asked or _wished(request, customer)
    context = {
        "customer": customer,
        "asked": asked,
        "asked_problems": _with_places(asked, missing),
        "barred": _barred(request, customer, asked),
        "seal": progress.approved_on(customer),
        "has_strayed": coding.has_strayed(customer.code, _coded_by(customer)),
        "is_open": progress.is_open(customer),
        **_actions(request, customer, missing),
        **_data(request, customer),
        **_history(request, customer),
        **_neighbours(request, customer),
        "missing": missing,
        "origin": desk.origin(customer, request.user),
        "check": progress.next_check(customer),
        "check_form": KeyedForm(initial={"version": customer.version}, auto_id="check-%s"),
    }
    return render(request, "customers/customer/detail.html", context, status=status)


def _coded_by(customer: Customer) -> dict[str, Any]:
    """Give what goes into a code."""
    return {name: getattr(customer, name) for name in ("region", "customer_type", "category")}


def _wished(request: HttpRequest, customer: Customer) -> Asked | None:
    """Give the form of the move that the address asks for, while that move is possible."""
    name = request.GET.get(ASK, "")
    for offer in WORKFLOW.offers(customer, request.user) if name else ():
        if offer.name == name and offer.transition.comment_required and not offer.problem:
            form = TransitionForm(
                transition=offer.transition,
                initial={"version": customer.version},
                auto_id="asked-%s",
            )
            form.fields["reason"].widget.attrs["data-focus-on-load"] = True
            return Asked("", retry=offer.transition, form=form)
    return None


def _lacking(customer: Customer, user: Any) -> list[Lack]:
    """Give what the record lacks, and whose numbers or name stand in its way while it is open."""
    found = [
        Lack(one.message, f"id_{one.field}" if one.field in CUSTOMER.by_name else one.section)
        for one in readiness.of_customer(customer)
    ]
    others = obstacle.of_one(customer, user) if progress.is_open(customer) else []
    return found + [
        Lack(one.sentence, f"id_{one.fields[0]}", one.hit if one.hit.visible else None)
        for one in others
    ]


def _with_places(asked: Asked | None, missing: list[Lack]) -> list[Lack]:
    known = {one.message: one for one in missing}
    return [known.get(text, Lack(text)) for text in asked.problems] if asked else []


def _barred(request: HttpRequest, customer: Customer, asked: Asked | None) -> str:
    """Say why the move that was tried cannot be tried again on the record as it is now, or ""."""
    offers = WORKFLOW.offers(customer, request.user) if asked and asked.retry else []
    return next((offer.problem for offer in offers if offer.transition == asked.retry), "")


def _actions(request: HttpRequest, customer: Customer, missing: list[Any]) -> dict[str, Any]:
    """Sort the moves: the one to do next, those possible now, those impossible with the reason."""
    actions = [
        _action(offer, customer, missing) for offer in WORKFLOW.offers(customer, request.user)
    ]
    able = [action for action in actions if not action.problem]
    primary = next((action for action in able if action.move.tone == "primary"), None)
    others = [action for action in able if action is not primary]
    return {
        "primary": primary,
        "able": [action for action in others if action.move.target],
        "rare": [action for action in others if not action.move.target],
        "unable": [
            action
            for action in actions
            if action.problem and WORKFLOW.is_near(action.move, customer.state)
        ],
        "edit_problem": _edit_problem(request.user, customer),
        "may_edit": "customers.change_customer" in permissions_of(request.user),
        "may_add": "customers.add_customer" in permissions_of(request.user),
    }


def _action(offer: Offer, customer: Customer, missing: list[Any]) -> Action:
    move, problem = offer.transition, offer.problem
    if not problem and "is_complete" in move.guards and missing:
        problem = ngettext(
            "%(n)d thing is still missing", "%(n)d things are still missing", len(missing)
        ) % {"n": len(missing)}
    form = None
    if not problem and not move.evidence:
        form = TransitionForm(transition=move, initial={"version": customer.version})
    return Action(offer, problem, form)


def _edit_problem(user: Any, customer: Customer) -> str:
    """Give "" if the user may change at least one field now, else the sentence why not."""
    problems = [may_change(row, user, customer) for row in CUSTOMER if row.form]
    return "" if "" in problems else problems[0]


def _data(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    tab = request.GET.get("tab", OVERVIEW)
    tab = tab if tab in TABS else OVERVIEW
    found = sections.of(KIND, customer, request.user)
    known = {value.name: value for one in found.values() for value in one.values}
    system = found.pop(SYSTEM)
    tables = [one for one in found.values() if one.table]
    counts = Counter(one.tab for one in tables if one.table for _line in one.table.lines)
    own = {name: found[name].label for name in _OWN_TAB}
    labels = {OVERVIEW: _("Overview"), **own, FINANCE: _("Finance and bank")}
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
        "known": known,
        "few": FEW_ROWS,
        "primary_contact": next((c for c in customer.contacts.all() if c.is_primary), None),
        "default_account": _default_account(found[ACCOUNTS].table),
    }


def _default_account(accounts: Table | None) -> Line | None:
    return next((one for one in accounts.lines if one.row.is_default), None) if accounts else None


def _neighbours(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Give the records around this one in the list it was opened from, and the way back there."""
    given = request.GET.get(FROM, "")[:LONGEST_QUERY]
    asked = LISTING.read(QueryDict(given), request.user)
    mine = Customer.objects.visible_to(request.user)
    origin = way_back(asked)
    urls = [
        reverse("customers:customer-detail", args=[pk]) + origin if pk else ""
        for pk in LISTING.neighbours(mine, asked, customer)
    ]
    return {
        "previous_url": urls[0],
        "next_url": urls[1],
        "list_url": reverse("customers:customer-list") + asked.url().removesuffix("?"),
        "kept": origin.replace("?", "&", 1),
    }


def _history(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    show = request.GET.get("kind", timeline.ALL)
    show = show if show in dict(timeline.KINDS) else timeline.ALL
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    setback = timeline.setback(KIND, customer)
    return {
        "kind": show,
        "kinds": timeline.KINDS,
        "before": before,
        "history_page": timeline.page(KIND, customer, request.user, show=show, before=before),
        "returned": setback if progress.is_open(customer) else None,
        "steps": stepper.steps(customer, setback),
    }
