"""Entering records of any kind: the form, its hints, conflicts, a new code.

It parses and answers; core/records/save.py decides and writes.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import kept
from core.access import permissions_of
from core.forms.keyed import KeyedForm, with_fresh_key
from core.records import conflict as conflicts
from core.records import hints as hinting
from core.records import returned, save
from core.records.changes import applying, requesting
from core.records.changes.request import say_others_submit
from core.records.entry import Entry
from core.records.form import ONLY, REQUEST, sections_of, without_hidden
from core.records.kind import Kind
from core.records.register import Register
from core.templatetags.ui_parts import icon
from core.text import listed
from core.views.acts import act_of, attempt
from core.views.kept import asked_for

DRAFT, STAY, ANOTHER, SUBMIT, EDIT = "draft", "stay", "another", "submit", "edit"
KEEP = "keep"  # what is asked for is kept, and submitted later
# Parts of the page that an app may have templates of its own for.
OWN = ("form_note", "form_beside")


@kept.shows_kept
def add(register: Register, request: HttpRequest) -> HttpResponse:
    """Enter a new record."""
    if request.method == "POST":
        return _write(register, request, None, request.POST)
    typed = asked_for(request)
    if typed is None:
        return _page(request, _new(register, request))
    return _page(request, _checked(Entry(register, request.user, None, typed)), resumed=True)


@kept.shows_kept
def edit(register: Register, request: HttpRequest, pk: int) -> HttpResponse:
    """Change a record, as far as its state and the user's rights allow."""
    record = _found(register, request, pk)
    typed = request.POST if request.method == "POST" else asked_for(request)
    if record is None:
        return _gone(register, request, typed)
    _require_sections(register, request.GET if typed is None else typed)
    if request.method == "POST":
        if "resolve" in typed:
            typed = conflicts.resolved(typed, Entry(register, request.user, record))
        return _write(register, request, record, typed)
    is_resumed = typed is not None
    if is_resumed:
        typed = without_hidden(typed, register.kind, request.user, record)
    elif register.kind.changes and (key := request.GET.get(REQUEST, "")):
        asking = requesting.named(record, key)
        if asking is None:
            return _settled(register.kind.changes, request, record, key)
        typed = requesting.typed(register, request.user, record, asking)
        typed[ONLY] = request.GET.get(ONLY, "")
    entry = Entry(register, request.user, record, typed, asked=request.GET)
    if entry.why_locked:
        messages.warning(request, entry.why_locked)
        return redirect(register.kind.url("detail", pk))
    return _page(request, entry if typed is None else _checked(entry), resumed=is_resumed)


def hints(register: Register, request: HttpRequest, pk: int | None = None) -> JsonResponse:
    """Say what the server knows about a form that is being filled in; it writes nothing."""
    record = _found(register, request, pk) if pk else None
    if pk and record is None:
        raise Http404
    entry = Entry(register, request.user, record, request.POST)
    found = hinting.of(entry)
    context = {"hints": found, "entry": entry, "kind": register.kind}
    return JsonResponse(
        {
            "text": {slot.key: slot.text for slot in found.slots},
            "blocks": found.own.blocks,
            "errors": {one.id: one.text for one in found.wrong},
            "marks": {mark.section: _mark(entry, mark) for mark in found.marks},
            "html": {
                name: render_to_string(f"record/parts/form_{name}.html", context)
                for name in ("matches", "missing")
            },
        }
    )


