"""THE permission table: role -> permissions and scope, and the rules for single fields.

`manage.py migrate` makes the groups from it; nothing else grants a right.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from core.access import permissions_of, roles_of
from core.extend import Role
from core.said import said as _
from customers.lifecycle import OPEN_STATES, SUBMITTED

LOOK = frozenset({"customers.view_customer", "customers.view_change", "customers.view_dashboard"})
ENTER = frozenset(
    {"customers.add_customer", "customers.change_customer", "customers.submit_customer"}
    | {"customers.submit_change", "customers.withdraw_change"}
)
JUDGE = frozenset(
    f"customers.{verb}_customer" for verb in ("approve", "return", "reopen", "enable", "disable")
) | {"customers.approve_change", "customers.return_change"}

ROLES = (
    Role(
        "clerk",
        lazy("Sales clerk"),
        LOOK | ENTER | {"customers.withdraw_customer", "customers.delete_customer"},
        "unit",
        lazy("Enters and submits customers of the own department and those below it."),
    ),
    Role(
        "reviewer",
        lazy("Reviewer"),
        LOOK | JUDGE | {"customers.review_customer"},
        "all",
        lazy("Approves, returns, reopens, enables and disables; never edits."),
    ),
    Role(
        "finance",
        lazy("Finance"),
        LOOK | ENTER | {"customers.withdraw_customer", "customers.delete_customer"},
        "all",
        lazy("Edits bank, tax and credit fields; sees bank numbers in full."),
    ),
    Role(
        "admin",
        lazy("Administrator"),
        LOOK
        | ENTER
        | JUDGE
        | {
            "customers.review_customer",
            "customers.withdraw_customer",
            "customers.delete_customer",
            "customers.import_customer",
            "customers.export_customer",
            "customers.export_change",
            "customers.manage_reference",
            "customers.manage_code_rules",
            "customers.manage_settings",
            "core.manage_users",
        },
        "all",
        lazy("Keeps reference data, code rules and users; sees everything."),
    ),
    Role(
        "viewer", lazy("Viewer"), LOOK, "all", lazy("Looks and searches; bank numbers stay masked.")
    ),
)


def sees_bank_numbers(user: Any, customer: Any) -> str:
    """Give "" if the user sees this customer's account numbers in full (PRODUCT.md, roles)."""
    names = roles_of(user)
    if user.is_superuser or names & {"finance", "admin"}:
        return ""
    if customer is None or customer.pk is None:
        return ""
    if "clerk" in names and customer.state in OPEN_STATES and customer.created_by_id == user.pk:
        return ""
    if "reviewer" in names and (customer.state == SUBMITTED or _is_asked(customer)):
        return ""
    return _("Only the last four digits are shown to you.")


def _is_asked(customer: Any) -> bool:
    """Say whether a reviewer has a change of it to look at, as far as the page asked for that."""
    return any(one.state == SUBMITTED for one in getattr(customer, "open_requests", ()))


def changes_general(user: Any, customer: Any) -> str:
    """Say why the user may not change the general fields of this customer now, or ""."""
    return _changes(user, customer, {"clerk", "admin"})


def changes_financial(user: Any, customer: Any) -> str:
    """Say why the user may not change tax, invoice, bank and credit fields now, or ""."""
    return _changes(user, customer, {"finance", "admin"})


def _changes(user: Any, customer: Any, keepers: set[str]) -> str:
    if "customers.change_customer" not in permissions_of(user):
        return _("You may look at customers but not change them.")
    if customer is None or customer.pk is None or customer.state in OPEN_STATES:
        return ""
    if customer.state == SUBMITTED:
        return _("Under review: withdraw it or have it returned before changing it.")
    if user.is_superuser or roles_of(user) & keepers:
        return ""
    if "finance" in keepers:
        return _("After approval only finance and administrators change this.")
    return _("After approval only sales clerks and administrators change this.")


SEE_RULES = {"bank": sees_bank_numbers}


def changes_never(user: Any, customer: Any) -> str:
    """Say why nobody changes what only the lifecycle sets."""
    return _("The system sets this itself.")


CHANGE_RULES = {
    "never": changes_never,
    "general": changes_general,
    "financial": changes_financial,
}
