"""The addresses of a kind of record, each with the right that its view asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from core.access import requires
from core.records.bulk_edit import kept as bulk_edit
from core.records.register import Register
from core.views import (
    record_bulk,
    record_bulk_edit,
    record_detail,
    record_do,
    record_export,
    record_form,
    record_list,
    record_sheet,
)

View = Callable[..., Any]
Page = tuple[str, str, View, Sequence[str]]  # address, name, what answers, one right of these


def urls(register: Register) -> list[URLPattern]:
    """Give the addresses of the pages that every kind has."""
    stem, place, kind = register.kind.stem, register.place, register.kind
    view, export, moves = kind.right("view"), kind.right("export"), kind.life.rights
    add, change, taking = kind.right("add"), kind.right("change"), kind.right("import")
    asked: list[Page] = [
        ("", "list", record_list.page, (view,)),
        ("export/records/", "exports", record_export.records, (export,)),
        ("export/<int:pk>/file/", "export-file", record_export.fetch, (export,)),
        ("bulk/<uuid:bulk_id>/", "bulk-result", record_bulk.show, moves),
        ("<int:pk>/", "detail", record_detail.show, (view,)),
    ]
    posted: list[Page] = [
        ("columns/", "columns", record_list.columns, (view,)),
        ("export/", "export", record_export.export, (export,)),
        ("bulk/", "bulk", record_bulk.start, moves),
        ("<int:pk>/do/<slug:name>/", "do", record_do.do, (view,)),
    ]
    if register.has_form:
        asked += [
            ("add/", "add", record_form.add, (add,)),
            ("<int:pk>/edit/", "edit", record_form.edit, (change,)),
        ]
        posted += [
            ("hints/", "hints", record_form.hints, (add, change)),
            ("<int:pk>/hints/", "hints", record_form.hints, (add, change)),
        ]
    if kind.code and register.has_form:
        posted.append(("<int:pk>/redraw/", "redraw", record_form.redraw, (change,)))
    if bulk_edit.rows(kind):
        posted.append(("bulk/edit/", "bulk-edit", record_bulk_edit.start, (change,)))
        asked += [
            ("bulk/edits/", "bulk-edits", record_bulk_edit.records, (change,)),
            ("bulk/edit/<uuid:edit_id>/", "bulk-edit-show", record_bulk_edit.show, (change,)),
            (
                "bulk/edit/<uuid:edit_id>/progress/",
                "bulk-edit-progress",
                record_bulk_edit.progress,
                (change,),
            ),
        ]
    if register.has_sheet:
        asked += [
            ("import/", "import", record_sheet.take, (taking,)),
            ("import/template/", "import-template", record_sheet.template, (taking,)),
        ]

    def of(answer: View, rights: Sequence[str]) -> View:
        return requires(*rights)(_about(register, answer))

    return [
        *(
            path(place + address, of(answer, rights), name=f"{stem}-{name}")
            for address, name, answer, rights in asked
        ),
        *(
            path(place + address, require_POST(of(answer, rights)), name=f"{stem}-{name}")
            for address, name, answer, rights in posted
        ),
    ]


def _about(register: Register, answer: View) -> View:
    """Give what answers about one kind, under the name of what answers about any."""
    return update_wrapper(partial(answer, register), answer)
