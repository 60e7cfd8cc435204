"""The imports there were: who, which file, how it ended; and the files themselves, by right.

It reads only.
"""

from __future__ import annotations

import tempfile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.access import requires
from core.forms.keyed import selected
from core.jobs import files as stored_files
from core.workbook.writing import CONTENT_TYPE
from customers.exports import error_workbook
from customers.import_lifecycle import CHECKED, DONE, RIGHT, UNDONE
from customers.imports import desk
from customers.models.import_batch import ImportBatch
from customers.views.import_page import batch_of, state_of

PAGE = 50
IN_MEMORY = 8 * 1024 * 1024
JUDGED = frozenset({CHECKED, DONE, UNDONE})
PLAIN = "application/octet-stream"


@requires(RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the imports the user may open, newest first, a page by the key of its last row."""
    mine = desk.visible_to(request.user).select_related("by", "job")
    before = selected([request.GET.get("before", "")])
    if before:
        mine = mine.filter(pk__lt=before[0])
    found = list(mine.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "rows": [_row(batch) for batch in shown],
        "older": f"?before={shown[-1].pk}" if len(found) > PAGE else "",
        "is_later": bool(before),
    }
    return render(request, "customers/import_batch/list.html", context)


@requires(RIGHT)
def file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Give the file back as it was uploaded: always as a download, never as a page."""
    batch = batch_of(request, pk)
    response = StreamingHttpResponse(stored_files.read(batch.file), content_type=PLAIN)
    response["Content-Disposition"] = content_disposition_header(True, batch.name)
    response["Content-Length"] = str(batch.file.size)
    return response


def _row(batch: ImportBatch) -> dict[str, Any]:
    # The time people took between check and write does not count.
    at_work = batch.counts.get("seconds", 0) + batch.counts.get("write_seconds", 0)
    return {
        "batch": batch,
        "state": state_of(batch),
        "counts": batch.counts.get("customers", {}),
        "at_work": at_work,
    }


@requires(RIGHT)
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the user's own rows that are wrong or undecided, with reasons beside the cells."""
    batch = batch_of(request, pk)
    if batch.state not in JUDGED:
        raise Http404
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the response closes it
    error_workbook.write(target, desk.error_workbook_rows(batch), batch=batch.number)
    target.seek(0)
    name = _("Wrong rows of %(number)s") % {"number": batch.number} + ".xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
