"""The addresses of a kind of record, each with the right that its view asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from core.access import requires
from core.records.register import Register
from core.views import (
    record_bulk,
    record_detail,
    record_do,
    record_export,
    record_form,
    record_list,
    record_sheet,
)

View = Callable[..., Any]


def urls(register: Register) -> list[URLPattern]:
    """Give the addresses of the pages that every kind has."""
    stem, place, kind = register.kind.stem, register.place, register.kind
    view, export, moves = kind.right("view"), kind.right("export"), kind.life.rights
    add, change, taking = kind.right("add"), kind.right("change"), kind.right("import")

    def of(answer: View, *rights: str) -> View:
        return requires(*rights)(_about(register, answer))

    def posted(answer: View, *rights: str) -> View:
        return require_POST(of(answer, *rights))

    hints = posted(record_form.hints, add, change)
    form = [
        path(f"{place}add/", of(record_form.add, add), name=f"{stem}-add"),
        path(f"{place}hints/", hints, name=f"{stem}-hints"),
        path(f"{place}<int:pk>/edit/", of(record_form.edit, change), name=f"{stem}-edit"),
        path(f"{place}<int:pk>/hints/", hints, name=f"{stem}-hints"),
    ]
    if kind.code:
        redraw = posted(record_form.redraw, change)
        form.append(path(f"{place}<int:pk>/redraw/", redraw, name=f"{stem}-redraw"))
    sheet = [
        path(f"{place}import/", of(record_sheet.take, taking), name=f"{stem}-import"),
        path(
            f"{place}import/template/",
            of(record_sheet.template, taking),
            name=f"{stem}-import-template",
        ),
    ]
    return [
        *form,
        *(sheet if register.has_sheet else ()),
        path(place, of(record_list.page, view), name=f"{stem}-list"),
        path(f"{place}columns/", posted(record_list.columns, view), name=f"{stem}-columns"),
        path(f"{place}export/", posted(record_export.export, export), name=f"{stem}-export"),
        path(f"{place}export/records/", of(record_export.records, export), name=f"{stem}-exports"),
        path(
            f"{place}export/<int:pk>/file/",
            of(record_export.fetch, export),
            name=f"{stem}-export-file",
        ),
        path(f"{place}bulk/", posted(record_bulk.start, *moves), name=f"{stem}-bulk"),
        path(
            f"{place}bulk/<uuid:bulk_id>/", of(record_bulk.show, *moves), name=f"{stem}-bulk-result"
        ),
        path(f"{place}<int:pk>/", of(record_detail.show, view), name=f"{stem}-detail"),
        path(f"{place}<int:pk>/do/<slug:name>/", posted(record_do.do, view), name=f"{stem}-do"),
    ]


def _about(register: Register, answer: View) -> View:
    """Give what answers about one kind, under the name of what answers about any."""
    return update_wrapper(partial(answer, register), answer)
