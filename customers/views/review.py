"""The reviewer's desk: the queue, one record with its machine checklist, the decision.

What the checks say stands in queries/review.py; whether a decision holds, services decide.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import permissions_of, requires
from core.forms.keyed import with_fresh_key
from core.markup import format_html, format_html_join
from core.records import returned, sections, timeline, transition
from core.records.remarks import remarks_in
from core.records.transition import Shown
from core.saving import NotAsShown
from core.templatetags.ui_parts import attribute, tag
from core.templatetags.ui_remarks import Pins
from core.templatetags.ui_values import since
from core.views import record_detail
from core.views.acts import Attempt, act_of, attempt, told
from core.views.record_do import changed_meanwhile
from core.workflow import Transition
from customers.catalog import BASIC, FINANCE, OTHER, REACH
from customers.forms.transition import DecisionForm
from customers.lifecycle import LIFE, SUBMITTED
from customers.models import Customer
from customers.queries import review
from customers.queries.customer import submissions
from customers.services import moves
from customers.services.kinds import KIND

CREDIT = ("credit_managed", "credit_limit", "credit_days", "currency")
SIZE = ("settlement_method", "registered_capital")
PANELS = (BASIC, FINANCE, REACH, OTHER)
APPROVE, RETURN, REOPEN = "approve", "return", "reopen"


@requires("customers.review_customer")
def queue(request: HttpRequest) -> HttpResponse:
    """Go to the record that waits longest, or say that none waits."""
    first = review.first(request.user)
    if not first:
        return render(request, "customers/review/queue.html")
    return redirect("customers:review-show", first[0])


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customers.review_customer")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a record to decide on with what the machine checked, or carry out the decision."""
    if request.method == "POST":
        return _decide(request, pk)
    customer = KIND.find(pk, request.user)
    if customer is not None and customer.state != SUBMITTED:
        messages.info(request, _("“%(name)s” is not waiting for a review.") % {"name": customer})
        return redirect("customers:customer-detail", pk)
    return _page(request, customer)


def _decide(request: HttpRequest, pk: int) -> HttpResponse:
    form = DecisionForm(request.POST)
    decision = request.POST.get("decision", "")
    if decision == DecisionForm.STAY:
        return _again(request, pk, form=form)
    move = LIFE.transition(RETURN if decision == DecisionForm.RETURN else APPROVE)
    if move.permission not in permissions_of(request.user):
        raise PermissionDenied
    if not form.is_valid():
        return _again(request, pk, form=form, status=422)
    seen = form.cleaned_data
    then = "enable" if decision == DecisionForm.ENABLE else ""
    act = act_of(request, reason=form.whole_reason())
    shown = Shown(seen["digest"], seen["confirmed"])
    perform = partial(transition.perform, KIND, move.name, pk, version=seen["version"])
    pinned = remarks_in(request.POST)
    tried = attempt(partial(perform, act=act, shown=shown, then=then, pinned=pinned))
    if not tried.is_done:
        return _not_done(request, pk, form, tried)
    if not tried.is_new:
        return _next(request, get_object_or_404(Customer.objects.visible_to(request.user), pk=pk))
    done = LIFE.transition(then) if then else move
    messages.success(request, _told(request, done, tried.result))
    return _next(request, tried.result)


def _not_done(request: HttpRequest, pk: int, form: DecisionForm, tried: Attempt) -> HttpResponse:
    """Show the record and its checks as they are now, and say why nothing was decided."""
    problems = tried.refused.problems if tried.refused else []
    if tried.refused:
        title = _("Not done")
    elif isinstance(tried.cause, NotAsShown):
        title = _("Not done: the checks have another result now. Look at them, then decide.")
    else:
        title = changed_meanwhile(KIND, request, pk, form.cleaned_data["version"])
    return _again(request, pk, form=form, title=title, problems=problems, status=409)


def _again(request: HttpRequest, pk: int, **shown: Any) -> HttpResponse:
    return _page(request, KIND.find(pk, request.user), **shown)


def _told(request: HttpRequest, move: Transition, customer: Any) -> SafeString:
    """Say what was done, with the way to the record and to what takes it back."""
    page = reverse("customers:customer-detail", args=[customer.pk])
    back, links = LIFE.transition(REOPEN), [(page, _("Open the record"))]
    if not LIFE.first_problem(back, customer, request.user):
        links.append((f"{page}?{record_detail.ASK}={back.name}", back.label))
    return format_html(
        "{} {}",
        told(move, str(customer)),
        format_html_join(" ", '<a href="{}">{}</a>', links),
    )


def _next(request: HttpRequest, decided: Customer) -> HttpResponse:
    """Open the record that waits behind the decided one, else the first, else the empty queue."""
    behind = [one.pk for one in review.behind(request.user, decided)]
    waiting = [pk for pk in behind or review.first(request.user) if pk != decided.pk]
    if not waiting:
        return redirect("customers:review-queue")
    return redirect("customers:review-show", waiting[0])


