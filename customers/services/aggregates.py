"""The aggregates of this app: what is one record with one version, and what is computed in it."""

from __future__ import annotations

from typing import Any

from core.aggregate import Aggregate, Child
from core.models import Unit
from customers import models
from customers.rules import code, identity


def _derive_customer(values: dict[str, Any]) -> dict[str, Any]:
    name, given = values.get("name", ""), values.get("code", "").upper()
    return {
        **values,
        "code": given,
        "code_sort": code.sort_key(given),
        "name_key": identity.normalised_name(name)[:240],
        "name_sort": identity.pinyin_sort(name)[:400],
    }


CUSTOMER = Aggregate(
    models.Customer,
    children=(
        Child("contacts", models.Contact, "customer", ("is_primary",)),
        Child("bank_accounts", models.BankAccount, "customer", ("is_default", "is_invoice")),
    ),
    m2m=("tags",),
    derive=_derive_customer,
    derived=frozenset(
        {"code_sort", "name_key", "name_sort", "tag_keys", "scope_unit", "four_eyes"}
        | {"approved_version", "review_due_date", "import_batch", "import_sheet", "import_row"}
        | {
            f"{verb}_{what}"
            for verb in ("submitted", "approved", "enabled", "disabled")
            for what in ("at", "by")
        }
    ),
    extra_tables=(models.UsedCode,),
    pending="pending_batch",
)
CODE_RULE = Aggregate(models.CodeRule, children=(Child("segments", models.CodeSegment, "rule"),))
POLICY = Aggregate(models.Policy)

REFERENCE = {
    "customer-type": Aggregate(models.CustomerType),
    "region": Aggregate(models.Region, is_tree=True),
    "industry": Aggregate(models.Industry, is_tree=True),
    "category": Aggregate(models.Category, is_tree=True),
    "tag": Aggregate(models.Tag),
    "unit": Aggregate(Unit, is_tree=True),
    "salesperson": Aggregate(models.Salesperson),
    "bank": Aggregate(models.Bank),
    "settlement-method": Aggregate(models.SettlementMethod),
    "currency": Aggregate(models.Currency),
}

ALL = (CUSTOMER, CODE_RULE, POLICY, *REFERENCE.values())
