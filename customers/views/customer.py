"""Entering customers: the form, its hints, conflicts, a new code.

It parses and answers; services/customer.py decides and writes.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import kept
from core.access import permissions_of, requires
from core.filters import listed
from core.forms.keyed import KeyedForm, with_fresh_key
from core.records import conflict as conflicts
from core.records import hints as hinting
from core.records import sections
from core.records.entry import Entry
from core.records.form import without_hidden
from core.saving import KeyReused, Refused, Repeated, Stale
from core.templatetags.ui_parts import icon
from core.views.acts import act_of
from core.views.kept import asked_for
from customers import registers
from customers.models import Customer
from customers.queries.customer import standing_return
from customers.services import customer as service
from customers.services.kinds import CUSTOMER as KIND

DRAFT, STAY, ANOTHER, SUBMIT, EDIT = "draft", "stay", "another", "submit", "edit"


@kept.shows_kept
@requires("customers.add_customer")
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new customer."""
    if request.method == "POST":
        return _write(request, None, request.POST)
    typed = asked_for(request)
    if typed is not None:
        return _resumed(request, Entry(registers.CUSTOMER, request.user, None, typed))
    return _page(request, _new(request))


@kept.shows_kept
@requires("customers.change_customer")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a customer, as far as its state and the user's rights allow."""
    customer = _find(request, pk)
    if request.method == "POST":
        if customer is None:
            return _gone(request, request.POST)
        data = request.POST
        if "resolve" in data:
            data = conflicts.resolved(data, Entry(registers.CUSTOMER, request.user, customer))
        return _write(request, customer, data)
    typed = asked_for(request)
    if customer is None:
        if typed is not None:
            return _gone(request, typed)
        raise Http404
    entry = Entry(
        registers.CUSTOMER,
        request.user,
        customer,
        typed and without_hidden(typed, KIND, request.user, customer),
    )
    if entry.why_locked:
        messages.warning(request, entry.why_locked)
        return redirect("customers:customer-detail", pk)
    return _page(request, entry) if typed is None else _resumed(request, entry)


@require_POST
@requires("customers.add_customer", "customers.change_customer")
def hints(request: HttpRequest, pk: int | None = None) -> JsonResponse:
    """Say what the server knows about a form that is being filled in; it writes nothing."""
    customer = _find(request, pk) if pk else None
    if pk and customer is None:
        raise Http404
    entry = Entry(registers.CUSTOMER, request.user, customer, request.POST)
    found = hinting.of(entry)
    context = {"hints": found, "entry": entry}
    return JsonResponse(
        {
            "text": {slot.key: slot.text for slot in found.slots},
            "blocks": found.own.blocks,
            "errors": {one.id: one.text for one in found.wrong},
            "marks": {mark.section: _mark(entry, mark) for mark in found.marks},
            "html": {
                "matches": render_to_string("customers/customer/parts/form_matches.html", context),
                "missing": render_to_string("customers/customer/parts/form_missing.html", context),
            },
        }
    )