def _page(
    request: HttpRequest,
    customer: Any,
    *,
    form: DecisionForm | None = None,
    title: str = "",
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    if customer is None:
        raise Http404
    judged = moves.four_eyes_and_checklist([customer], request.user)[customer.pk]
    hidden = {"version": customer.version, "digest": judged.digest}
    if form is None:
        shown = DecisionForm(initial=hidden)
    else:
        shown = DecisionForm(with_fresh_key(request.POST, **hidden))
        shown.is_valid()
    parts = sections.of(KIND, customer, request.user)
    rights = _rights(request, customer, judged)
    shown_parts = [one for one in parts.values() if one.table or one.name in PANELS]
    typed = None if form is None else request.POST
    can_return = rights["may_return"] and not rights["return_problem"]
    context = {
        "customer": customer,
        "pins": Pins(KIND, shown_parts, typed) if can_return else None,
        "form": shown,
        "title": title,
        "problems": problems or [],
        "checklist": judged,
        "weighty": _weighty(parts),
        "basic": parts[BASIC],
        "finance": parts[FINANCE],
        "reach": parts[REACH],
        "other": parts[OTHER],
        "tables": [one.table for one in reversed(parts.values()) if one.table],
        **_queue(request, customer),
        **rights,
        **_before(request, customer),
    }
    return render(request, "customers/review/show.html", context, status=status)


def _weighty(parts: dict[str, sections.Section]) -> list[sections.Value]:
    """Give what a decision weighs first: the credit that is asked for, and how large they are."""
    known = {value.name: value for part in parts.values() for value in part.values}
    names = CREDIT if known["credit_managed"].value == _("Yes") else CREDIT[:1]
    return [known[name] for name in (*names, *SIZE)]


def _queue(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Give the part of the queue around a record, its place in it, and its two neighbours."""
    ahead, behind = review.ahead(request.user, customer), review.behind(request.user, customer)
    total, is_capped = review.count(request.user)
    place, is_far = review.count(request.user, customer)
    own = [customer] if customer.state == SUBMITTED else []
    return {
        "queue": _lines([*ahead, *own, *behind], customer),
        "total": total,
        "is_capped": is_capped,
        "place": None if is_far or not own else place + 1,
        "previous": ahead[-1] if ahead else None,
        "following": behind[0] if behind else None,
        "more": max(0, total - place - len(own) - len(behind)),
    }


def _lines(records: list[Customer], current: Customer) -> SafeString:
    """Give the queue as links: for fifty records a template takes as long as the rest of a page."""
    page = reverse("customers:review-show", args=[0])
    new, known = tag(_("New"), "info"), tag(_("Reviewed before"), "change")
    return format_html_join(
        "\n",
        '<li><a class="queue__item" href="{}"{}><span class="queue__top"><b>{}</b>{}</span>'
        '<span class="queue__meta">{}<span>{} · {}</span></span></a></li>',
        (
            (
                page.replace("/0/", f"/{one.pk}/"),
                attribute("aria-current", "true" if one.pk == current.pk else ""),
                one,
                since(one.submitted_at),
                known if one.approved_at else new,
                one.code,
                one.submitted_by,
            )
            for one in records
        ),
    )


def _rights(request: HttpRequest, customer: Customer, judged: moves.Judgement) -> dict[str, Any]:
    """Say which decisions the user may take now, and why not the others."""
    offers = {offer.name: offer for offer in LIFE.offers(customer, request.user)}
    back = offers.get(RETURN)
    red = judged.red(confirmed=False)
    return {
        "may_approve": APPROVE in offers,
        "may_return": back is not None,
        "may_enable": "enable" in offers,
        "approve_problem": _why_not(request, customer, judged) if APPROVE in offers else "",
        "return_problem": back.problem if back else "",
        "asks_confirmation": any(line.needs_confirmation for line in red),
    }


def _why_not(request: HttpRequest, customer: Customer, judged: moves.Judgement) -> str:
    """Say why the user cannot approve, whatever they confirm, or ""."""
    refused = transition.ask(
        LIFE, LIFE.transition(APPROVE), [customer], request.user,
        evidence={customer.pk: judged}, shown=Shown(judged.digest, confirmed=True),
    ).refused  # fmt: skip
    if customer.pk not in refused:
        return ""
    problem, red = refused[customer.pk].problems[0], judged.red(confirmed=True)
    if red and not judged.own and problem == judged.problems(confirmed=True)[0]:
        finding = {"finding": red[0].finding}
        return _("A red line of the checklist is in the way: %(finding)s") % finding
    return problem


def _before(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Give how often the record was submitted, why it came back, and what changed since."""
    found = returned.last(KIND, customer, request.user)
    if found is None:
        return {"returned": None}
    return {
        "returned": found,
        "submissions": submissions(customer),
        "since_return": timeline.since(KIND, customer, request.user, found.version),
    }
