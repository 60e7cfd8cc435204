"""The addresses of a kind of record."""

from __future__ import annotations

from django.urls import URLPattern, path

from core.records.register import Register
from core.views import record_bulk, record_detail, record_do, record_export, record_list


def urls(register: Register) -> list[URLPattern]:
    """Give the addresses of the pages that every kind has."""
    stem, place = register.kind.stem, register.place
    return [
        path(place, record_list.show(register), name=f"{stem}-list"),
        path(f"{place}columns/", record_list.columns(register), name=f"{stem}-columns"),
        path(f"{place}export/", record_export.export(register), name=f"{stem}-export"),
        path(f"{place}export/records/", record_export.records(register), name=f"{stem}-exports"),
        path(
            f"{place}export/<int:pk>/file/",
            record_export.fetch(register),
            name=f"{stem}-export-file",
        ),
        path(f"{place}bulk/", record_bulk.start(register), name=f"{stem}-bulk"),
        path(
            f"{place}bulk/<uuid:bulk_id>/", record_bulk.show(register), name=f"{stem}-bulk-result"
        ),
        path(f"{place}<int:pk>/", record_detail.detail(register), name=f"{stem}-detail"),
        path(f"{place}<int:pk>/do/<slug:name>/", record_do.do(register), name=f"{stem}-do"),
    ]
