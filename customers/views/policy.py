"""The page of the company's switches; writes only through customers/services/policy.py."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import timeline
from core.access import requires
from core.views.acts import act_of, data_of, posted
from customers.forms.policy import PolicyForm
from customers.models import Policy
from customers.services import policy as service


@requires("customers.manage_settings")
def edit(request: HttpRequest) -> HttpResponse:
    """Show and change the switches in force."""
    policy = Policy.current()
    form = PolicyForm(data_of(request), row=policy)
    tried = posted(
        request,
        form,
        lambda version: service.change(form.values(), version=version, act=act_of(request)),
        now={"version": policy.version},
    )
    if tried.is_done:
        messages.success(request, _("Settings saved."))
        return redirect("customers:policy-edit")
    context = {
        "form": form,
        "policy": policy,
        "stale": tried.is_stale,
        "entries": timeline.entries(Policy, service.ONLY),
    }
    return render(request, "customers/policy/edit.html", context, status=tried.status)
