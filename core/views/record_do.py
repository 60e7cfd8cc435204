"""Carries out moves of one record: every row of its lifecycle table.

It decides nothing: the table and what it names do; what did not happen is told on the detail page.
"""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.access import permissions_of
from core.forms.keyed import TransitionForm, with_fresh_key
from core.records import timeline, transition
from core.records.kind import Kind
from core.records.register import Register
from core.timeline import since_text
from core.views import record_detail
from core.views.acts import act_of, attempt, told
from core.views.record_detail import Tried
from core.workflow import Transition


def do(register: Register, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move; where it is not possible the record is shown as it is."""
    kind = register.kind
    move = _move(kind, name)
    if move.permission not in permissions_of(request.user):
        raise PermissionDenied
    if move.evidence:  # decided on the page that shows it
        if kind.seen_by(request.user).filter(pk=pk, state__in=move.sources).exists():
            messages.info(request, _("Look at what was checked here, then decide."))
        return redirect(register.evidence_page, pk)
    form = TransitionForm(request.POST, transition=move)
    if not form.is_valid():
        title = _("Not done: look at the reason.")
        return _not_done(register, request, pk, move, title, status=422)
    seen = form.cleaned_data
    act = act_of(request, reason=seen["reason"])
    tried = attempt(partial(transition.perform, kind, name, pk, version=seen["version"], act=act))
    if tried.refused:
        return _not_done(register, request, pk, move, _("Not done"), tried.refused.problems)
    if not tried.is_done:
        title = changed_meanwhile(kind, request, pk, seen["version"])
        return _not_done(register, request, pk, move, title)
    if tried.is_new:
        messages.success(request, told(move, str(tried.result or "")))
    return redirect(kind.url("detail", pk) if move.target else kind.url("list"))


def changed_meanwhile(kind: Kind, request: HttpRequest, pk: int, version: int | None) -> str:
    """Give the sentence for a record that is not what was on the screen any more."""
    last = timeline.latest(kind, pk, request.user)
    if last is None or last.version == version:
        return _("Not done: the record changed meanwhile. This is how it is now.")
    return _("Not done: %(who)s %(ago)s ago: %(done)s. This is how it is now.") % {
        "who": last.actor,
        "ago": since_text(last.at),
        "done": last.label,
    }


def _move(kind: Kind, name: str) -> Transition:
    try:
        return kind.life.transition(name)
    except KeyError as unknown:
        raise Http404 from unknown


def _not_done(
    register: Register,
    request: HttpRequest,
    pk: int,
    move: Transition,
    title: str,
    problems: list[str] | None = None,
    status: int = 409,
) -> HttpResponse:
    """Show the record as it is now, with the reason as it was typed."""
    known = register.kind.seen_by(request.user).filter(pk=pk)
    version = known.values_list("version", flat=True).first()
    data = with_fresh_key(request.POST, version=version)
    form = TransitionForm(data, transition=move, auto_id="asked-%s")
    form.is_valid()
    retry = move if move.comment_required else None
    asked = Tried(title, tuple(problems or ()), retry, form)
    return record_detail.show(register, request, pk, asked=asked, status=status)
