"""The empty workbook to fill in; it holds no data and is not noted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core.access import requires
from core.views.record_export import download
from core.workbook import writing
from customers.exports import workbook


@requires("customers.import_customer")
def template(request: HttpRequest) -> StreamingHttpResponse:
    """Send the empty workbook."""
    parts = _in_language(get_language() or "", request.user)
    name = _("Customer import template") + f"-{timezone.localdate():%Y%m%d}.xlsx"
    return download(parts, writing.CONTENT_TYPE, name)


def _in_language(language: str, user: Any) -> Iterator[bytes]:
    with override(language):
        for _rows, data in workbook.parts(user):
            yield data
