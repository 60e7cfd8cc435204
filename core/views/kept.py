"""Forms that were typed and not carried out: the way back to them, keeping them, letting them go.

It shows a kept form only to the person who typed it, and carries nothing out.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import kept
from core.access import signed_in
from core.models import KeptForm, User

AGAIN = "kept"
# What a form carries for itself: keys, numbers of rows, names of choices, places.
_INTERNAL = re.compile(r"[a-z0-9_:.,?=&%/-]*|[A-Za-z0-9_-]{16,64}")


@signed_in
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead back to the form as it was; a form without a page of its own is offered to be sent."""
    found = kept.find(request.user, pk)
    if found is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if _shows_again(found.place):
        return redirect(f"{found.place}?{AGAIN}={found.pk}")
    fields = kept.typed(found)
    words = [value for _name, value in fields if not _INTERNAL.fullmatch(value.strip())]
    context = {"kept": found, "fields": fields, "words": words}
    return render(request, "core/kept.html", context)


@require_POST
@signed_in
def save(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a form at this moment; the page calls it by itself."""
    place = request.POST.get("place", "")
    writer = kept.writer_of(request.POST)
    is_path = place.startswith("/") and url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    if not is_path or writer is None or writer.pk != request.user.pk:
        return HttpResponseBadRequest()
    _keep(writer, place, request)
    return HttpResponse(status=204)


@require_POST
@signed_in
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a kept form go, and show its page as the record is."""
    found = kept.find(request.user, pk)
    if found is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    place = found.place
    found.delete()
    messages.success(request, _("What you had typed was discarded."))
    return redirect(place if _shows_again(place) else settings.LOGIN_REDIRECT_URL)


@signed_in
@require_GET
def token(request: HttpRequest) -> HttpResponse:
    """Give a page that outlived its session a fresh token, if the same person signed in again."""
    writer = kept.writer_of(request.GET)
    is_same = writer is not None and writer.pk == request.user.pk
    return JsonResponse({"same": is_same, "token": get_token(request) if is_same else ""})


def asked_for(request: HttpRequest) -> QueryDict | None:
    """Give what the address asks to be filled in again (?kept=12) if it is this person's."""
    asked = request.GET.get(AGAIN, "")
    if request.method != "GET" or not (asked.isdecimal() and len(asked) < 16):
        return None
    found = kept.find(request.user, int(asked))
    if found is None or found.place != request.path:
        return None
    data = QueryDict(mutable=True)
    for name, value in kept.typed(found):
        data.appendlist(name, value)
    return data


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asks, which could do nothing with a page."""
    return "application/json" in request.headers.get("Accept", "")


def without_session(request: HttpRequest) -> HttpResponse | None:
    """Keep a form that came when nobody is signed in, and lead to sign in and back to it."""
    if wants_json(request):
        return JsonResponse({"signed_in": False}, status=401)
    writer = kept.writer_of(request.POST) if request.method == "POST" else None
    found = _keep(writer, request.path, request) if writer else None
    if found is None:
        return None
    return redirect_to_login(reverse("core:kept-show", args=[found.pk]))


def with_old_token(request: HttpRequest) -> HttpResponse | None:
    """Do the same for a form older than the sign-in of this browser, perhaps of somebody else."""
    if wants_json(request):
        return JsonResponse({"signed_in": request.user.is_authenticated}, status=403)
    writer = kept.writer_of(request.POST) if request.method == "POST" else None
    if writer is None:
        return None
    if not request.user.is_authenticated:
        return without_session(request)
    if request.user.pk != writer.pk:
        return of_somebody_else(request, writer)
    found = _keep(writer, request.path, request)
    return redirect("core:kept-show", found.pk) if found else None


def of_somebody_else(request: HttpRequest, writer: User) -> HttpResponse:
    """Carry nothing out that another person typed in this browser; it is kept for that person."""
    _keep(writer, request.path, request)
    return render(request, "errors/other_person.html", status=403)


def _keep(writer: User, place: str, request: HttpRequest) -> KeptForm | None:
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    return None if request.FILES else kept.keep(writer, place, fields)


def _shows_again(place: str) -> bool:
    try:
        return getattr(resolve(place).func, "shows_kept", False)
    except Resolver404:
        return False
