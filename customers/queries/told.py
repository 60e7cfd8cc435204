"""What the history of customers tells beside the plain words: evidence, names by right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.access import sees_everything
from core.models import Change
from core.records.changes.applying import AMEND
from core.records.kind import History
from core.said import again
from core.text import clauses
from core.timeline import Evidence
from customers.models import Customer
from customers.queries import duplicate
from customers.rules.identity import mask_name, normalised_name

# Checks that name other customers; entries of old keep only the words of who could see all.
_NAMING = frozenset({"code", "uscc", "tax_number", "same_name"})


def names_known(names: Iterable[str], user: Any) -> dict[str, str]:
    """Give names of customers as somebody may read them, who does not see all."""
    keys = {name: normalised_name(name) for name in names}
    mine = Customer.objects.visible_to(user).filter(name_key__in=keys.values())
    seen = set(mine.values_list("name_key", flat=True))
    return {name: name if keys[name] in seen else mask_name(name) for name in keys}


def evidence(found: Iterable[Change], user: Any) -> Callable[[Any], Evidence]:
    """Give what tells the checklist of a decision; what it said of others, by today's right."""
    return partial(_evidence, _others(found, user))


def _others(found: Iterable[Change], user: Any) -> dict[int, str] | None:
    """Give the customers that evidence names as the user may read them; None: all, as written."""
    if sees_everything(user):
        return None
    told = [change.changes.get("evidence", {}) for change in found]
    keys = {pk for one in told for line in one.get("lines", ()) for pk in line.get("hits", ())}
    hits = duplicate.owners(keys, "name", user) if keys else {}
    return {pk: str(hit) for pk, hit in hits.items()}


def _evidence(others: Mapping[int, str] | None, stored: Any) -> Evidence:
    lines = tuple(
        (line["result"], again(line["finding"]), _said(line, others)) for line in stored["lines"]
    )
    note = ""
    if not stored["shown"]:
        note = _("The evidence was not shown: several records were decided at once.")
    elif stored["confirmed"] and any(line["needs_confirmation"] for line in stored["lines"]):
        note = _("The reviewer confirmed that this is another company.")
    return Evidence(lines, note, is_shown=stored["shown"])


def _said(line: Mapping[str, Any], others: Mapping[int, str] | None) -> str:
    hits = line.get("hits")
    if others is None or line["result"] == "ok":
        return again(line["evidence"])
    if hits is None and line["name"] in _NAMING:
        return _("Only people who see all departments are shown this.")
    if not hits:
        return again(line["evidence"])
    return clauses(others.get(pk, _("Deleted")) for pk in hits)


HISTORY = History(
    looks={
        "check": (lazy("Reviewed, all correct"), "check-circle", "success"),
        "redraw": (lazy("Drew a new code"), "refresh", ""),
        AMEND: (lazy("Changed by request"), "history", "success"),
    },
    told=frozenset({"review_due_date", "same_name_reason"}),
    names=names_known,
    evidence=evidence,
)
CHANGE_HISTORY = History(evidence=evidence)
