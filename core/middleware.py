"""What holds for every answer: headers, known methods, language, size.

Decides nothing about rights: django's LoginRequiredMiddleware, which SignInFirst is, and
core/access.py do that.
"""

import contextlib
from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from core import kept
from core.views import kept as kept_views
from core.views.errors import too_large
from core.workbook.reading import Limits

Answer = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
KNOWN_METHODS = ("GET", "HEAD", "POST")
SAFE_METHODS = ("GET", "HEAD")
MOST_PASSED_OVER, PIECE = 1024 * 1024 * 1024, 1024 * 1024


def _around(step: Callable[..., HttpResponse]) -> Callable[[Answer], Answer]:
    """Make a middleware of a function that asks for the answer itself."""

    @wraps(step)
    def middleware(get_response: Answer) -> Answer:
        return partial(step, get_response=get_response)

    return middleware


@_around
def headers(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Give the request a reference for the log; keep all answers but static files out of caches."""
    request.META["REFERENCE"] = uuid4().hex[:12]
    response = get_response(request)
    response["Permissions-Policy"] = PERMISSIONS_POLICY
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    is_static = request.path.startswith(settings.STATIC_URL) and response.status_code < 400
    if not is_static:
        response["Cache-Control"] = "no-store"
    return response


@_around
def client_address(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Take the client's address from a proxy on this machine; nobody else is believed."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    with contextlib.suppress(ValueError):
        if ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback:
            request.META["REMOTE_ADDR"] = str(ip_address(told))
    return get_response(request)


@_around
def known_methods(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Refuse TRACE, PUT and the like: views tell reading from writing by GET and POST alone."""
    if request.method not in KNOWN_METHODS:
        return HttpResponseNotAllowed(KNOWN_METHODS)
    return get_response(request)


@_around
def only_posted(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Lead a browser that opens an address which only takes posts to the page above it.

    It stands in the address bar after a refused form; reloading or sharing it is no mistake.
    """
    response = get_response(request)
    is_opened = request.method in ("GET", "HEAD") and "text/html" in request.headers.get(
        "Accept", ""
    )
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_opened:
        return response
    query = request.META.get("QUERY_STRING", "")
    return redirect(_page_above(request.path) + (f"?{query}" if query else ""))


def _page_above(path: str) -> str:
    """Give the nearest address above this one that exists; it may lead on in the same way."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    while above != "/":
        try:
            resolve(above)
        except Resolver404:
            above = above.rstrip("/").rpartition("/")[0] + "/"
        else:
            break
    return above


@_around
def carried_on(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Carry a request out again, once, when its connection was cut before anything was sent.

    That is before a commit, or a write outside a transaction, that may have arrived.
    """
    sent = getattr(connection, "sent", None)
    response = get_response(request)
    is_free = request.method in SAFE_METHODS or sent == getattr(connection, "sent", None)
    if not (getattr(response, "was_cut", False) and sent is not None and is_free):
        return response
    connection.close()
    for name in ("_cached_user", "_messages"):
        request.__dict__.pop(name, None)
    for file in getattr(request, "_files", {}).values():
        file.seek(0)
    return get_response(request)


@_around
def language(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Answer in the user's language, else the cookie's, else Chinese, whatever the browser asks."""
    chosen = chosen_language(request)
    with translation.override(chosen):
        response = get_response(request)
    response["Content-Language"] = chosen
    return response


@_around
def bounded_body(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Refuse what is longer than a file we take and the fields beside it, before it is stored."""
    most = Limits().file_bytes
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) <= most + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return get_response(request)
    # A browser shows the answer to those only whose whole body somebody took.
    for _piece in range(MOST_PASSED_OVER // PIECE):
        if not request.read(PIECE):
            break
    return too_large(request, most // 1024 // 1024)


class SignInFirst(LoginRequiredMiddleware):
    """Lead whoever is not signed in to do so; a form that came too late is kept for its writer."""

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        """Refuse a form that was made for another person than the one who is signed in."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer or request.method != "POST" or not request.user.is_authenticated:
            return answer
        writer = kept.writer_of(request.POST, request.user)
        if writer is None or writer.pk == request.user.pk:
            return None
        return kept_views.of_somebody_else(request, writer)

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        """Keep what was typed before leading to the login page."""
        answer = kept_views.without_session(request)
        return answer or super().handle_no_permission(request, view_func)


@_around
def temporary_password(request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Lead whoever signed in with a temporary password to choose their own, before all else."""
    if not getattr(request.user, "must_change_password", False) or _is_allowed(request.path):
        return get_response(request)
    if request.method == "POST":
        return redirect("core:password")
    return redirect(reverse("core:password", query={"next": request.get_full_path()}))


def _is_allowed(path: str) -> bool:
    names = ("core:password", "core:logout", "core:language", "core:display")
    return path in {reverse(name) for name in names} or path.startswith(settings.STATIC_URL)


def chosen_language(request: HttpRequest) -> str:
    """Return the first known language among the user's, the cookie's and the default."""
    known = dict(settings.LANGUAGES)
    wishes = (
        getattr(request.user, "language", ""),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    )
    return next((wish for wish in wishes if wish in known), settings.LANGUAGE_CODE)
