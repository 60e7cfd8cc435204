"""The page of the company's switches; writes only through customers/services/policy.py."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import timeline
from core.access import requires
from core.forms.keyed import with_fresh_key
from core.views.acts import Attempt, act_of, carry_out
from customers.forms.policy import PolicyForm
from customers.models import Policy
from customers.services import policy as service


@requires("customers.manage_settings")
def edit(request: HttpRequest) -> HttpResponse:
    """Show and change the switches in force."""
    policy = Policy.current()
    if request.method != "POST":
        return _page(request, policy, PolicyForm(policy=policy))
    form = PolicyForm(request.POST, policy=policy)
    if not form.is_valid():
        return _page(request, policy, form, status=422)
    attempt = carry_out(
        form,
        lambda: service.change(
            form.values(), version=form.cleaned_data["version"] or 0, act=act_of(request)
        ),
    )
    if not attempt.is_done:
        fresh = {"version": policy.version} if attempt.is_stale else {}
        form.data = with_fresh_key(request.POST, **fresh)
        return _page(request, policy, form, attempt)
    messages.success(request, _("Settings saved."))
    return redirect("customers:policy-edit")


def _page(
    request: HttpRequest,
    policy: Policy,
    form: PolicyForm,
    attempt: Attempt | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "policy": policy,
        "stale": attempt is not None and attempt.is_stale,
        "entries": timeline.entries(Policy, service.ONLY),
    }
    status = attempt.status if attempt else status
    return render(request, "customers/policy/edit.html", context, status=status)
