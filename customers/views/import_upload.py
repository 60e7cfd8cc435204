"""The first step of an import: choose a file and how it is taken; and a mended file once more.

It hands the file over; reading and checking is the business of customers/imports.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from core.access import requires
from core.forms.keyed import selected, with_fresh_key
from core.history import Act
from core.views.acts import Attempt
from core.workbook.reading import Limits
from customers.forms.import_upload import FileForm, UploadForm
from customers.import_lifecycle import RIGHT
from customers.imports import desk
from customers.models.import_batch import ImportBatch
from customers.views import import_show
from customers.views.import_page import attempt, batch_of, problem_of, steps

LIMITS = Limits()
REMEMBERED = 3


@requires(RIGHT)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a new file, or show what may be chosen."""
    if request.method != "POST":
        return _page(request, UploadForm(initial=_initial(request)))
    form = UploadForm(request.POST, request.FILES)

    def start(_none: None, act: Act) -> str:
        return str(desk.start(form.cleaned_data["file"], form.name, form.options(), act.by).pk)

    tried = attempt(request, None, form, start)
    if not tried.is_done:
        form.data = with_fresh_key(request.POST)
        return _page(request, form, status=tried.status)
    if not tried.result:  # the same form, sent twice: the first is still at work
        return redirect("customers:import-list")
    return redirect("customers:import-show", int(tried.result))


@requires(RIGHT)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mended error workbook, or the whole file once more, into the same import."""
    batch = batch_of(request, pk)
    if request.method != "POST":
        return _again_page(request, batch, FileForm(initial={"version": batch.revision}))
    form = FileForm(request.POST, request.FILES)

    def take(batch: ImportBatch, act: Act) -> Any:
        return desk.upload_again(batch, form.cleaned_data["file"], form.name, act)

    tried = attempt(request, batch, form, take)
    if not tried.is_done:
        return _not_again(request, pk, form, tried)
    return redirect("customers:import-show", pk)


def limits_in_words() -> str:
    """Say what is read at most."""
    return _(".xlsx, .xls or .csv, up to %(size)s and %(rows)s rows a sheet") % {
        "size": filesizeformat(LIMITS.file_bytes).replace("\xa0", " ").replace(".0", ""),
        "rows": f"{LIMITS.rows:,}",
    }


def _initial(request: HttpRequest) -> dict[str, str]:
    """Give the settings of the import named in the address, else the safe ones of the last one.

    What removes or submits something is chosen anew each time.
    """
    mine = desk.visible_to(request.user)
    like = selected([request.GET.get("like", "")])
    found = mine.filter(pk__in=like).first()
    if not like:
        last = mine.filter(by=request.user).newest_first().first()
        return {"mode": last.mode} if last and last.mode == ImportBatch.Mode.ADD else {}
    if found is None:
        return {}
    return {
        "mode": found.mode,
        "child_mode": found.child_mode,
        "empty": found.empty,
        "submit": "1" if found.submit else "",
    }


def _page(request: HttpRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    last = desk.visible_to(request.user).filter(by=request.user).newest_first()
    context = {
        "form": form,
        "dangers": [] if form.is_bound else form.dangers(),
        "steps": steps(None),
        "limits": limits_in_words(),
        "most_bytes": LIMITS.file_bytes,
        "last": last[:REMEMBERED],
    }
    return render(request, "customers/import_batch/upload.html", context, status=status)


def _again_page(
    request: HttpRequest,
    batch: ImportBatch,
    form: FileForm,
    *,
    problem: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **import_show.common(batch, request),
        "form": form,
        "problem": problem,
        "limits": limits_in_words(),
        "most_bytes": LIMITS.file_bytes,
    }
    return render(request, "customers/import_batch/again.html", context, status=status)


def _not_again(request: HttpRequest, pk: int, form: FileForm, tried: Attempt) -> HttpResponse:
    batch = batch_of(request, pk)
    problem = problem_of(form, tried) if tried.is_stale else None
    form.data = with_fresh_key(request.POST, version=batch.revision)
    return _again_page(request, batch, form, problem=problem, status=tried.status)
