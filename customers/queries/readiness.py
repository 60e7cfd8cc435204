"""What is missing before a record can be submitted: catalog flags joined with the pure rules.

One source for submit, the "still missing" list and the review checklist; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.aggregate import is_blank
from core.catalog import Catalog, Row
from core.fields import Rule
from core.records.part import Part
from core.records.record import Problem, Rows
from customers.catalog import CUSTOMER
from customers.models import Customer
from customers.parts import PARTS
from customers.rules.record import Needed, kind_of, misfits, submit_problems

RowsByPart = Mapping[str, Rows]


@cache
def needed() -> list[Needed]:
    """Give the ★ fields of the header as the catalog names them."""
    return [
        Needed(row.name, CUSTOMER.label(row.name), row.section, row.required)
        for row in CUSTOMER
        if row.required
    ]


def of_values(values: Mapping[str, Any], *, kind: str, rows: RowsByPart) -> list[Problem]:
    """Give what stands between these values and the reviewer; empty when nothing does."""
    found = submit_problems(values, kind=kind, required=needed(), today=timezone.localdate())
    for part in PARTS:
        own = rows.get(part.name, ())
        found += part.rule(own, values) if part.rule else _lacking(part, own)
    return found


def _lacking(part: Part, rows: Rows) -> list[Problem]:
    """Give the cells that no row of a part can do without, where it has no rule of its own."""
    return [
        _in_cell(part, index, name, _("Required to submit."))
        for index, values in enumerate(rows)
        for name in part.needs
        if is_blank(values.get(name))
    ]


def _and_in_form(
    found: list[Problem], values: Mapping[str, Any], rows: RowsByPart
) -> list[Problem]:
    """Add the values that a draft may hold although they are not in the right form."""
    told = {problem.field for problem in found if problem.row is None}
    head = [
        Problem(row.name, sentence, row.section)
        for row, rule in _ruled(CUSTOMER)
        if row.name not in told and (sentence := _objection(rule, values.get(row.name)))
    ]
    cells = [
        _in_cell(part, index, row.name, sentence)
        for part in PARTS
        for index, values_of_row in enumerate(rows.get(part.name, ()))
        for row, rule in _ruled(part.catalog)
        if (sentence := _objection(rule, values_of_row.get(row.name)))
    ]
    return [*found, *head, *cells]


@cache
def _ruled(catalog: Catalog) -> list[tuple[Row, Rule]]:
    """Give the rules that a value may break: a code is stored in the right form or not at all."""
    ruled = ((row, getattr(catalog.field(row.name), "rule", None)) for row in catalog)
    return [(row, rule) for row, rule in ruled if rule and row.name != "code"]


def _objection(rule: Rule, value: Any) -> str:
    """Ask the rule of a field about a value; "" when it takes it."""
    try:
        if isinstance(value, str) and value:
            rule(value)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def _in_cell(part: Part, index: int, name: str, sentence: str) -> Problem:
    told = _("%(section)s, row %(row)s, %(label)s: %(text)s") % {
        "section": part.label,
        "row": index + 1,
        "label": capfirst(str(part.catalog.label(name))),
        "text": sentence,
    }
    return Problem(part.name, told, part.section, index, name, sentence)


def missing(values: Mapping[str, Any], rows: RowsByPart) -> list[Problem]:
    """Give what stands between filled values and the reviewer."""
    return complete(values, kind=kind_of(values), rows=rows)


def complete(values: Mapping[str, Any], *, kind: str, rows: RowsByPart) -> list[Problem]:
    """Give what a record lacks and what is wrong in it, each field once."""
    return _and_in_form(of_values(values, kind=kind, rows=rows), values, rows)


def wrong(values: Mapping[str, Any], rows: RowsByPart) -> list[Problem]:
    """Give what is wrong in filled values and in their rows, each once, whatever they lack."""
    found = misfits(values, kind=kind_of(values), today=timezone.localdate())
    for part in PARTS:
        found += [] if part.rule else _lacking(part, rows.get(part.name, ()))
    return _and_in_form(found, values, rows)


def of_customer(customer: Customer) -> list[Problem]:
    """Give what a stored record lacks; uses prefetched parts when there are any."""
    values = {name: getattr(customer, place) for name, place in CUSTOMER.places.items()}
    kind = customer.customer_type.kind if customer.customer_type else ""
    rows = {
        part.name: [
            {name: getattr(one, place) for name, place in part.catalog.places.items()}
            for one in sorted(getattr(customer, part.name).all(), key=attrgetter("line", "pk"))
        ]
        for part in PARTS
    }
    return complete(values, kind=kind, rows=rows)
