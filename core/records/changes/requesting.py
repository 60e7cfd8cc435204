"""The entry form of a record in force, as far as it asks for changes: to and from a request."""

from __future__ import annotations

from typing import Any

from django.utils.datastructures import MultiValueDict

from core.forms.keyed import new_key
from core.records.changes.applying import instances_of, would_be
from core.records.changes.asking import Ask
from core.records.entry import Entry
from core.records.form import HOLDS_FROM, ITS_VERSION, REASON, REQUEST
from core.records.places import reason_of
from core.records.register import Register


def named(record: Any, key: str) -> Any:
    """Give the open request of a record with this key that can be given other content, or None."""
    known = {str(one.pk): one for one in getattr(record, "open_requests", ())}
    found = known.get(key)
    return found if found and found.workflow.state(found.state).is_open else None


def wished_for(register: Register, user: Any, record: Any, request: Any) -> Entry:
    """Give the entry of a record as a request would leave it."""
    kind = register.kind
    after = would_be(kind, record, request.asks, instances_of(kind, [request]))
    after.open_requests = ()  # nothing is held back from what the request itself asks for
    return Entry(register, user, after)


def typed(register: Register, user: Any, record: Any, request: Any) -> MultiValueDict[str, Any]:
    """Give what a request asks for as a browser would send it with the form of its record."""
    stored = Entry(register, user, record).raw()
    wished = wished_for(register, user, record, request).raw()
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, values in wished.items():
        data.setlist(name, stored[name] if name.endswith("-seen") else values)
    own: Any = register.kind.changes
    more = {
        "key": new_key(), "version": str(record.version),
        REASON: reason_of(own, request, user),
        REQUEST: str(request.pk), ITS_VERSION: str(request.version),
        HOLDS_FROM: request.holds_from.isoformat() if request.holds_from else "",
    }  # fmt: skip
    for name, value in more.items():
        data[name] = value
    return data


def ask_of(entry: Entry, *, submit: bool) -> Ask:
    """Give why and from when a valid entry asks for what needs a second pair of eyes."""
    given = entry.form.cleaned_data
    return Ask(
        given.get(REASON) or "",
        given.get(HOLDS_FROM),
        given.get(REQUEST),
        given.get(ITS_VERSION),
        submit=submit,
    )
