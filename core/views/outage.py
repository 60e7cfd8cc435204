"""The page for a database in trouble: what is wrong, and what was typed, ready to be sent again.

It asks nothing of the database, the session or the user.
"""

from __future__ import annotations

import logging

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from core.outage import Outage

RETRY_AFTER = "10"
SECRET = ("password", "secret", "token")
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field

logger = logging.getLogger(__name__)


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
