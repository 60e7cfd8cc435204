"""A table comes in as a file: upload, check, confirm; all rows or none.

Between check and confirm the sheet travels signed in the page; nothing is kept on a disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.forms.sheet import ConfirmForm, UploadForm
from core.records import sheet
from core.records.record_sheet import RecordSheet
from core.records.register import Register
from core.records.sheet import Make, NotWritten, Report, Table
from core.views.acts import act_of, attempt
from core.workbook import writing

MOST_SHOWN = 1000
NOT_SAID: Mapping[str, Any] = {"read_as": "", "is_sure": True}


@dataclass(frozen=True)
class Way:
    """One way in: the sheet it makes for a person (and an act), its addresses and its templates.

    `use` says for what a checked sheet is signed; `template` is where an empty or full one is got.
    """

    make: Make
    use: str
    here: str
    back: str
    template: str
    templates: Callable[[str], list[str]]
    context: Mapping[str, Any] = field(default_factory=dict)


def take(register: Register, request: HttpRequest) -> HttpResponse:
    """Take a table of records, show what it would do, and do it when that is confirmed."""
    kind = register.kind
    way = Way(
        make=partial(RecordSheet, kind),
        use=f"record:{kind.subject}",
        here=kind.url("import"),
        back=kind.url("list"),
        template=kind.url("import-template"),
        templates=kind.templates,
        context={"kind": kind, "title": register.title, "one": kind.plural},
    )
    return answer(request, way)


def template(register: Register, request: HttpRequest) -> HttpResponse:
    """Send the empty sheet to fill in."""
    plural = register.kind.plural
    heads = RecordSheet(register.kind, request.user).heads()
    return workbook(plural, writing.write(plural, heads, []))


def workbook(title: str, data: bytes) -> HttpResponse:
    """Give the answer that a browser keeps as a workbook of today."""
    name = f"{title}-{timezone.localdate():%Y%m%d}.xlsx"
    response = HttpResponse(data, content_type=writing.CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def answer(request: HttpRequest, way: Way) -> HttpResponse:
    """Take a table, show what it would do, and do it when that is confirmed."""
    if request.method != "POST":
        return _upload(request, way, _form(request, way))
    if "sheet" in request.POST:
        return _confirmed(request, way)
    form = _form(request, way, request.POST, request.FILES)
    if not form.is_valid() or form.table is None:
        return _upload(request, way, form, status=422)
    report = sheet.check(way.make(request.user), form.table)
    read_as = {"read_as": form.read_as, "is_sure": form.content.is_sure}
    return _preview(request, way, form.table, form.file_name, report, read_as)


def _form(request: HttpRequest, way: Way, *given: Any) -> UploadForm:
    made = way.make(request.user)
    return UploadForm(*given, understand=partial(sheet.understand, made), most=made.most)


def _confirmed(request: HttpRequest, way: Way) -> HttpResponse:
    form = ConfirmForm(request.POST, use=way.use, user=request.user)
    if not form.is_valid():
        refused = form.errors.get("sheet", [])
        return _upload(request, way, _form(request, way), status=422, refused=refused)
    body = form.cleaned_data["sheet"]
    table, name = Table(**body["table"]), body["name"]
    act = act_of(request, source="import", reason=name)
    tried = attempt(partial(sheet.write, way.make, table, digest=body["digest"], act=act))
    if not tried.is_done:
        known = tried.cause.report if isinstance(tried.cause, NotWritten) else None
        report = known or sheet.check(way.make(request.user), table)
        return _preview(request, way, table, name, report, status=tried.status)
    new, updated, unchanged = tried.result.split(",")
    text = _("Imported: %(new)s added, %(updated)s changed, %(unchanged)s unchanged.")
    messages.success(request, text % {"new": new, "updated": updated, "unchanged": unchanged})
    return redirect(way.back)


def _upload(
    request: HttpRequest, way: Way, form: UploadForm, *, status: int = 200, refused: Any = ()
) -> HttpResponse:
    made = way.make(request.user)
    context = {
        **way.context,
        "way": way,
        "form": form,
        "labels": [made.label(name) for name in made.fields],
        "needed": [made.label(name) for name in made.needed],
        "refused": refused,
    }
    return render(request, way.templates("import"), context, status=status)


def _preview(
    request: HttpRequest,
    way: Way,
    table: Table,
    name: str,
    report: Report,
    read_as: Mapping[str, Any] = NOT_SAID,
    *,
    status: int = 200,
) -> HttpResponse:
    form = ConfirmForm(use=way.use, user=request.user)
    writes = not report.faults and bool(report.planned)
    if writes:
        form.initial["sheet"] = form.sign(table=asdict(table), name=name, digest=report.digest)
    context = {
        **way.context,
        "way": way,
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
    return render(request, way.templates("preview"), context, status=status)