@require_POST
@requires("customers.change_customer")
def redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a new code for a draft that was never submitted."""
    get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    form = KeyedForm(request.POST)
    if not form.is_valid():
        raise SuspiciousOperation("key and version")
    version = form.cleaned_data["version"] or 0
    try:
        service.redraw_code(pk, version=version, act=act_of(request))
        messages.success(request, _("A new code was drawn."))
    except Repeated:
        messages.success(request, _("A new code was drawn."))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.problems))
    except (Stale, KeyReused):
        messages.error(request, _("The customer changed meanwhile; look at it and try again."))
    return redirect("customers:customer-edit", pk)


def _write(request: HttpRequest, customer: Customer | None, data: Any) -> HttpResponse:
    """Save what was typed; every other outcome shows the form again with everything in it."""
    entry = Entry(registers.CUSTOMER, request.user, customer, data)
    action = data.get("action", DRAFT)
    submit = action == SUBMIT and entry.can_submit
    if not entry.is_valid(submit=submit) and submit:
        hinting.add_barriers(entry)
    wrong = [] if submit or action == EDIT else hinting.kept_wrong(entry)
    if entry.error_count:
        return _page(request, entry, action=action, status=422)
    if action == EDIT:
        return _page(request, entry, dirty=True)
    pk = customer.pk if customer else None
    if entry.has_strangers and (customer is None or entry.version == customer.version):
        raise SuspiciousOperation("rows of another record")
    try:
        saved = service.save(
            pk, entry.typed(), version=entry.version, submit=submit, act=act_of(request)
        )
    except Repeated as done:
        return _leave(action, int(done.result))
    except KeyReused:
        return _again(request, customer, data, action)
    except Stale:
        return _conflict(request, entry, action)
    except Refused as refusal:
        entry.refuse(refusal)
        return _page(request, entry, action=action, status=422)
    kept.forget(request.user, entry.key)
    if wrong:
        messages.warning(request, _kept_wrong(saved, wrong))
    else:
        messages.success(request, _done(saved, submit=submit))
    return _leave(action, saved.pk)


def _new(request: HttpRequest) -> Entry:
    """Give an empty entry, or one that starts as another record does (?from=12, &branch=1)."""
    asked = request.GET.get("from", "")
    if not asked:
        return Entry(registers.CUSTOMER, request.user)
    source = _find(request, int(asked)) if asked.isdecimal() and len(asked) < 16 else None
    if source is None:
        raise Http404
    return Entry(registers.CUSTOMER, request.user, source=source, asked=request.GET)


def _find(request: HttpRequest, pk: int) -> Customer | None:
    return sections.find(KIND, pk, request.user)


def _leave(action: str, pk: int) -> HttpResponse:
    if action == ANOTHER:
        return redirect("customers:customer-add")
    if action == STAY:
        return redirect("customers:customer-edit", pk)
    return redirect("customers:customer-detail", pk)


def _done(saved: Customer, *, submit: bool) -> str:
    who = {"who": " ".join(filter(None, (saved.code, str(saved))))}
    return _("%(who)s was submitted for review.") % who if submit else _("%(who)s was saved.") % who


def _kept_wrong(saved: Customer, labels: list[str]) -> str:
    return _("%(who)s was saved as a draft. Mend before submitting: %(fields)s.") % {
        "who": saved, "fields": listed(labels),
    }  # fmt: skip


def _mark(entry: Entry, mark: hinting.Mark) -> SafeString:
    """Give what stands beside a section in the navigation of the form."""
    if mark.section in entry.locked_sections:
        return format_html('{}<span class="vh"> {}</span>', icon("lock", "sm"), _("locked"))
    if mark.errors:
        words = '<span class="badge" data-tone="danger">{}<span class="vh"> {}</span></span>'
        return format_html(words, mark.errors, _("to mend"))
    return icon("check", "sm") if mark.is_done else SafeString("")


def _again(request: HttpRequest, customer: Customer | None, data: Any, action: str) -> HttpResponse:
    """The key of the form was used for other content: the form again, with a key of its own."""
    entry = Entry(registers.CUSTOMER, request.user, customer, with_fresh_key(data))
    entry.is_valid(submit=False)
    sentence = _("This form was sent before with other content; check it, then send it again.")
    entry.form.add_error(None, sentence)
    return _page(request, entry, action=action, status=409)


def _conflict(request: HttpRequest, entry: Entry, action: str) -> HttpResponse:
    fresh = _find(request, entry.record.pk) if entry.record else None
    if fresh is None:
        return _gone(request, request.POST)
    current = Entry(registers.CUSTOMER, request.user, fresh, entry.data)
    found = conflicts.between(current, entry.version)
    context = {
        "customer": fresh, "entry": current, "conflict": found, "action": action,
        "mine": [one for one in found.merged if one.by_me],
        "theirs": [one for one in found.merged if not one.by_me],
    }  # fmt: skip
    return render(request, "customers/customer/conflict.html", context, status=409)


def _gone(request: HttpRequest, typed: Any) -> HttpResponse:
    """The record is not there (any more): what was typed stays in a form for a new one."""
    data = with_fresh_key(typed, version="", code="")
    for name in [name for name in data if name.endswith("-pk")]:
        data[name] = ""
    entry = Entry(registers.CUSTOMER, request.user, None, data)
    entry.is_valid(submit=False)
    return _page(request, entry, dirty=True, gone=True, status=404)


def _resumed(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show the form with what was typed before and never sent; nothing of it is saved."""
    entry.is_valid(submit=False)
    return _page(request, entry, dirty=True, resumed=True)


def _page(
    request: HttpRequest,
    entry: Entry,
    *,
    action: str = "",
    dirty: bool = False,
    gone: bool = False,
    resumed: bool = False,
    status: int = 200,
) -> HttpResponse:
    found = hinting.of(entry)
    if status == 200 and not dirty:
        entry.begin()
    entry.form.show(found.slots, {one.id: one.text for one in found.wrong})
    customer, blocks = entry.record, entry.blocks()
    marks = {mark.section: _mark(entry, mark) for mark in found.marks}
    context = {
        "entry": entry,
        "form": entry.form,
        "customer": customer,
        "hints": found,
        "blocks": blocks,
        "nav": [(block, marks[block.name]) for block in blocks],
        "action": action,
        "is_dirty": dirty or status != 200,
        "is_gone": gone,
        "is_resumed": resumed,
        "kept_forms": kept.offers(request.user, request.path, but=entry.key),
        "reopening": getattr(entry.form, "reopening", None),
        "returned": standing_return(customer) if customer else None,
        "asks_reason": "same-name" in found.own.shown,
        "can_add": "customers.add_customer" in permissions_of(request.user),
        "redraw": KeyedForm(initial={"version": customer.version}) if customer else None,
    }
    return render(request, "customers/customer/form.html", context, status=status)
