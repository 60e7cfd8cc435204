"""Reference values out to Excel and in again: upload, check, confirm.

Between check and confirm the sheet travels signed in the page; nothing is kept on a disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.access import requires
from core.views.acts import act_of, attempt
from core.workbook.writing import CONTENT_TYPE
from customers.forms.reference import ConfirmForm, UploadForm, file_name
from customers.services import exchange
from customers.services.exchange import NotWritten, Report, Table
from customers.services.reference import Kind
from customers.views.reference import MANAGE, common, kind_of

MOST_SHOWN = 1000
NOT_SAID: Mapping[str, Any] = {"read_as": "", "is_sure": True}


@requires(MANAGE)
def export(request: HttpRequest, stem: str) -> HttpResponse:
    """Give all values of a kind as a workbook that can be edited and imported again."""
    kind = kind_of(stem)
    name = f"{kind.model._meta.verbose_name_plural}-{timezone.localdate():%Y%m%d}.xlsx"
    response = HttpResponse(exchange.export(kind), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@requires(MANAGE)
def introduce(request: HttpRequest, stem: str) -> HttpResponse:
    """Take a table, show what it would do, and do it when that is confirmed."""
    kind = kind_of(stem)
    if request.method != "POST":
        return _upload(request, kind, UploadForm(kind=kind))
    if "sheet" in request.POST:
        return _confirmed(request, kind)
    form = UploadForm(request.POST, request.FILES, kind=kind)
    if not form.is_valid() or form.table is None:
        return _upload(request, kind, form, status=422)
    name = file_name(form.cleaned_data["file"].name)
    report = exchange.check(kind, form.table)
    read_as = {"read_as": form.read_as, "is_sure": form.content.is_sure}
    return _preview(request, kind, form.table, name, report, read_as)


def _confirmed(request: HttpRequest, kind: Kind) -> HttpResponse:
    form = ConfirmForm(request.POST, kind=kind, user=request.user)
    if not form.is_valid():
        empty = UploadForm(kind=kind)
        return _upload(request, kind, empty, status=422, refused=form.errors.get("sheet", []))
    body = form.cleaned_data["sheet"]
    table, name = body["table"], body["name"]
    act = act_of(request, source="import", reason=name)
    tried = attempt(partial(exchange.write, kind, table, digest=body["digest"], act=act))
    if not tried.is_done:
        cause = tried.cause
        report = cause.report if isinstance(cause, NotWritten) else exchange.check(kind, table)
        return _preview(request, kind, table, name, report, status=tried.status)
    new, updated, unchanged = tried.result.split(",")
    text = _("Imported: %(new)s added, %(updated)s changed, %(unchanged)s unchanged.")
    messages.success(request, text % {"new": new, "updated": updated, "unchanged": unchanged})
    return redirect("customers:reference-list", kind.stem)


def _upload(
    request: HttpRequest, kind: Kind, form: UploadForm, *, status: int = 200, refused: Any = ()
) -> HttpResponse:
    labels = [exchange.label_of(kind, name) for name in exchange.columns(kind)]
    context = {**common(kind), "form": form, "labels": labels, "refused": refused}
    return render(request, "customers/reference/import.html", context, status=status)


def _preview(
    request: HttpRequest,
    kind: Kind,
    table: Table,
    name: str,
    report: Report,
    read_as: Mapping[str, Any] = NOT_SAID,
    *,
    status: int = 200,
) -> HttpResponse:
    form = ConfirmForm(kind=kind, user=request.user)
    writes = not report.faults and bool(report.planned)
    if writes:
        form.initial["sheet"] = form.sign(table, name, report.digest)
    context = {
        **common(kind),
        "form": form,
        "report": report,
        "unknown": table.unknown,
        "file_name": name,
        "writes": writes,
        "moved": status == 409,
        "faults": report.faults[:MOST_SHOWN],
        "planned": report.planned[:MOST_SHOWN],
        "most": MOST_SHOWN,
        **read_as,
    }
    return render(request, "customers/reference/preview.html", context, status=status)
