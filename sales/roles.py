"""What the roles of customers may do in sales, and the rule for the fields of its records."""

from __future__ import annotations

from typing import Any

from core import extend
from core.access import permissions_of
from core.extend import Role
from core.said import said as _
from sales.lifecycle import CHANGE, STAGES

VIEW, ADD = "sales.view_opportunity", "sales.add_opportunity"
ENTER = frozenset({VIEW, ADD, CHANGE, "sales.delete_opportunity"})
EXCHANGE = frozenset({"sales.export_opportunity", "sales.import_opportunity"})
RIGHTS = {
    "clerk": ENTER,
    "reviewer": frozenset({VIEW}),
    "finance": frozenset({VIEW}),
    "admin": ENTER | EXCHANGE,
    "viewer": frozenset({VIEW}),
}


def roles() -> list[Role]:
    """Give the roles that there are with what they may do here."""
    known = extend.roles()
    return [
        Role(name, known[name].label, rights, known[name].scope) for name, rights in RIGHTS.items()
    ]


def changes_opportunity(user: Any, opportunity: Any) -> str:
    """Say why the user may not change an opportunity now, or ""."""
    if CHANGE not in permissions_of(user):
        return _("You may look at opportunities but not change them.")
    if opportunity is None or opportunity.pk is None or opportunity.state in STAGES:
        return ""
    return _("It is closed: reopen it before changing it.")


CHANGE_RULES = {"opportunity": changes_opportunity}