def redraw(register: Register, request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a new code for a record that was never submitted."""
    kind, form = register.kind, KeyedForm(request.POST)
    if not kind.seen_by(request.user).filter(pk=pk).exists():
        raise Http404
    if not form.is_valid():
        raise SuspiciousOperation("key and version")
    version = form.cleaned_data["version"] or 0
    tried = attempt(partial(save.redraw, kind, pk, version=version, act=act_of(request)))
    if tried.is_done:
        messages.success(request, _("A new code was drawn."))
    elif tried.refused:
        messages.error(request, " ".join(tried.refused.problems))
    else:
        messages.error(request, _("The record changed meanwhile; look at it and try again."))
    return redirect(kind.url("edit", pk))


def _write(register: Register, request: HttpRequest, record: Any, data: Any) -> HttpResponse:
    """Save what was typed; every other outcome shows the form again with everything in it."""
    action = data.get("action", DRAFT)
    is_edit = record is not None and action != EDIT
    entry = Entry(register, request.user, record, data, of_changes=is_edit)
    submit = action == SUBMIT and entry.can_submit
    is_draft = not submit and action != EDIT
    entry.is_valid(submit=submit)
    wrong = entry.loosen() if is_draft else []
    if entry.error_count and is_edit and entry.stranded:
        return _conflict(register, request, entry, action)
    if entry.error_count:
        entry = _whole(entry, data, submit=submit, loosen=is_draft)
        if submit:
            hinting.add_barriers(entry)
        return _page(request, entry, action=action, status=422)
    if action == EDIT:
        return _page(request, entry, is_dirty=True)
    strangers = [key for grid in entry.parts.values() for key in grid.strangers]
    if strangers and (record is None or entry.version == record.version):
        raise SuspiciousOperation("rows of another record")
    write = partial(save.save, register.kind, record and record.pk, entry.typed(), submit=submit)
    if entry.form.asks:
        write = partial(write, ask=requesting.ask_of(entry, submit=action != KEEP))
    # A form with what somebody else asked for meanwhile is stale, whatever its version.
    version = None if is_edit and entry.stranded else entry.version
    tried = attempt(partial(write, version=version, act=act_of(request)))
    if tried.is_new:
        kept.forget(request.user, data["key"])
        if entry.form.asks_alone and _is_same(record, tried.result):
            messages.warning(request, _("Nothing was changed, so no change request was made."))
            return _leave(register, action, tried.result.pk)
        _tell(request, tried.result, hinting.labels_of(entry, wrong) if wrong else [], action)
        return _leave(register, action, tried.result.pk)
    if tried.is_done:
        return _leave(register, action, int(tried.result))
    if tried.is_stale:
        return _conflict(register, request, entry, action)
    if tried.refused:
        entry = _whole(entry, data, submit=submit, loosen=is_draft)
        entry.refuse(tried.refused)
        return _page(request, entry, action=action, status=422)
    return _again(register, request, record, data, action)


def _is_same(record: Any, saved: Any) -> bool:
    """Say whether a save of a record wrote nothing and asked for nothing."""
    return record is not None and saved.version == record.version and not saved.requested


def _found(register: Register, request: HttpRequest, pk: int) -> Any:
    """Give a record that the user sees, with the open requests to change it, or None."""
    record = register.kind.find(pk, request.user)
    if record is not None:
        applying.put_requests(register.kind, record)
    return record


def _settled(own: Kind, request: HttpRequest, record: Any, key: str) -> HttpResponse:
    """Lead to a request of this record that takes no other content now; any other is not here."""
    is_key = key.isdecimal() and len(key) < 16
    found = own.find(int(key), request.user) if is_key else None
    if found is None or found.record_id != record.pk:
        raise Http404
    told = _("%(request)s: %(state)s. What it asks for cannot be changed now.")
    state = found.workflow.state(found.state).label
    messages.warning(request, told % {"request": found.code, "state": state})
    return redirect(own.url("detail", found.pk))


def _require_sections(register: Register, given: Any) -> None:
    """A form of other sections than there are is no form: what it lacks would count as emptied."""
    if not sections_of(given) <= {one.name for one in register.kind.catalog.sections}:
        raise Http404


def _new(register: Register, request: HttpRequest) -> Entry:
    """Give an empty entry, or one that starts as another record does (?from=12)."""
    asked, source = request.GET.get("from", ""), None
    if asked:
        is_key = asked.isdecimal() and len(asked) < 16
        source = register.kind.find(int(asked), request.user) if is_key else None
        if source is None:
            raise Http404
    return Entry(register, request.user, source=source, asked=request.GET)


def _leave(register: Register, action: str, pk: int) -> HttpResponse:
    if action == ANOTHER:
        return redirect(register.kind.url("add"))
    return redirect(register.kind.url("edit" if action == STAY else "detail", pk))


def _tell(request: HttpRequest, saved: Any, wrong: list[str], action: str) -> None:
    if wrong:
        told = _("%(who)s was saved as a draft. Mend before submitting: %(fields)s.")
        messages.warning(request, told % {"who": saved, "fields": listed(wrong)})
        return
    who = {"who": " ".join(filter(None, (getattr(saved, "code", ""), str(saved))))}
    if asked := getattr(saved, "requested", None):
        told = _("%(who)s was saved; what needs a review is in request %(request)s (%(state)s).")
        state = asked.workflow.state(asked.state)
        messages.success(request, told % {**who, "request": asked.code, "state": state.label})
        if state.is_open and action != KEEP:
            messages.warning(request, say_others_submit())
        return
    is_submitted = action == SUBMIT
    told = _("%(who)s was submitted for review.") if is_submitted else _("%(who)s was saved.")
    messages.success(request, told % who)


def _mark(entry: Entry, mark: hinting.Mark) -> SafeString:
    """Give what stands beside a section in the navigation of the form."""
    if mark.section in entry.locked_sections:
        return format_html('{}<span class="vh"> {}</span>', icon("lock", "sm"), _("locked"))
    if mark.errors:
        words = '<span class="badge" data-tone="danger">{}<span class="vh"> {}</span></span>'
        return format_html(words, mark.errors, _("to mend"))
    return icon("check", "sm") if mark.is_done else SafeString("")


def _again(
    register: Register, request: HttpRequest, record: Any, data: Any, action: str
) -> HttpResponse:
    """The key of the form was used for other content: the form again, with a key of its own."""
    entry = _checked(Entry(register, request.user, record, with_fresh_key(data)))
    sentence = _("This form was sent before with other content; check it, then send it again.")
    entry.form.add_error(None, sentence)
    return _page(request, entry, action=action, status=409)


def _conflict(register: Register, request: HttpRequest, entry: Entry, action: str) -> HttpResponse:
    fresh = entry.record and _found(register, request, entry.record.pk)
    if fresh is None:
        return _gone(register, request, request.POST)
    current = Entry(register, request.user, fresh, entry.data)
    context = {
        "register": register, "kind": register.kind, "title": register.title, "record": fresh,
        "entry": current,
        "conflict": conflicts.between(current, entry.version), "action": action,
    }  # fmt: skip
    return render(request, register.kind.templates("conflict"), context, status=409)


def _gone(register: Register, request: HttpRequest, typed: Any) -> HttpResponse:
    """The record is not there (any more): what was typed stays in a form for a new one."""
    if typed is None:
        raise Http404
    data = with_fresh_key(typed, version="", code="")
    for name in [name for name in data if name.endswith("-pk")]:
        data[name] = ""
    entry = _checked(Entry(register, request.user, None, data))
    return _page(request, entry, is_dirty=True, gone=True, status=404)


def _whole(entry: Entry, data: Any, *, submit: bool, loosen: bool) -> Entry:
    """Give an entry that was looked at with all that came, to show it."""
    if not entry.of_changes:
        return entry
    whole = _checked(Entry(entry.register, entry.user, entry.record, data), submit=submit)
    if loosen:
        whole.loosen()
    return whole


def _checked(entry: Entry, *, submit: bool = False) -> Entry:
    """Look at what was typed, to show it with what is wrong."""
    entry.is_valid(submit=submit)
    return entry


def _page(
    request: HttpRequest, entry: Entry, *, action: str = "", is_dirty: bool = False,
    gone: bool = False, resumed: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    kind, record, found = entry.kind, entry.record, hinting.of(entry)
    key = entry.form["key"].value()
    is_dirty = is_dirty or resumed or status != 200
    if not is_dirty:
        entry.begin()
    entry.form.show(found.slots, {one.id: one.text for one in found.wrong})
    mended_kind, mended = entry.mends
    told = returned.to_mend(mended_kind, mended, request.user, entry.data) if mended else None
    entry.pin(told.remarks if told else ())
    marks, blocks = {one.section: _mark(entry, one) for one in found.marks}, entry.blocks()
    context = {
        "register": entry.register,
        "kind": kind,
        "title": entry.register.title,
        "own": {name: kind.templates(f"parts/{name}") for name in OWN},
        "entry": entry,
        "form": entry.form,
        "record": record,
        "hints": found,
        "blocks": blocks,
        "nav": [(block, marks[block.name]) for block in blocks],
        "action": action,
        "is_dirty": is_dirty,
        "is_gone": gone,
        "is_resumed": resumed,
        "kept_forms": kept.offers(request.user, request.path, but=str(key or "")),
        "returned": told,
        "can_add": kind.right("add") in permissions_of(request.user),
        "redraw": KeyedForm(initial={"version": record.version}) if found.can_redraw else None,
    }
    return render(request, kind.templates("form"), context, status=status)
