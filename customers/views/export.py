"""Customers leave as files: what the list shows, or the workbook to edit; and who took what.

It reads; the file is made in customers/exports while it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import jobs
from core.access import requires
from core.jobs import files as stored_files
from core.models import ExportLog
from core.text import listed
from customers.exports import files, record, workbook
from customers.forms import exporting
from customers.forms.customer_filter import LISTING
from customers.jobs import export as export_job

EXPORT, IMPORT = "customers.export_customer", "customers.import_customer"
MOST_SHOWN = 200
State = ExportLog.State
TONES = {
    State.WAITING: "neutral",
    State.RUNNING: "info",
    State.DONE: "success",
    State.FAILED: "danger",
}


@require_POST
@requires(EXPORT)
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the customers that the address asks for, in the kind of file that was chosen."""
    kind = request.POST.get("kind", "")
    if kind not in files.CONTENT_TYPES:
        return HttpResponseBadRequest(_("There is no such kind of file."))
    asked = LISTING.read(request.GET, request.user)
    columns = LISTING.columns_of(request.user)
    order = exporting.made(kind, request.user, asked, columns)
    log = record.begin(
        request.user,
        kind=kind,
        name=files.name_of(kind),
        conditions=exporting.conditions(asked),
        columns=order.heads,
    )
    if order.is_large:
        export_job.ask(log, [column.name for column in columns])
        messages.info(request, _("The file is being made; it can be fetched here when complete."))
        return redirect("customers:export-records")
    return _download(record.streamed(log, order.parts), kind, log.name)


@requires(EXPORT)
def fetch(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send a file that a job has made, to the person who asked for it."""
    mine = ExportLog.objects.filter(user=request.user, subject_type=record.SUBJECT)
    log = get_object_or_404(mine.select_related("file"), pk=pk, file__isnull=False)
    assert log.file is not None
    return _download(stored_files.read(log.file), log.kind, log.name)


@requires(IMPORT)
def template(request: HttpRequest) -> StreamingHttpResponse:
    """Send the empty workbook to fill in; it holds no data and is not noted."""
    language = get_language() or ""
    parts = _in_language(language, request.user)
    name = _("Customer import template") + f"-{timezone.localdate():%Y%m%d}.xlsx"
    return _download(parts, files.WORKBOOK, name)


@requires(EXPORT)
def records(request: HttpRequest) -> HttpResponse:
    """Show who took which customers out, the newest first."""
    found = ExportLog.objects.filter(subject_type=record.SUBJECT).select_related("user")
    logs = list(found.order_by("-pk")[: MOST_SHOWN + 1])
    kinds = files.labels()
    lines = [
        {
            "log": log,
            "kind": kinds.get(log.kind, log.kind),
            "columns": listed(log.columns),
            "state": log.get_state_display(),
            "tone": TONES[log.state],
            "is_mine": log.file_id is not None and log.user_id == request.user.pk,
        }
        for log in logs[:MOST_SHOWN]
    ]
    is_waiting = any(log.state in (State.WAITING, State.RUNNING) and log.job_id for log in logs)
    context = {
        "lines": lines,
        "has_more": len(logs) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "days": record.KEPT.days,
        "has_no_worker": is_waiting and not jobs.has_worker(),
    }
    return render(request, "customers/export/records.html", context)


def _in_language(language: str, user: Any) -> Iterator[bytes]:
    with override(language):
        for _rows, data in workbook.template(user):
            yield data


def _download(parts: Iterator[bytes], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=files.CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response
