"""The probe that a proxy or a supervisor asks whether this process can work.

Says nothing about the data or the version to whoever asks.
"""

from django.http import HttpRequest, HttpResponse

from core import probe
from core.access import public


@public
def show(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database can be read and written, else 503 with two words."""
    found = probe.problem()
    return HttpResponse(
        f"{found or 'ok'}\n", content_type="text/plain", status=503 if found else 200
    )
