"""The addresses of a kind of record."""

from __future__ import annotations

from django.urls import URLPattern, path

from core.records.kind import Kind
from core.views import record_list


def urls(kind: Kind) -> list[URLPattern]:
    """Give the addresses of the pages that every kind has."""
    return [
        path(kind.place, record_list.show(kind), name=f"{kind.stem}-list"),
        path(f"{kind.place}columns/", record_list.columns(kind), name=f"{kind.stem}-columns"),
    ]
