"""Carries out moves of one customer: every row of the lifecycle table, and the regular check.

It decides nothing: the table and the services do; what did not happen is told on the detail page.
"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import permissions_of, requires
from core.forms.keyed import KeyedForm, with_fresh_key
from core.records import timeline, transition
from core.saving import KeyReused, Refused, Repeated, Stale
from core.templatetags.ui_values import since_text
from core.views.acts import act_of
from core.workflow import Transition
from customers.forms.transition import TransitionForm
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import review
from customers.services import customer as customer_service
from customers.services.kinds import CUSTOMER
from customers.views import customer_detail
from customers.views.customer_detail import Asked


@require_POST
@requires("customers.view_customer")
def do(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move of one customer; where it is not possible show the record as it is now."""
    move = _move(name)
    if move.permission not in permissions_of(request.user):
        raise PermissionDenied
    if move.evidence:  # decided on the page that shows it
        if review.queue(request.user).filter(pk=pk).exists():
            messages.info(request, _("Look at what was checked here, then decide."))
        return redirect("customers:review-show", pk)
    form = TransitionForm(request.POST, transition=move)
    if not form.is_valid():
        return _not_done(request, pk, move, _("Not done: look at the reason."), status=422)
    seen = form.cleaned_data
    try:
        customer = transition.perform(
            CUSTOMER, name, pk, version=seen["version"], act=act_of(request, reason=seen["reason"])
        )
    except Repeated:
        return _onwards(pk, move)
    except Refused as refused:
        return _not_done(request, pk, move, _("Not done"), refused.problems)
    except (Stale, KeyReused):
        return _not_done(request, pk, move, changed_meanwhile(request, pk, seen["version"]))
    messages.success(request, told(move, str(customer) if customer else ""))
    return _onwards(pk, move)


@require_POST
@requires("customers.change_customer")
def checked(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the data of an enabled customer was looked through and is right."""
    form = KeyedForm(request.POST)
    form.is_valid()
    title = changed_meanwhile(request, pk, form.cleaned_data.get("version"))
    problems: list[str] = []
    if form.is_valid() and form.cleaned_data["version"] is not None:
        try:
            customer_service.confirm_checked(
                pk, version=form.cleaned_data["version"], act=act_of(request)
            )
        except Refused as refused:
            title, problems = _("Not done"), refused.problems
        except (Stale, KeyReused):
            pass
        except Repeated:
            return redirect("customers:customer-detail", pk)
        else:
            messages.success(request, _("Reviewed. The next review is scheduled."))
            return redirect("customers:customer-detail", pk)
    asked = Asked(title, tuple(problems))
    return customer_detail.show(request, pk, asked=asked, status=409)


def told(move: Transition, name: str) -> str:
    """Give the sentence that says what was done."""
    return _("%(done)s: %(name)s") % {"done": move.done, "name": name} if name else str(move.done)


def changed_meanwhile(request: HttpRequest, pk: int, version: int | None) -> str:
    """Give the sentence for a record that is not what was on the screen any more."""
    last = timeline.latest(CUSTOMER, pk, request.user)
    if last is None or last.version == version:
        return _("Not done: the record changed meanwhile. This is how it is now.")
    return _("Not done: %(who)s %(ago)s ago: %(done)s. This is how it is now.") % {
        "who": last.actor,
        "ago": since_text(last.at),
        "done": last.label,
    }


def _move(name: str) -> Transition:
    try:
        return WORKFLOW.transition(name)
    except KeyError as unknown:
        raise Http404 from unknown


def _onwards(pk: int, move: Transition) -> HttpResponse:
    if not move.target:
        return redirect("customers:customer-list")
    return redirect("customers:customer-detail", pk)


def _not_done(
    request: HttpRequest,
    pk: int,
    move: Transition,
    title: str,
    problems: list[str] | None = None,
    status: int = 409,
) -> HttpResponse:
    """Show the record as it is now, with the reason as it was typed."""
    known = Customer.objects.visible_to(request.user).filter(pk=pk)
    version = known.values_list("version", flat=True).first()
    data = with_fresh_key(request.POST, version=version)
    form = TransitionForm(data, transition=move, auto_id="asked-%s")
    form.is_valid()
    retry = move if move.comment_required else None
    asked = Asked(title, tuple(problems or ()), retry, form)
    return customer_detail.show(request, pk, asked=asked, status=status)
