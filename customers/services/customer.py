"""Saves customers: drafts, edits, save-and-submit, codes, the regular check.

Every function is one transaction and decides who may change what; core.saving writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import saving
from core.access import may_change, permissions_of
from core.aggregate import RowInput
from core.catalog import Row
from core.history import Act
from core.models import Unit
from core.records import coding, transition
from core.records.part import Part
from core.records.record import is_blank
from customers.catalog import CUSTOMER
from customers.lifecycle import DRAFT, OPEN_STATES, USABLE
from customers.models import Customer, Tag
from customers.parts import BY_NAME
from customers.queries import reach
from customers.roles import changes_never
from customers.rules import record as rules
from customers.services import aggregates, entered, kinds, policy, reference

MOST_RETRIES = 3
_POINTING = tuple(field.name for field in Customer._meta.concrete_fields if field.many_to_one)


@dataclass(frozen=True)
class Record:
    """What a form, an import or the API says about a customer; what it does not name stays.

    `rows` are the whole wanted lists of the parts that it names.
    """

    values: Mapping[str, Any]
    rows: Mapping[str, Sequence[RowInput]] = field(default_factory=dict)
    tags: Sequence[Tag] | None = None
    same_name_reason: str | None = None


@saving.retried
def save(
    pk: int | None, record: Record, *, version: int | None, submit: bool, act: Act
) -> Customer:
    """Create (pk None) or change a customer, and submit it in the same step if asked.

    Raises Refused (fields say where), Stale, Repeated, KeyReused; then nothing is written.
    """
    for attempt in range(MOST_RETRIES):
        try:
            with saving.once(act) as ticket:
                customer = _save(pk, record, version, act)
                if submit:
                    transition.one_of_many(kinds.CUSTOMER, "submit", [customer], act=act)
                ticket.result = str(customer.pk)
            return customer
        except saving.Duplicate as taken:
            # A typed code took the serial we drew between our look and our insert: draw again.
            if (
                "code" not in taken.fields
                or record.values.get("code")
                or attempt == MOST_RETRIES - 1
            ):
                raise
    raise AssertionError("unreachable")


@saving.retried
def redraw_code(pk: int, *, version: int, act: Act) -> Customer:
    """Draw a new code for a draft that was never submitted. Raises Refused, Stale."""
    with saving.once(act) as ticket:
        customer = _locked(pk, version, act)
        if customer.state != DRAFT or customer.submitted_at is not None:
            raise saving.Refused([_("Only a draft that was never submitted gets a new code.")])
        _require_change(customer, {"code": ""}, act)
        code = coding.demand(kinds.CUSTOMER, _values_of(customer))
        coding.remember(kinds.CUSTOMER, [(code, pk)])
        ticket.result = str(pk)
        return saving.change(
            aggregates.CUSTOMER, pk, {"code": code}, version=version, act=act, action="redraw"
        )


@saving.retried
def confirm_checked(pk: int, *, version: int, act: Act) -> Customer:
    """Say that the data of an enabled customer was looked through and is right (核对无误)."""
    with saving.once(act) as ticket:
        customer = _locked(pk, version, act)
        _require_permission("customers.change_customer", act)
        if customer.state not in USABLE:
            raise saving.Refused([_("Only enabled customers are reviewed regularly.")])
        ticket.result = str(pk)
        values = {"review_due_date": policy.current().next_review(act.at)}
        return saving.change(
            aggregates.CUSTOMER, pk, values, version=version, act=act, action="check", always=True
        )


def _save(pk: int | None, record: Record, version: int | None, act: Act) -> Customer:
    if pk is None:
        return _create(record, act)
    if version is None:
        raise saving.Stale
    customer = _locked(pk, version, act)
    _require_permission("customers.change_customer", act)
    values = _with_kept_code(customer, dict(record.values))
    _require_change(customer, values, act)
    _require_change_of_rows(customer, record, act)
    defaults = {"tax_number"} if customer.state in OPEN_STATES else set()
    merged = _complete({**_values_of(customer), **values}, is_open=customer.state in OPEN_STATES)
    changed = {name: merged[name] for name in merged if name in values or name in defaults}
    changed.update(_reason_for(customer, record, act))
    if "department" in values:
        changed["scope_unit"] = scope_unit(merged.get("department"), customer.created_by)
    entered.no_circle(customer, values, act)
    changed["code"] = _code_for(customer.code, values.get("code", ""), merged)
    rows = _rows(record)
    saved = saving.change(
        aggregates.CUSTOMER, pk, changed, rows, _marks(record, act),
        version=version, act=act,
    )  # fmt: skip
    if saved.code and saved.code != customer.code:
        coding.remember(kinds.CUSTOMER, [(saved.code, pk)])
    return saved


def _create(record: Record, act: Act) -> Customer:
    _require_permission("customers.add_customer", act)
    _require_change(None, record.values, act)
    given = [value for name, value in record.values.items() if name not in ("credit_managed",)]
    if all(is_blank(value) for value in given) and not any(record.rows.values()):
        raise saving.Refused([_("Fill in at least one field.")])
    values = dict(record.values)
    values.setdefault("department", None)
    values["department"] = values["department"] or act.by.unit
    values["scope_unit"] = scope_unit(values["department"], act.by)
    values["same_name_reason"] = record.same_name_reason or ""
    values = _complete(values, is_open=True)
    values["code"] = _code_for("", (values.get("code") or "").upper(), values)
    customer = saving.create(
        aggregates.CUSTOMER, values, _rows(record), _marks(record, act), act=act
    )
    if customer.code:
        coding.remember(kinds.CUSTOMER, [(customer.code, customer.pk)])
    return customer


def _locked(pk: int, version: int, act: Act) -> Customer:
    """Give the record the user sees, locked where the database can; raises Stale if it moved on."""
    found = Customer.objects.visible_to(act.by).select_for_update(of=("self",), no_key=True)
    found = found.filter(pk=pk)
    customer = found.select_related(*_POINTING, "created_by__unit").first()
    if customer is None or customer.version != version:
        raise saving.Stale
    return customer


def _complete(values: dict[str, Any], *, is_open: bool) -> dict[str, Any]:
    """Fill in what follows from the rest; what is wrong waits in a draft until it is submitted."""
    kind = values["customer_type"].kind if values.get("customer_type") else ""
    complete = rules.with_defaults(values, kind=kind)
    wrong = rules.cross_problems(complete, kind=kind, today=timezone.localdate())
    if wrong and not is_open:
        raise saving.Refused(list(wrong.values()), wrong)
    if "uscc" in wrong and complete.get("tax_number") == complete["uscc"]:
        return {**complete, "tax_number": values.get("tax_number") or ""}
    return complete


def _code_for(current: str, typed: str, values: Mapping[str, Any]) -> str:
    if typed and typed != current:
        if refused := coding.accept(kinds.CUSTOMER, [(typed, values)]):
            raise refused[typed]
        return typed
    return current or coding.draw(kinds.CUSTOMER, [values])[0]


def _with_kept_code(customer: Customer, values: dict[str, Any]) -> dict[str, Any]:
    """An emptied code field keeps the code; a code once submitted never changes."""
    typed = values.get("code", "").upper() or customer.code
    if typed != customer.code and customer.submitted_at is not None:
        sentence = _("The code was already given and does not change any more.")
        raise saving.Refused([sentence], {"code": sentence})
    return {**values, "code": typed}


def _require_permission(permission: str, act: Act) -> None:
    if permission not in permissions_of(act.by):
        raise saving.Refused([_("You may look at customers but not change them.")])


def _require_change(customer: Customer | None, values: Mapping[str, Any], act: Act) -> None:
    """Refuse what the user may not change now, and whatever no form has."""
    refused = {}
    for name, value in values.items():
        row = CUSTOMER.by_name.get(name)
        if row is None or not row.form:
            refused[name] = changes_never(act.by, customer)
        elif customer is None or value != getattr(customer, name):
            problem = may_change(row, act.by, customer)
            if problem:
                refused[name] = problem
        if name not in refused and value != getattr(customer, name, None):
            problem = reach.outside(name, value, act.by)
            if problem:
                refused[name] = problem
    if refused:
        raise saving.Refused(sorted(set(refused.values())), refused)


def _reason_for(customer: Customer, record: Record, act: Act) -> dict[str, str]:
    """Give the reason for an equal name where it changes; it goes with the name."""
    reason = record.same_name_reason
    if reason is None or reason == customer.same_name_reason:
        return {}
    problem = may_change(CUSTOMER.by_name["name"], act.by, customer)
    if problem:
        raise saving.Refused([problem], {"same_name_reason": problem})
    return {"same_name_reason": reason}


def _require_change_of_rows(customer: Customer, record: Record, act: Act) -> None:
    touched = {name: _head(BY_NAME[name]) for name in record.rows}
    if record.tags is not None:
        touched["tags"] = CUSTOMER.by_name["tags"]
    for name, row in touched.items():
        if problem := may_change(row, act.by, customer):
            raise saving.Refused([problem], {name: problem})


def _head(part: Part) -> Row:
    return part.catalog.by_name[part.head]


def _rows(record: Record) -> dict[str, Sequence[RowInput]]:
    rows: dict[str, Sequence[RowInput]] = {}
    for name, given in record.rows.items():
        part = BY_NAME[name]
        if problem := rules.children_problem(len(given), part.label):
            raise saving.Refused([problem])
        rows[name] = given
        for flag in part.always:
            rows[name] = _with_one(rows[name], flag)
    return rows


def _with_one(rows: Sequence[RowInput], flag: str) -> Sequence[RowInput]:
    """Where no row has the flag the first gets it; stored rows that keep theirs are left alone."""
    if not rows or any(row.values.get(flag, row.pk is not None) for row in rows):
        return rows
    first = RowInput(rows[0].pk, {**rows[0].values, flag: True})
    return [first, *rows[1:]]


def _marks(record: Record, act: Act) -> dict[str, Sequence[Tag]]:
    if record.tags is None:
        return {}
    if problem := rules.tag_problem(len({tag.pk or tag.name for tag in record.tags})):
        raise saving.Refused([problem], {"tags": problem})
    return {"tags": reference.with_made(record.tags, act=act)}


def _values_of(customer: Customer) -> dict[str, Any]:
    return {row.name: getattr(customer, row.name) for row in CUSTOMER if row.name != "tags"}


def scope_unit(department: Unit | None, creator: Any) -> Unit:
    """Give the unit whose people see the record. Raises Refused while there is none at all."""
    unit = department or creator.unit or Unit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        raise saving.Refused([_("There is no department yet; an administrator adds one first.")])
    return unit
