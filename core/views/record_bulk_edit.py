"""Fields of many records set at once: choose, look at what would come of it, carry out, take back.

One page for each edit, as it stands; core/records/bulk_edit decides and writes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core import jobs
from core.models import BulkEdit, Job
from core.records.bulk_edit import job as service
from core.records.bulk_edit import kept, shown
from core.records.bulk_edit.choice_form import ChoiceForm, WhyForm
from core.records.bulk_edit.kept import ASKED, CHANGED, KEPT, LEFT, REFUSED, SAME, WITHDRAWN
from core.records.kind import Kind
from core.records.register import Register
from core.saving import Refused, Stale
from core.views import record_list
from core.views.record_bulk import MOST_PLACE, selection
from core.views.record_list import FROM

MOST_SHOWN = 100
_OUTCOMES = (CHANGED, ASKED, WITHDRAWN, SAME, KEPT, REFUSED, LEFT)
CHOOSE, RUNNING, PREVIEW, RESULT = "choose", "running", "preview", "result"


def start(register: Register, request: HttpRequest) -> HttpResponse:
    """Freeze what was selected and lead to the fields."""
    user: Any = request.user
    try:
        items = selection(register, request, service.MOST)
        if not items:
            raise Refused([_("Select records first.")])
    except Refused as refused:
        return record_list.page(register, request, problem=" ".join(refused.problems), status=422)
    service.forget_idle(user)
    edit = kept.freeze(register.kind, items, by=user)
    return redirect(_address(register.kind, edit, request.POST.get(FROM, "")))


def show(register: Register, request: HttpRequest, edit_id: UUID) -> HttpResponse:
    """Show an edit where it stands, and do with it what its page offers."""
    edit = _mine(register, request, edit_id)
    if request.method != "POST":
        return _page(register, request, edit)
    step = request.POST.get("step", "")
    try:
        if step == "look":
            form = ChoiceForm(register, edit, request.user, request.POST)
            if not form.is_valid():
                return _page(register, request, edit, form=form, status=422)
            service.choose(edit, form.choice, form.cleaned_data["reason"])
        elif step == "write":
            given = {"reason": edit.reason, **request.POST.dict()}
            why = WhyForm(given, needed=ASKED in edit.looked)
            if not why.is_valid():
                return _page(register, request, edit, why=why, status=422)
            look = request.POST.get("look", "")
            service.write(
                edit,
                look=int(look) if look.isdecimal() and len(look) < 16 else 0,
                reason=why.cleaned_data["reason"],
            )
        elif step == "stop":
            service.stop(edit)
        elif step == "undo":
            edit = service.undo(edit)
    except Stale:
        problem = _("Not done: this was changed meanwhile. Below is how it stands now.")
        edit.refresh_from_db()
        return _page(register, request, edit, problem=problem, status=409)
    except Refused as refused:
        return _page(register, request, edit, problem=" ".join(refused.problems), status=422)
    return redirect(_address(register.kind, edit, request.GET.get(FROM, "")))


def progress(register: Register, request: HttpRequest, edit_id: UUID) -> HttpResponse:
    """Give the panel of the progress alone; the page asks for it every second."""
    edit = _mine(register, request, edit_id)
    context = {**_common(register, request, edit), **_running(edit)}
    return render(request, register.kind.templates("bulk_edit/parts/progress"), context)


def records(register: Register, request: HttpRequest) -> HttpResponse:
    """List the edits that a person began, the newest first."""
    kind = register.kind
    found = _of(register, request).exclude(started_at=None).order_by("-created_at")
    edits = list(found[: MOST_SHOWN + 1])
    newest = edits[:MOST_SHOWN]
    context = {
        "register": register,
        "kind": kind,
        "title": register.title,
        "edits": [
            {"edit": one, "settings": told, "tally": _tally(one)}
            for one, told in zip(newest, shown.settings(kind, newest), strict=True)
        ],
        "has_more": len(edits) > MOST_SHOWN,
        "has_asked": any(ASKED in one.done for one in newest),
        "most": MOST_SHOWN,
    }
    return render(request, kind.templates("bulk_edit/list"), context)


def _of(register: Register, request: HttpRequest) -> Any:
    user: Any = request.user
    return BulkEdit.objects.filter(user=user, subject_type=register.kind.subject)


def _mine(register: Register, request: HttpRequest, edit_id: UUID) -> BulkEdit:
    known = _of(register, request).select_related("job", "undoes", "user")
    found: BulkEdit = get_object_or_404(known, pk=edit_id)
    return found


def _address(kind: Kind, edit: BulkEdit, place: str) -> str:
    """Give the page of an edit, with the place in the list that it was started from."""
    query = {FROM: place[:MOST_PLACE]} if place else {}
    return kind.url("bulk-edit-show", edit.pk, query=query)


def _stage(edit: BulkEdit, request: HttpRequest) -> str:
    if edit.started_at:
        return RESULT if edit.done_at else RUNNING
    if edit.job is not None and edit.job.is_open:
        return RUNNING
    return PREVIEW if edit.looked and "fields" not in request.GET else CHOOSE


def _page(
    register: Register, request: HttpRequest, edit: BulkEdit, *, form: ChoiceForm | None = None,
    why: WhyForm | None = None, problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    stage = CHOOSE if form else _stage(edit, request)
    context = {**_common(register, request, edit), "problem": problem}
    if stage == CHOOSE:
        failed = edit.job is not None and edit.job.state == Job.State.FAILED
        context |= {
            "form": form or ChoiceForm(register, edit, request.user),
            "problem": problem or (edit.job.error if failed and edit.job else ""),
        }
    elif stage == RUNNING:
        context |= _running(edit)
    else:
        context |= _outcome(register, request, edit)
        context["why"] = why or WhyForm(initial={"reason": edit.reason}, needed=True)
    return render(request, register.kind.templates(f"bulk_edit/{stage}"), context, status=status)


def _common(register: Register, request: HttpRequest, edit: BulkEdit) -> dict[str, Any]:
    place = request.GET.get(FROM, "")[:MOST_PLACE]
    return {
        "register": register,
        "kind": register.kind,
        "title": register.title,
        "edit": edit,
        "here": _address(register.kind, edit, place),
        "list_url": register.kind.url("list") + (f"?{place}" if place else ""),
        "counted": register.counted % {"n": edit.total},
        "settings": shown.settings(register.kind, [edit])[0],
    }


def _running(edit: BulkEdit) -> dict[str, Any]:
    """Give everything the progress panel prints."""
    now = jobs.progress(edit.job) if edit.job else jobs.Progress()
    is_over = edit.done_at if edit.started_at else not now.is_open
    return {"now": now, "is_running": not is_over, "is_writing": edit.started_at is not None}


def _outcome(register: Register, request: HttpRequest, edit: BulkEdit) -> dict[str, Any]:
    """Give what comes, or came, of the records: counts, reasons, and a page of lines."""
    kind, counts = register.kind, edit.done if edit.done_at else edit.looked
    show = request.GET.get("show", "")
    show = show if show in counts else ""
    asked = request.GET.get("from", "")
    start = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    lines, has_more = shown.page(kind, edit, request.user, show, start)
    number = counts.get(show, 0) if show else edit.total
    undone = BulkEdit.objects.filter(undoes=edit).first()
    return {
        "tally": _tally(edit),
        "tiles": _tiles(request, edit, counts, show),
        "reasons": shown.reasons(edit, counts),
        "lines": lines,
        "first": start + 1,
        "last": start + len(lines),
        "number": number,
        "previous": _here(request, show, max(start - shown.PER_PAGE, 0)) if start else "",
        "next": _here(request, show, start + shown.PER_PAGE) if has_more else "",
        "fields_url": _here(request, fields="1"),
        "undone": undone,
        "may_undo": undone is None and service.may_undo(edit),
        "requests_url": _requests_url(kind, edit),
        "is_stopped": edit.job is not None and edit.job.state == Job.State.CANCELLED,
        "error": edit.job.error if edit.job and edit.job.state == Job.State.FAILED else "",
    }


def _requests_url(kind: Kind, edit: BulkEdit) -> str:
    """Give the list of the change requests that an edit made, "" for none."""
    is_there = kind.changes and edit.undoes_id is None and edit.done.get(ASKED)
    return kind.changes.url("list", query={"edit": edit.pk}) if kind.changes and is_there else ""


def _tally(edit: BulkEdit) -> dict[str, int]:
    counts = edit.done if edit.done_at else edit.looked
    found = {name: counts.get(name, 0) for name in _OUTCOMES}
    written, unwritten = found[CHANGED] + found[WITHDRAWN], found[REFUSED] + found[KEPT]
    return {**found, "written": written, "done": written + found[ASKED], "unwritten": unwritten}


def _tiles(
    request: HttpRequest, edit: BulkEdit, counts: dict[str, int], shown_now: str
) -> list[dict[str, Any]]:
    """Give the counts as links that show the records of one outcome."""
    is_done, is_undo = edit.done_at is not None, edit.undoes_id is not None
    will = _("Restored") if is_undo else _("Changed") if is_done else _("Will change")
    asked = _("Asked for") if is_done else _("Will be asked for")
    wont = _("Not changed") if is_done else _("Cannot be changed")
    looks = (
        ("", _("All"), "grid", "", edit.total),
        (CHANGED, will, "check", "success", counts.get(CHANGED, 0)),
        (ASKED, asked, "clock", "warn", counts.get(ASKED, 0)),
        (WITHDRAWN, _("Request withdrawn"), "undo", "success", counts.get(WITHDRAWN, 0)),
        (KEPT, _("Request stays"), "alert", "warn", counts.get(KEPT, 0)),
        (SAME, _("Already so"), "check-circle", "", counts.get(SAME, 0)),
        (REFUSED, wont, "alert", "danger", counts.get(REFUSED, 0)),
        (LEFT, _("Not reached"), "pause", "warn", counts.get(LEFT, 0)),
    )
    return [
        {
            "label": label,
            "icon": icon,
            "tone": tone if number else "",
            "number": number,
            "url": _here(request, name) if number else "",
            "is_current": name == shown_now,
        }
        for name, label, icon, tone, number in looks
        if number or name not in (ASKED, WITHDRAWN, KEPT, LEFT)
    ]


def _here(request: HttpRequest, show: str = "", start: int = 0, **more: str) -> str:
    """Give the address of this page with other lines."""
    place = request.GET.get(FROM, "")[:MOST_PLACE]
    known = {"show": show, "from": start or "", FROM: place, **more}
    return f"?{urlencode({name: value for name, value in known.items() if value})}"
