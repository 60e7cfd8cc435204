"""What a whole customer record needs: to be kept as a draft, and to be submitted.

Pure; values and child rows go in, problems in the reader's language come out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from core.aggregate import is_blank
from core.records.record import Problem, Rows, Values
from core.said import label as label_of
from core.said import of_error
from core.said import said as _
from customers.rules import identity

COMPANY, PERSON, OVERSEAS = "company", "person", "overseas"
MOST_TAGS = 50
ALWAYS, FOR_COMPANIES, WITH_CREDIT = "always", "company", "credit"

_SECTIONS = {
    "uscc": "basic",
    "founded_date": "basic",
    "postcode": "reach",
    "tax_number": "finance",
}


class Needed(NamedTuple):
    """A ★ field as the catalog knows it; `case` says when it is needed."""

    name: str
    label: Any
    section: str
    case: str = ALWAYS


def submit_problems(
    values: Values,
    *,
    kind: str,
    required: Sequence[Needed],
    today: datetime.date | None = None,
) -> list[Problem]:
    """Everything that its head puts between a record and the reviewer; its parts have own rules."""
    wrong = misfits(values, kind=kind, today=today)
    follows = {"tax_number"} if any(one.field == "uscc" for one in wrong) else ()
    found = [
        Problem(
            need.name,
            _("%(label)s is missing.") % {"label": label_of(need.label)},
            need.section,
        )
        for need in required
        if is_needed(need.case, values, kind=kind) and is_blank(values.get(need.name))
        if need.name not in follows
    ]
    return found + wrong


def misfits(values: Values, *, kind: str, today: datetime.date | None = None) -> list[Problem]:
    """What does not fit together; a tax number taken over from the credit code is wrong once."""
    crossed = cross_problems(values, kind=kind, today=today)
    if "uscc" in crossed and values.get("tax_number") in (None, "", values.get("uscc")):
        crossed.pop("tax_number", None)
    return [Problem(name, text, _SECTIONS[name]) for name, text in crossed.items()]


def is_needed(case: str, values: Values, *, kind: str) -> bool:
    """Say whether a ★ field of this case is needed by a record of this kind with these values."""
    if case == FOR_COMPANIES:
        return kind == COMPANY
    if case == WITH_CREDIT:
        return bool(values.get("credit_managed"))
    return case == ALWAYS


def with_defaults(values: Values, *, kind: str) -> dict[str, Any]:
    """The values, with a company's credit code as its tax number when it gave none."""
    complete = dict(values)
    if kind == COMPANY and not complete.get("tax_number") and complete.get("uscc"):
        complete["tax_number"] = complete["uscc"]
    return complete


def kind_of(values: Values) -> str:
    """Give the kind of customer that the chosen type stands for, "" while none is chosen."""
    chosen = values.get("customer_type")
    return chosen.kind if chosen else ""


def filled(values: Values) -> dict[str, Any]:
    """Give the values with a company's credit code as its tax number, where that code is right."""
    kind = kind_of(values)
    complete = with_defaults(values, kind=kind)
    if complete == values or "uscc" not in cross_problems(complete, kind=kind):
        return complete
    return dict(values)


def cross_problems(
    values: Values, *, kind: str, today: datetime.date | None = None
) -> dict[str, str]:
    """What does not fit together in a record, a draft too; `kind` "" means not known yet."""
    found = {}
    for name, check in _checks(kind).items():
        if value := values.get(name):
            try:
                check(value)
            except ValidationError as error:
                found[name] = of_error(error)
    founded = values.get("founded_date")
    if today and isinstance(founded, datetime.date) and founded > today:
        found["founded_date"] = _("The date of establishment is in the future.")
    return found


def contact_problems(contacts: Rows, _values: Values) -> list[Problem]:
    """What the contacts lack: a name each, one primary, and somebody who can be called."""
    found = [
        _of_contacts(_("Contact %(number)d has no name.") % {"number": index + 1}, index)
        for index, contact in enumerate(contacts)
        if is_blank(contact.get("name"))
    ]
    if not any(contact.get("mobile") or contact.get("phone") for contact in contacts):
        found.append(_of_contacts(_("At least one contact needs a phone or mobile number.")))
    primaries = _count(contacts, "is_primary")
    if contacts and primaries == 0:
        found.append(_of_contacts(_("Mark one contact as the primary one.")))
    if primaries > 1:
        found.append(_of_contacts(_("Only one contact can be the primary one.")))
    return found


def account_problems(accounts: Rows, values: Values) -> list[Problem]:
    """What the bank accounts lack or have twice."""
    found = [
        _of_accounts(
            _("Bank account %(number)d has no account number.") % {"number": index + 1}, index
        )
        for index, account in enumerate(accounts)
        if is_blank(account.get("account_number"))
    ]
    if values.get("credit_managed") and not accounts:
        found.append(_of_accounts(_("A customer under credit management needs a bank account.")))
    if _count(accounts, "is_default") > 1:
        found.append(_of_accounts(_("Only one account can be the default.")))
    if _count(accounts, "is_invoice") > 1:
        found.append(_of_accounts(_("Only one account can be the one for invoices.")))
    return found


def tag_problem(count: int) -> str:
    """Say that these are too many tags for one customer, or ""."""
    if count <= MOST_TAGS:
        return ""
    return _("A customer carries %(most)d tags at most, not %(found)d.") % {
        "most": MOST_TAGS,
        "found": count,
    }


def is_same_name(account_name: str, customer_name: str) -> bool:
    """Say whether an account is held in the customer's own name, however it is written."""
    return identity.normalised_name(account_name) == identity.normalised_name(customer_name)


def _checks(kind: str) -> dict[str, Callable[[str], str]]:
    """The checks of single values that hold for one kind of customer only."""
    if kind == OVERSEAS:
        return {}
    if kind == PERSON:
        return {"tax_number": identity.tax_number, "postcode": _chinese_postcode}
    checks: dict[str, Callable[[str], str]] = {
        "uscc": identity.uscc,
        "tax_number": _company_tax_number,
    }
    return {**checks, "postcode": _chinese_postcode} if kind == COMPANY else checks


def _company_tax_number(value: str) -> str:
    number = identity.tax_number(value)
    return identity.uscc(number) if len(number) == identity.USCC_LENGTH else number


def _chinese_postcode(value: str) -> str:
    if not re.fullmatch("[0-9]{6}", value):
        raise ValidationError(_("A postcode has six digits."), code="postcode")
    return value


def _count(rows: Rows, flag: str) -> int:
    return sum(bool(row.get(flag)) for row in rows)


def _of_contacts(message: str, row: int | None = None) -> Problem:
    return Problem("contacts", message, "contacts", row)


def _of_accounts(message: str, row: int | None = None) -> Problem:
    return Problem("bank_accounts", message, "accounts", row)
