"""The pages where administrators keep reference values: one set for all ten kinds.

Reads through querysets, writes only through customers.services.reference.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import timeline
from core.access import requires
from core.forms.keyed import KeyedForm
from core.views import short_list
from core.views.acts import Attempt, act_of, data_of, posted, pressed
from core.views.record_sheet import Way, answer, workbook
from customers.forms.reference import ReferenceForm
from customers.services import reference, reference_sheet
from customers.services.reference import KINDS, ReferenceKind
from customers.services.reference_sheet import ReferenceSheet

MANAGE = "customers.manage_reference"
KEY = re.compile("[1-9][0-9]{0,17}", re.ASCII)


@requires(MANAGE)
def index(request: HttpRequest) -> HttpResponse:
    """Show the kinds of reference values, each with its counts."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for kind in KINDS.values():
        table: Any = kind.model._default_manager
        counts = table.aggregate(all=Count("pk"), off=Count("pk", filter=Q(is_active=False)))
        card = {"kind": kind, "label": kind.model._meta.verbose_name_plural, **counts}
        groups.setdefault(kind.group, []).append(card)
    return render(request, "customers/reference/index.html", {"groups": groups.items()})


@requires(MANAGE)
def listing(request: HttpRequest, stem: str) -> HttpResponse:
    """Show the values of a kind, found by code or name and filtered by activity."""
    kind = kind_of(stem)
    shown = short_list.found(request, reference.values(kind), "code", "name")
    flat = bool(shown["text"] or shown["state"])
    context = {
        **common(kind),
        **shown,
        "columns": [kind.label(name) for name in kind.columns[2:] if name != "parent"],
        "rows": [_row(kind, value, flat=flat) for value in shown["found"]],
    }
    return render(request, "customers/reference/list.html", context)


@requires(MANAGE)
def add(request: HttpRequest, stem: str) -> HttpResponse:
    """Add a value."""
    kind = kind_of(stem)
    start = {"parent": _above(kind, request.GET.get("parent", ""))} if kind.is_tree else {}
    form = ReferenceForm(data_of(request), kind=kind, user=request.user, initial=start)
    tried = posted(
        request, form, lambda _version: reference.create(kind, form.values(), act=act_of(request))
    )
    if not tried.is_done:
        return _page(request, kind, form, None, tried)
    messages.success(request, _("“%(value)s” added.") % {"value": form.cleaned_data["name"]})
    if "again" in request.POST:
        return redirect("customers:reference-add", stem)
    return redirect("customers:reference-list", stem)


@requires(MANAGE)
def edit(request: HttpRequest, stem: str, pk: int) -> HttpResponse:
    """Change a value; shows its history."""
    kind = kind_of(stem)
    value = _found(kind, pk)
    form = ReferenceForm(data_of(request), kind=kind, user=request.user, row=value)

    def write(version: int) -> Any:
        return reference.change(kind, pk, form.values(), version=version, act=act_of(request))

    tried = posted(request, form, write, now={"version": value.version})
    if not tried.is_done:
        return _page(request, kind, form, value, tried)
    messages.success(request, _("“%(value)s” saved.") % {"value": form.cleaned_data["name"]})
    return redirect("customers:reference-list", stem)


@require_POST
@requires(MANAGE)
def toggle(request: HttpRequest, stem: str, pk: int) -> HttpResponse:
    """Disable a value, or enable it again."""
    kind = kind_of(stem)
    value, active = _found(kind, pk), request.POST.get("active") == "1"

    def write(version: int) -> Any:
        return reference.set_active(kind, pk, active, version=version, act=act_of(request))

    tried, form = pressed(request, write)
    if not tried.is_done:
        return _refused(request, kind, value, tried, form)
    done = (
        _("“%(value)s” is enabled.")
        if active
        else _("“%(value)s” is disabled: it stays on old records and cannot be chosen anew.")
    )
    messages.success(request, done % {"value": value})
    return redirect("customers:reference-edit", stem, pk)


