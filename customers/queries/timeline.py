"""The history of one customer as it is read: who did what, field by field, numbers masked by right.

Stored entries hold raw keys and full account numbers; nothing of that leaves here unjudged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import history
from core import timeline as words
from core.access import mask as masked
from core.access import sees_everything
from core.models import Change
from core.records import sections
from core.said import again
from core.text import clauses
from core.timeline import Entry
from customers.catalog import CUSTOMER, SYSTEM
from customers.lifecycle import CUSTOMER as LIFE
from customers.lifecycle import RETURNED
from customers.models import Customer
from customers.parts import BY_NAME, PARTS
from customers.queries import duplicate
from customers.rules.identity import mask_name, normalised_name

PAGE_SIZE = 20
ALL, STATES, FIELDS = "", "state", "fields"
KINDS = ((ALL, lazy("All")), (STATES, lazy("State")), (FIELDS, lazy("Field changes")))

RETURNING = tuple(move.name for move in LIFE.leading_to(RETURNED))
_MOVES = {move.name: move for move in LIFE.transitions}
_LOOKS = {
    **words.LOOKS,
    "check": (lazy("Reviewed, all correct"), "check-circle", "success"),
    "redraw": (lazy("Drew a new code"), "refresh", ""),
}
_QUIET = ("neutral", "muted")
_KEPT_SYSTEM = frozenset({"review_due_date"})
_HIDDEN = (
    frozenset({row.name for row in CUSTOMER.in_section(SYSTEM)} | set(CUSTOMER.internal))
    - _KEPT_SYSTEM
    - {"same_name_reason"}
)
_ORDER = {row.name: place for place, row in enumerate(CUSTOMER)}
# Checks that name other customers; entries of old keep only the words of who could see all.
_NAMING = frozenset({"code", "uscc", "tax_number", "same_name"})
_LONG_NUMBER = re.compile(r"[0-9A-Za-z]{5,}")


@dataclass(frozen=True)
class Page:
    """Some entries, newest first, and the version to ask for older ones with (None: no more)."""

    entries: list[Entry] = field(default_factory=list)
    older: int | None = None


def page(customer: Customer, user: Any, *, kind: str = ALL, before: int | None = None) -> Page:
    """Give up to 20 entries of a kind that are older than version `before`."""
    stored = _of(customer)
    if kind == STATES:
        stored = stored.filter(action__in=_MOVES)
    elif kind == FIELDS:
        stored = stored.exclude(action__in=_MOVES)
    if before is not None:
        stored = stored.filter(version__lt=before)
    found = list(stored[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    older = shown[-1].version if len(found) > PAGE_SIZE else None
    return Page(_entries(shown, customer, user), older)


def since(customer: Customer, user: Any, version: int) -> list[Entry]:
    """Give the entries after a version in which a field or child row changed, newest first."""
    stored = _of(customer).filter(version__gt=version)[:PAGE_SIZE]
    return [entry for entry in _entries(stored, customer, user) if entry.says_more]


def latest(pk: int, user: Any) -> Entry | None:
    """Give the newest entry of a customer that the user sees, or None."""
    customer = Customer.objects.visible_to(user).filter(pk=pk).first()
    stored = list(_of(customer)[:1]) if customer else []
    return _entries(stored, customer, user)[0] if customer and stored else None


def last_return(customer: Customer) -> Change | None:
    """Give the newest entry that sent the record back to be changed, or None."""
    return _of(customer).filter(action__in=RETURNING).first()


def standing_return(customer: Customer) -> Change | None:
    """Give the entry that returned the record, while it still stands returned."""
    return last_return(customer) if customer.state == RETURNED else None


def setback(customer: Customer) -> Change | None:
    """Give the entry that set the record back to where it stands, unless a stamp tells it."""
    if not LIFE.state(customer.state).is_setback or LIFE.stamp_of(customer.state):
        return None
    names = [move.name for move in LIFE.leading_to(customer.state)]
    return _of(customer).filter(action__in=names).first()


def return_reasons(customers: Iterable[Customer]) -> dict[int, str]:
    """Give the newest reason of return for each of some customers, in one query."""
    found = Change.objects.filter(
        subject_type=Customer._meta.label_lower,
        subject_id__in=[customer.pk for customer in customers],
        action__in=RETURNING,
    ).order_by("version")
    return dict(found.values_list("subject_id", "reason"))


def submissions(customer: Customer) -> int:
    """Count how often the record was submitted."""
    return _of(customer).filter(action="submit").count()


def _of(customer: Customer) -> QuerySet[Change]:
    return history.of(Customer._meta.label_lower, customer.pk)


def _entries(stored: Iterable[Change], customer: Customer, user: Any) -> list[Entry]:
    hidden = frozenset(part.name for part in PARTS if sections.covers(part, customer, user))
    found = list(stored)
    groups, others = _groups(found, user), _others(found, user)
    return [_entry(change, hidden, groups, others) for change in found]


def _groups(found: Iterable[Change], user: Any) -> dict[str, str]:
    """Give the names of group customers as the user may read them: out of sight means masked."""
    names = {
        name
        for change in found
        for name in change.changes.get("fields", {}).get("parent", ())
        if name
    }
    if not names or sees_everything(user):
        return {name: name for name in names}
    keys = {name: normalised_name(name) for name in names}
    mine = Customer.objects.visible_to(user).filter(name_key__in=keys.values())
    seen = set(mine.values_list("name_key", flat=True))
    return {name: name if keys[name] in seen else mask_name(name) for name in names}


def _others(found: Iterable[Change], user: Any) -> dict[int, str] | None:
    """Give the customers that evidence names as the user may read them; None: all, as written."""
    if sees_everything(user):
        return None
    told = [change.changes.get("evidence", {}) for change in found]
    keys = {pk for one in told for line in one.get("lines", ()) for pk in line.get("hits", ())}
    hits = duplicate.owners(keys, "name", user) if keys else {}
    return {pk: str(hit) for pk, hit in hits.items()}


def _entry(
    change: Change,
    hidden: frozenset[str],
    groups: Mapping[str, str],
    others: Mapping[int, str] | None,
) -> Entry:
    told = change.changes
    known = sorted(told.get("fields", {}), key=lambda name: _ORDER.get(name, len(_ORDER)))
    fields = {name: told["fields"][name] for name in known if name not in _HIDDEN}
    if "parent" in fields:
        fields["parent"] = [groups.get(name, "") for name in fields["parent"]]
    return words.entry(
        change,
        _look(change.action),
        changes=words.pairs(Customer, fields),
        rows=[_row(row, hidden) for row in told.get("rows", ())],
        kind=STATES if change.action in _MOVES else FIELDS,
        evidence=_evidence(told.get("evidence"), others),
    )


def _evidence(stored: Any, others: Mapping[int, str] | None) -> words.Evidence | None:
    """Give the checklist of a decision as it was; what it said of others, by today's right."""
    if not stored:
        return None
    lines = tuple(
        (line["result"], again(line["finding"]), _said(line, others)) for line in stored["lines"]
    )
    note = ""
    if not stored["shown"]:
        note = _("The evidence was not shown: several records were decided at once.")
    elif stored["confirmed"] and any(line["needs_confirmation"] for line in stored["lines"]):
        note = _("The reviewer confirmed that this is another company.")
    return words.Evidence(lines, note, is_shown=stored["shown"])


def _said(line: Mapping[str, Any], others: Mapping[int, str] | None) -> str:
    hits = line.get("hits")
    if others is None or line["result"] == "ok":
        return again(line["evidence"])
    if hits is None and line["name"] in _NAMING:
        return _("Only people who see all departments are shown this.")
    if not hits:
        return again(line["evidence"])
    return clauses(others.get(pk, _("Deleted")) for pk in hits)


def _look(action: str) -> words.Look | None:
    if action in _MOVES:
        move = _MOVES[action]
        tone = LIFE.state(move.target).tone if move.target else move.tone
        return move.done, move.icon, "" if tone in _QUIET else tone
    return _LOOKS.get(action)


def _row(row: Mapping[str, Any], hidden: frozenset[str]) -> words.Row:
    part, label, fields = BY_NAME[row["child"]], row["label"], dict(row["fields"])
    if part.name in hidden:
        label = _LONG_NUMBER.sub(_mask_match, label)
        if part.covered in fields:
            fields[part.covered] = [masked(text) for text in fields[part.covered]]
    title = _("%(kind)s %(label)s") % {"kind": part.title, "label": label}
    return words.row(part.model, row["op"], title, fields)


def _mask_match(found: re.Match[str]) -> str:
    return masked(found[0])
