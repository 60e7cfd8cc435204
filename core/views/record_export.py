"""Records leave as files: what the list shows, or a file of the app's own; and who took what.

It reads; the file is made in core/records/exports while it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core import jobs
from core.jobs import files as stored_files
from core.models import ExportLog
from core.records.exports import files, job
from core.records.register import Register
from core.text import listed

MOST_SHOWN = 200
State = ExportLog.State
TONES = {
    State.WAITING: "neutral",
    State.RUNNING: "info",
    State.DONE: "success",
    State.FAILED: "danger",
}


def fetch(register: Register, request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send a file that a job has made, to the person who asked for it."""
    mine = ExportLog.objects.filter(user=request.user, subject_type=_subject(register))
    found = get_object_or_404(mine.select_related("file"), pk=pk, file__isnull=False)
    assert found.file is not None
    kind = files.of(register)[found.kind]
    return download(stored_files.read(found.file), kind.content_type, found.name)


def download(parts: Iterator[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    """Give the answer that a browser keeps as a file of this name."""
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response


def _subject(register: Register) -> str:
    return register.kind.aggregate.subject_type


def export(register: Register, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the records that the address asks for, as a chosen kind of file."""
    kind = files.of(register).get(request.POST.get("kind", ""))
    if kind is None:
        return HttpResponseBadRequest(_("There is no such kind of file."))
    listing = register.listing_of(request.user)
    asked = listing.read(request.GET, request.user)
    columns = listing.columns_of(request.user)
    made = files.made(kind, register, request.user, asked, columns)
    noted = job.begin(
        _subject(register),
        request.user,
        kind=kind.name,
        name=files.name_of(register, kind),
        conditions=files.conditions(asked),
        columns=made.heads,
    )
    if made.is_large:
        job.ask(noted, [column.name for column in columns])
        messages.info(request, _("The file is being made; it can be fetched here when complete."))
        return redirect(register.kind.url("exports"))
    return download(job.streamed(noted, made.parts), kind.content_type, noted.name)


def records(register: Register, request: HttpRequest) -> HttpResponse:
    """Show who took which records out, the newest first."""
    found = ExportLog.objects.filter(subject_type=_subject(register)).select_related("user")
    logs = list(found.order_by("-pk")[: MOST_SHOWN + 1])
    kinds = files.of(register)
    lines = [
        {
            "log": one,
            "kind": kinds[one.kind].label if one.kind in kinds else one.kind,
            "columns": listed(one.columns),
            "state": one.get_state_display(),
            "tone": TONES[one.state],
            "is_mine": one.file_id is not None and one.user_id == request.user.pk,
        }
        for one in logs[:MOST_SHOWN]
    ]
    is_waiting = any(one.state in (State.WAITING, State.RUNNING) and one.job_id for one in logs)
    context = {
        "register": register,
        "kind": register.kind,
        "title": register.title,
        "lines": lines,
        "has_more": len(logs) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "days": job.KEPT.days,
        "has_no_worker": is_waiting and not jobs.has_worker(),
    }
    return render(request, register.kind.templates("exports"), context)
