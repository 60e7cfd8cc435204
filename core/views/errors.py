"""The pages for what went wrong, in plain words and in the language of the person.

The pages for a bug and for a database in trouble ask nothing of the database, the session or the
user; the latter says what is wrong and gives back what was typed, ready to be sent again.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.forms.session import SignInForm
from core.outage import Outage, outage_of
from core.views import kept as kept_views

RETRY_AFTER = "10"
SECRET = ("password", "secret", "token")
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


def unavailable(request: HttpRequest, outage: Outage, error: BaseException) -> HttpResponse:
    """Answer 503; what the request did to the connection ends with the request."""
    logger.error(
        "The database is in trouble (%s): %s", outage.value, " ".join(str(error).split()),
        extra={"request": request, "status_code": 503},
    )  # fmt: skip
    was_open = connection.connection is not None
    context = {
        "kind": outage.value,
        "reference": request.META.get("REFERENCE", ""),
        "path": request.get_full_path(),
        "fields": typed(request),
        "had_files": bool(getattr(request, "_files", None)),
    }
    context["words"] = [value for name, value in context["fields"] if _is_for_people(name, value)]
    page = HttpResponse(render_to_string("errors/503.html", context), status=503)
    page["Retry-After"] = RETRY_AFTER
    page._has_been_logged = True
    page.was_cut = outage is Outage.AWAY and was_open
    return page


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a posted form as far as they may be in a page: no password is."""
    if request.method != "POST":
        return []
    try:
        lists = list(request.POST.lists())
    except Exception:  # whatever is wrong with the body, the page must come
        return []
    return [
        (name, value)
        for name, values in lists
        for value in values
        if name == _TOKEN or not any(word in name.lower() for word in SECRET)
    ]


def _is_for_people(name: str, value: str) -> bool:
    hidden = (_TOKEN, "key", "version", "next")
    return bool(value.strip()) and name not in hidden and not name.endswith(("_FORMS", "-id"))


logger = logging.getLogger(__name__)


class LockedForm(SignInForm):
    """The login form once more, with the name still in it; it tries no password."""

    def clean(self) -> dict[str, Any]:
        """Refuse, whatever was typed."""
        raise ValidationError(_("Too many wrong passwords. Wait 15 minutes, then try again."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request itself makes no sense to us; 413 when there is too much of it."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return HttpResponse(_plain("errors/413_form.html", request), status=413)
    return HttpResponse(_plain("errors/400.html", request), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: the page exists but is not for this person."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: nothing here, or nothing this person may know of."""
    return render(request, "errors/404.html", status=404)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """Answer 413: a file of more than `most` MB."""
    return render(request, "errors/413.html", {"most": most}, status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the database is in trouble, else 500: a bug; the log has its traceback."""
    error = sys.exc_info()[1]
    if error is not None and (found := outage_of(error)):
        return unavailable(request, found, error)
    return HttpResponse(_plain("errors/500.html", request), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403: the form's token is missing or old, most often after a new login."""
    if answer := kept_views.with_old_token(request):
        return answer
    logger.warning("csrf: %s", reason, extra={"request": request, "status_code": 403})
    return render(request, "errors/csrf.html", status=403)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """Answer 429 on the login page: too many wrong passwords for this name from this address."""
    form = LockedForm(request, data=request.POST)
    return render(request, "core/login.html", {"form": form}, status=429)


def _plain(template: str, request: HttpRequest) -> str:
    """Render without context processors: they would ask for the session and the user."""
    return render_to_string(template, {"reference": request.META.get("REFERENCE", "")})
