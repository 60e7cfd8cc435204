"""The pages of the code rules: list, add, change with a preview, put into force.

A preview reads only; writing is customers/services/code_rule.py.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import timeline
from core.access import requires
from core.forms.keyed import KeyedForm
from core.records import coding
from core.records.kind import Kind
from core.views.acts import SHOWN, Attempt, act_of, data_of, posted, pressed
from customers.forms.code_rule import CodeRuleForm, CounterForm, SegmentGrid, segments_of
from customers.models import CodeRule
from customers.services import code_rule as service

MANAGE = "customers.manage_code_rules"


@requires(MANAGE)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the rules with an example each, the one in force first."""
    coded = service.coded()
    rows = []
    for rule in service.listed():
        kind = coded[rule.subject]
        rows.append((rule, kind, service.examples(kind, coding.segments_of(rule), rule)[:1]))
    context = {"rows": rows, "kinds": coded.values(), "has_kinds": len(coded) > 1}
    return render(request, "customers/code_rule/list.html", context)


@requires(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Add a rule, for the kind of record that the address names."""
    return _form(request, None)


@requires(MANAGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule; shows its counters and its history."""
    return _form(request, _found(pk))


@require_POST
@requires(MANAGE)
def preview(request: HttpRequest, pk: int | None = None) -> JsonResponse:
    """Say which codes the segments on the screen would give; nothing is written."""
    rule = _found(pk) if pk else None
    context = _seen(segments_of(_kind(request, rule), rule, request.POST), rule)
    html = render_to_string("customers/code_rule/preview.html", context, request)
    return JsonResponse({"text": {}, "blocks": {}, "html": {"preview": html}})


@require_POST
@requires(MANAGE)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a rule into force in the place of the present one."""
    rule = _found(pk)
    tried, form = pressed(
        request, lambda version: service.activate(pk, version=version, act=act_of(request))
    )
    if not tried.is_done:
        grid = segments_of(_kind(request, rule), rule)
        return _page(request, CodeRuleForm(row=rule), grid, rule, tried, refused=form)
    messages.success(request, _("“%(value)s” is in force: new codes follow it.") % {"value": rule})
    return redirect("customers:code-rule-list")


@requires(MANAGE)
def counter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a counter of a rule and set it, back to the highest number in use at the lowest."""
    rule, basis = _found(pk), request.GET.get("basis", "")
    found = service.counter(rule, basis)
    if found is None:
        raise Http404
    now = {"version": rule.version, "seen": found.last}
    form = CounterForm(data_of(request), initial={**now, "last": found.last})

    def write(version: int) -> str:
        last, seen = form.cleaned_data["last"], form.cleaned_data["seen"]
        act = act_of(request)
        return service.set_counter(pk, basis, last, seen=seen, version=version, act=act)

    tried = posted(request, form, write, now=now)
    if tried.is_done:
        text = _("The next code is %(code)s.") % {"code": tried.result or "—"}
        messages.success(request, text)
        return redirect("customers:code-rule-edit", pk)
    context = {
        "rule": rule,
        "counter": found,
        "form": form,
        "lowest": service.lowest(rule, found.basis),
        "stale": tried.is_stale,
    }
    return render(request, "customers/code_rule/counter.html", context, status=tried.status)


def _found(pk: int) -> CodeRule:
    return get_object_or_404(service.listed(), pk=pk)


def _kind(request: HttpRequest, rule: CodeRule | None) -> Kind:
    """Give the kind whose codes a rule makes; of a new one that of the address, or the first."""
    coded = service.coded()
    wanted = rule.subject if rule else request.GET.get("for", next(iter(coded)))
    if wanted not in coded:
        raise Http404
    return coded[wanted]


def _form(request: HttpRequest, rule: CodeRule | None) -> HttpResponse:
    kind, data = _kind(request, rule), data_of(request)
    form, grid = CodeRuleForm(data, row=rule), segments_of(kind, rule, data)
    if "preview" in request.POST:
        return _page(request, form, grid, rule, Attempt(SHOWN))

    def write(version: int) -> CodeRule:
        pk, act = rule and rule.pk, act_of(request)
        return service.save(pk, kind, form.values(), grid.rows(), version=version, act=act)

    now = {"version": rule.version} if rule else None
    tried = posted(request, form, write, now=now, beside=[grid])
    if not tried.is_done:
        return _page(request, form, grid, rule, tried)
    messages.success(request, _("Code rule saved."))
    return redirect("customers:code-rule-list")


def _seen(grid: SegmentGrid, rule: CodeRule | None) -> dict[str, Any]:
    problems = [] if grid.is_valid() or not grid.is_bound else _problems(grid)
    examples = [] if problems else service.examples(grid.kind, grid.pure(), rule)
    return {"examples": examples, "problems": problems, "kind": grid.kind}


def _problems(grid: SegmentGrid) -> list[str]:
    rows = [(at, form) for at, form in enumerate(grid.forms, start=1) if form.errors]
    told = [
        _("Row %(row)s: %(text)s") % {"row": at, "text": " ".join(sum(form.errors.values(), []))}
        for at, form in rows
    ]
    return [*told, *map(str, grid.non_form_errors())]


def _page(
    request: HttpRequest,
    form: Any,
    grid: SegmentGrid,
    rule: CodeRule | None,
    tried: Attempt,
    *,
    refused: Any = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "grid": grid,
        "rule": rule,
        "refused": refused,
        "has_kinds": len(service.coded()) > 1,
        **_seen(grid, rule),
    }
    if rule is not None:
        counters, more = service.counters(rule, request.GET.get("after", ""))
        context |= {
            "counters": counters,
            "more_counters": more,
            "entries": timeline.entries(CodeRule, rule.pk),
            "switch": KeyedForm(initial={"version": rule.version}),
            "stale": tried.is_stale,
        }
    return render(request, "customers/code_rule/form.html", context, status=tried.status)
