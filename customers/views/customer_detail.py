"""What customers have beside all records: found by code, the regular check, the empty workbook."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import plans
from core.access import requires
from core.forms.keyed import KeyedForm
from core.records import numbering
from core.views import record_detail
from core.views.acts import CONFLICT, Attempt, act_of, attempt
from core.views.record_detail import Tried
from core.views.record_do import changed_meanwhile
from core.views.record_export import download
from core.workbook import writing
from customers.exports import workbook
from customers.models import Customer
from customers.registers import REGISTER
from customers.services import customer as customer_service


@requires("customers.view_customer")
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the customer that has, or once had, this code."""
    wanted = code.strip().upper()
    if not wanted or not wanted.isprintable():
        raise Http404
    mine = Customer.objects.visible_to(request.user)
    found = mine.filter(plans.filled("code"), code=wanted).values_list("pk", flat=True).first()
    if found is None:
        former = get_object_or_404(numbering.ledger(REGISTER.kind), code=wanted)
        found = get_object_or_404(mine.only("pk"), pk=former.subject_id).pk
    return redirect("customers:customer-detail", found)


@require_POST
@requires("customers.change_customer")
def checked(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the data of an enabled customer was looked through and is right."""
    form = KeyedForm(request.POST)
    is_valid, version = form.is_valid(), form.cleaned_data.get("version")
    tried = Attempt(CONFLICT)
    if is_valid and version is not None:
        act = act_of(request)
        tried = attempt(partial(customer_service.confirm_checked, pk, version=version, act=act))
    if tried.is_new:
        messages.success(request, _("Reviewed. The next review is scheduled."))
    if tried.is_done:
        return redirect("customers:customer-detail", pk)
    if tried.refused:
        asked = Tried(_("Not done"), tuple(tried.refused.problems))
    else:
        asked = Tried(changed_meanwhile(REGISTER.kind, request, pk, version), ())
    return record_detail.show(REGISTER, request, pk, asked=asked, status=409)


@requires("customers.import_customer")
def template(request: HttpRequest) -> StreamingHttpResponse:
    """Send the empty workbook."""
    parts = _in_language(get_language() or "", request.user)
    name = _("Customer import template") + f"-{timezone.localdate():%Y%m%d}.xlsx"
    return download(parts, writing.CONTENT_TYPE, name)


def _in_language(language: str, user: Any) -> Iterator[bytes]:
    with override(language):
        for _rows, data in workbook.parts(user):
            yield data
