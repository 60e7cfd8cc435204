"""The desk of a reviewer, for whatever waits: queues, one record with its checklist, the decision.

What the checks say stands in queries; whether a decision holds, services decide. What is peculiar
to one kind of record is said by its `Desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.access import permissions_of, requires
from core.forms.keyed import with_fresh_key
from core.markup import format_html_join
from core.records import returned, transition
from core.records.kind import Kind
from core.records.remarks import remarks_in
from core.records.transition import Shown
from core.saving import NotAsShown
from core.templatetags.ui_parts import attribute
from core.templatetags.ui_remarks import Pins
from core.templatetags.ui_values import since
from core.views import record_detail
from core.views.acts import Attempt, act_of, attempt, told
from core.views.record_do import changed_meanwhile
from core.workflow import Transition
from customers.forms.transition import DecisionForm
from customers.queries import review, waiting
from customers.queries.customer import submissions
from customers.queries.waiting import Queue

APPROVE, RETURN = "approve", "return"


@dataclass(frozen=True)
class Line:
    """One record in the queue: how it is called, a tag, its number, who submitted it."""

    name: Any
    tag: SafeString
    code: str
    who: Any


@dataclass(frozen=True, eq=False)
class Desk:
    """How records of one kind are decided on.

    `find(pk, user)` gives one with all that its page reads; `judge(record, user)` what was checked.
    `shows(request, record, judged)` is what its template shows beside what every desk's does; the
    places under "pinnable" take remarks for a return.
    `back` is the move that takes an approval back.
    """

    kind: Kind
    queue_of: Callable[[Any], Queue]
    find: Callable[[int, Any], Any]
    judge: Callable[[Any, Any], Any]
    shows: Callable[[HttpRequest, Any, Any], Mapping[str, Any]]
    line: Callable[[Any], Line]
    template: str
    form: type[DecisionForm]
    back: str


@requires(*waiting.RIGHTS)
def queue(request: HttpRequest) -> HttpResponse:
    """Go to the record that waits longest in a queue, or say that none waits."""
    mine = waiting.of(request.user)
    asked = [one for one in mine if one.name == request.GET.get("queue")]
    for one in asked or mine:
        first = one.first(request.user)
        if first:
            return redirect(one.page, first[0])
    [shown, *_others] = asked or mine
    context = {"nobody": shown.nobody, "queues": _tabs(request, shown)}
    return render(request, "customers/review/queue.html", context)


def before(kind: Kind, record: Any, user: Any) -> dict[str, Any]:
    """Give how often a record was submitted, and why it came back, if it did."""
    found = returned.last(kind, record, user)
    return {"returned": found, "submissions": submissions(kind.subject, record.pk) if found else 0}


def show(desk: Desk, request: HttpRequest, pk: int) -> HttpResponse:
    """Show a record to decide on with what the machine checked, or carry out the decision."""
    if request.method == "POST":
        return _decide(desk, request, pk)
    record = desk.find(pk, request.user)
    if record is not None and not _is_waiting(desk, record):
        messages.info(request, _("“%(name)s” is not waiting for a review.") % {"name": record})
        return redirect(desk.kind.url("detail", pk))
    return _page(desk, request, record)


def _is_waiting(desk: Desk, record: Any) -> bool:
    return record.state in desk.kind.life.transition(APPROVE).sources


def _decide(desk: Desk, request: HttpRequest, pk: int) -> HttpResponse:
    form = desk.form(request.POST)
    decision = request.POST.get("decision", "")
    if decision == DecisionForm.STAY:
        return _again(desk, request, pk, form=form)
    move = desk.kind.life.transition(RETURN if decision == DecisionForm.RETURN else APPROVE)
    if move.permission not in permissions_of(request.user):
        raise PermissionDenied
    if not form.is_valid():
        return _again(desk, request, pk, form=form, status=422)
    seen = form.cleaned_data
    then = "enable" if decision == DecisionForm.ENABLE else ""
    act = act_of(request, reason=form.whole_reason())
    shown = Shown(seen["digest"], seen["confirmed"])
    perform = partial(transition.perform, desk.kind, move.name, pk, version=seen["version"])
    pinned = remarks_in(request.POST)
    tried = attempt(partial(perform, act=act, shown=shown, then=then, pinned=pinned))
    if not tried.is_done:
        return _not_done(desk, request, pk, form, tried)
    if not tried.is_new:
        return _next(desk, request, get_object_or_404(desk.kind.seen_by(request.user), pk=pk))
    done = desk.kind.life.transition(then) if then else move
    messages.success(request, _told(desk, request, done, tried.result))
    return _next(desk, request, tried.result)


def _not_done(
    desk: Desk, request: HttpRequest, pk: int, form: DecisionForm, tried: Attempt
) -> HttpResponse:
    """Show the record and its checks as they are now, and say why nothing was decided."""
    problems = tried.refused.problems if tried.refused else []
    if tried.refused:
        title = _("Not done")
    elif isinstance(tried.cause, NotAsShown):
        title = _("Not done: the checks have another result now. Look at them, then decide.")
    else:
        title = changed_meanwhile(desk.kind, request, pk, form.cleaned_data["version"])
    return _again(desk, request, pk, form=form, title=title, problems=problems, status=409)


def _again(desk: Desk, request: HttpRequest, pk: int, **shown: Any) -> HttpResponse:
    return _page(desk, request, desk.find(pk, request.user), **shown)


def _told(desk: Desk, request: HttpRequest, move: Transition, record: Any) -> SafeString:
    """Say what was done, with the way to the record and to what takes it back."""
    page, life = desk.kind.url("detail", record.pk), desk.kind.life
    back, pattern = life.transition(desk.back), '{} <a href="{}">{}</a>'
    values = [told(move, str(record)), page, _("Open the record")]
    if not life.first_problem(back, record, request.user):
        pattern += ' <a href="{}">{}</a>'
        values += [f"{page}?{record_detail.ASK}={back.name}", back.label]
    return format_html(pattern, *values)


def _next(desk: Desk, request: HttpRequest, decided: Any) -> HttpResponse:
    """Open the record that waits behind the decided one, else the first, else another queue."""
    own = desk.queue_of(decided)
    others = own.following(request.user, decided) or own.first(request.user)
    left = [pk for pk in others if pk != decided.pk]
    return redirect(own.page, left[0]) if left else redirect("customers:review-queue")


def _page(
    desk: Desk,
    request: HttpRequest,
    record: Any,
    *,
    form: DecisionForm | None = None,
    title: str = "",
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    if record is None:
        raise Http404
    judged, own = desk.judge(record, request.user), desk.queue_of(record)
    hidden = {"version": record.version, "digest": judged.digest}
    if form is None:
        shown = desk.form(initial=hidden)
    else:
        shown = desk.form(with_fresh_key(request.POST, **hidden))
        shown.is_valid()
    rights = _rights(desk, request, record, judged)
    own_parts = desk.shows(request, record, judged)
    typed = None if form is None else request.POST
    can_return = rights["may_return"] and not rights["return_problem"]
    pinnable = own_parts.get("pinnable") if can_return else None
    context = {
        "form": shown,
        "pins": Pins(pinnable, typed) if pinnable else None,
        "title": title,
        "problems": problems or [],
        "checklist": judged,
        "page": own.page,
        "record": record,
        "queues": _tabs(request, own),
        **_queue(desk, own, request, record),
        **rights,
        **own_parts,
    }
    return render(request, desk.template, context, status=status)


def _tabs(request: HttpRequest, shown: Queue) -> list[tuple[Queue, int, bool]]:
    """Give the queues that a person decides on, how many wait in each, and which one is shown."""
    user = request.user
    return [(one, one.some(user), one is shown) for one in waiting.of(user)]


def _queue(desk: Desk, own: Queue, request: HttpRequest, record: Any) -> dict[str, Any]:
    """Give the part of the queue around a record, its place in it, and its two neighbours."""
    ahead, behind = own.ahead(request.user, record), own.behind(request.user, record)
    total, is_capped = own.count(request.user)
    place, is_far = own.count(request.user, record)
    here = [record] if _is_waiting(desk, record) else []
    return {
        "queue": _lines(desk, own, [*ahead, *here, *behind], record),
        "total": total,
        "is_capped": is_capped,
        "place": None if is_far or not here else place + 1,
        "previous": ahead[-1] if ahead else None,
        "following": behind[0] if behind else None,
        "more": max(0, total - place - len(here) - len(behind)),
    }


def _lines(desk: Desk, own: Queue, records: list[Any], current: Any) -> SafeString:
    """Give the queue as links: for fifty records a template takes as long as the rest of a page."""
    page = reverse(own.page, args=[0])
    lines = ((one, desk.line(one)) for one in records)
    return format_html_join(
        "\n",
        '<li><a class="queue__item" href="{}"{}><span class="queue__top"><b>{}</b>{}</span>'
        '<span class="queue__meta">{}<span>{} · {}</span></span></a></li>',
        (
            (
                page.replace("/0/", f"/{one.pk}/"),
                attribute("aria-current", "true" if one.pk == current.pk else ""),
                line.name,
                since(one.submitted_at),
                line.tag,
                line.code,
                line.who,
            )
            for one, line in lines
        ),
    )


def _rights(desk: Desk, request: HttpRequest, record: Any, judged: Any) -> dict[str, Any]:
    """Say which decisions the user may take now, and why not the others."""
    offers = {offer.name: offer for offer in desk.kind.life.offers(record, request.user)}
    back = offers.get(RETURN)
    red = judged.red(confirmed=False)
    return {
        "may_approve": APPROVE in offers,
        "may_return": back is not None,
        "may_enable": "enable" in offers,
        "approve_problem": _why_not(desk, request, record, judged) if APPROVE in offers else "",
        "return_problem": back.problem if back else "",
        "asks_confirmation": any(line.needs_confirmation for line in red),
    }


def _why_not(desk: Desk, request: HttpRequest, record: Any, judged: Any) -> str:
    """Say why the user cannot approve, whatever they confirm, or ""."""
    refused = transition.ask(
        desk.kind.life, desk.kind.life.transition(APPROVE), [record], request.user,
        evidence={record.pk: judged}, shown=Shown(judged.digest, confirmed=True),
    ).refused  # fmt: skip
    if record.pk not in refused:
        return ""
    problem, red = refused[record.pk].problems[0], judged.red(confirmed=True)
    if red and problem == review.told(red[0]):
        finding = {"finding": red[0].finding}
        return _("A red line of the checklist is in the way: %(finding)s") % finding
    return problem
