"""Suggestions for a field that is filled by typing: the values that fit, some with why not.

It reads only; what is typed is looked up again when the form arrives.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse

from core import extend
from core.access import permissions_of, signed_in
from core.choosing import LONGEST, MOST


@signed_in
def show(request: HttpRequest, source: str) -> JsonResponse:
    """Give the values of a source that fit `q`; with `every` also those that are disabled."""
    try:
        values = extend.source(source)
    except KeyError as error:
        raise Http404 from error
    if values.permission not in permissions_of(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "")[:LONGEST]
    found = values.options(request.user, text, every="every" in request.GET)
    shown = [vars(one) for one in found[:MOST]]
    return JsonResponse({"options": shown, "more": len(found) > MOST})
