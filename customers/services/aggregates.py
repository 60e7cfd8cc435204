"""The aggregates of this app: what is one record with one version, and what is computed in it."""

from __future__ import annotations

from typing import Any

from core.aggregate import Aggregate
from core.models import Unit
from core.models.base import Reference, Tree
from core.records import code
from core.text import natural_key
from customers import models
from customers.change_lifecycle import LIFE as CHANGE_LIFE
from customers.lifecycle import LIFE
from customers.parts import PARTS, SEGMENTS
from customers.rules import identity


def _derive_customer(values: dict[str, Any]) -> dict[str, Any]:
    name, given = values.get("name", ""), values.get("code", "").upper()
    return {
        **values,
        "code": given,
        "code_sort": code.sort_key(given),
        "name_key": name_key(name),
        "name_sort": identity.pinyin_sort(name)[:400],
    }


def name_key(name: str) -> str:
    """Give a name as names are compared."""
    return identity.normalised_name(name)[:240]


def _derive_change(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "code_sort": code.sort_key(values.get("code", ""))}


def _derive_reference(values: dict[str, Any]) -> dict[str, Any]:
    return {
        **values,
        "code_sort": natural_key(values.get("code", "")),
        "search_key": identity.search_key(values.get("name", "")),
    }


def _reference(model: type[Reference]) -> Aggregate:
    return Aggregate(model, derive=_derive_reference, is_tree=issubclass(model, Tree))


AGGREGATE = Aggregate(
    models.Customer,
    children=PARTS,
    m2m=("tags",),
    derive=_derive_customer,
    derived=frozenset(
        {"code_sort", "name_key", "name_sort", "tag_keys", "scope_unit", "four_eyes"}
        | {"approved_version", "review_due_date", "import_batch", "import_sheet", "import_row"}
        | {f"{stamp}_{what}" for stamp in LIFE.stamps for what in ("at", "by")}
    ),
    extra_tables=(models.UsedCode,),
    pending="pending_batch",
)
CHANGE = Aggregate(
    models.CustomerChange,
    derive=_derive_change,
    derived=frozenset({"wanted", "area", "closed_at", "import_batch", "operation"})
    | {f"{stamp}_{what}" for stamp in CHANGE_LIFE.stamps for what in ("at", "by")},
    extra_tables=(models.UsedCode,),
)
CODE_RULE = Aggregate(
    models.CodeRule,
    children=(SEGMENTS,),
    derive=_derive_reference,
    derived=frozenset({"subject"}),
)
POLICY = Aggregate(models.Policy)

REFERENCE = {
    "customer-type": _reference(models.CustomerType),
    "region": _reference(models.Region),
    "industry": _reference(models.Industry),
    "category": _reference(models.Category),
    "tag": _reference(models.Tag),
    "unit": _reference(Unit),
    "salesperson": _reference(models.Salesperson),
    "bank": _reference(models.Bank),
    "settlement-method": _reference(models.SettlementMethod),
    "currency": _reference(models.Currency),
}

ALL = (AGGREGATE, CHANGE, CODE_RULE, POLICY, *REFERENCE.values())
