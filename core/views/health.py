"""The probe that a proxy or a supervisor asks whether this process can work.

Says nothing about the data or the version to whoever asks.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from core.access import public


@public
def show(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