@require_POST
@requires(MANAGE)
def delete(request: HttpRequest, stem: str, pk: int) -> HttpResponse:
    """Delete a value that nothing uses."""
    kind = kind_of(stem)
    value: Any = kind.model._default_manager.filter(pk=pk).first()

    def write(version: int) -> None:
        reference.delete(kind, pk, version=version, act=act_of(request))

    tried, form = pressed(request, write)
    if tried.is_done:
        messages.success(request, _("Deleted."))
        return redirect("customers:reference-list", stem)
    if value is None:
        raise Http404
    return _refused(request, kind, value, tried, form)


@requires(MANAGE)
def export(request: HttpRequest, stem: str) -> HttpResponse:
    """Give all values of a kind as a workbook that can be edited and imported again."""
    kind = kind_of(stem)
    plural = str(kind.model._meta.verbose_name_plural)
    return workbook(plural, reference_sheet.export(kind))


@requires(MANAGE)
def introduce(request: HttpRequest, stem: str) -> HttpResponse:
    """Take a table, show what it would do, and do it when that is confirmed."""
    kind = kind_of(stem)
    way = Way(
        make=partial(ReferenceSheet, kind),
        use=f"customers.reference:{stem}",
        here=reverse("customers:reference-import", args=[stem]),
        back=reverse("customers:reference-list", args=[stem]),
        template=reverse("customers:reference-export", args=[stem]),
        templates="customers/reference/{}.html".format,
        context=common(kind),
    )
    return answer(request, way)


def kind_of(stem: str) -> ReferenceKind:
    """Give the kind of an address, or 404."""
    if stem not in KINDS:
        raise Http404
    return KINDS[stem]


def common(kind: ReferenceKind) -> dict[str, Any]:
    """Give what every page of a kind shows."""
    return {
        "kind": kind,
        "label": kind.model._meta.verbose_name_plural,
        "one": kind.model._meta.verbose_name,
    }


def _found(kind: ReferenceKind, pk: int) -> Any:
    return get_object_or_404(reference.values(kind), pk=pk)


def _row(kind: ReferenceKind, value: Any, *, flat: bool) -> dict[str, Any]:
    extra = [name for name in kind.columns[2:] if name != "parent"]
    cells = [(name, kind.label(name), _shown(value, name)) for name in extra]
    depth = 0 if flat or not kind.is_tree else value.depth
    return {"value": value, "cells": cells, "indent": "\u3000\u3000" * depth}


def _shown(value: Any, name: str) -> Any:
    words = getattr(value, f"get_{name}_display", None)
    return words() if words else getattr(value, name)


def _above(kind: ReferenceKind, key: str) -> Any:
    """Give the node that a new one is to stand below, if the address names one."""
    table: Any = kind.model._default_manager
    return table.filter(pk=key).first() if KEY.fullmatch(key) else None


def _refused(
    request: HttpRequest, kind: ReferenceKind, value: Any, tried: Attempt, form: KeyedForm
) -> HttpResponse:
    """Show a value as it is, with why it could not be switched or deleted."""
    page = ReferenceForm(kind=kind, user=request.user, row=value)
    return _page(request, kind, page, value, tried, refused=form)


def _page(
    request: HttpRequest,
    kind: ReferenceKind,
    form: Any,
    value: Any,
    tried: Attempt,
    *,
    refused: Any = None,
) -> HttpResponse:
    context: dict[str, Any] = {**common(kind), "form": form, "value": value, "refused": refused}
    if value is not None:
        used = reference.used_by(value)
        context |= {
            "used": used,
            "entries": timeline.entries(kind.model, value.pk),
            "switch": KeyedForm(initial={"version": value.version}),
            "stale": tried.is_stale,
            "conflict": _conflict(form, value),
            "below": reference.below(value).count() - 1 if kind.is_tree else 0,
            "in_codes": reference.active_code_rule_uses(kind),
        }
    verb = "edit" if value is not None else "add"
    return render(request, f"customers/reference/{verb}.html", context, status=tried.status)


def _conflict(form: Any, value: Any) -> list[tuple[str, Any, Any]]:
    """Give (label, as it is now, as typed) of the fields that differ."""
    if not form.is_bound:
        return []
    return [
        (form.kind.label(name), _shown(value, name) or "—", form.cleaned_data.get(name) or "—")
        for name in form.kind.columns
        if form.cleaned_data.get(name) != getattr(value, name)
    ]
