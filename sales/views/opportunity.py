"""Entering opportunities: their form is not there yet."""

from django.http import Http404, HttpRequest, HttpResponse

from core.access import requires
from sales.lifecycle import CHANGE
from sales.roles import ADD


@requires(ADD)
def add(request: HttpRequest) -> HttpResponse:
    """Nothing yet."""
    raise Http404


@requires(CHANGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing yet."""
    raise Http404
