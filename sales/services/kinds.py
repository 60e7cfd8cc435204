"""THE kinds of records of this app: what moves, lists and keeps them is written once in core."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.aggregate import Aggregate
from core.records import code
from core.records.kind import Coding, Kind
from core.records.record import Rules
from customers.models import CodeRule, UsedCode
from customers.queries import reach
from customers.rules.identity import pinyin_sort
from customers.services import entered
from sales.catalog import OPPORTUNITY as CATALOG
from sales.lifecycle import LIFE
from sales.models import Opportunity
from sales.parts import PRODUCTS


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    given = values.get("code", "").upper()
    sort = {"code_sort": code.sort_key(given), "name_sort": pinyin_sort(values["name"])[:400]}
    return {**values, "code": given, **sort}


KIND = Kind(
    app="sales",
    stem="opportunity",
    icon="target",
    aggregate=Aggregate(
        Opportunity,
        children=(PRODUCTS,),
        derive=_derived,
        derived=frozenset({"code_sort", "name_sort", "scope_unit", "closed_at", "closed_by"}),
        extra_tables=(UsedCode,),
    ),
    catalog=CATALOG,
    parts=(PRODUCTS,),
    life=LIFE,
    related=("created_by",),
    code=Coding(
        rules=CodeRule, ledger=UsedCode, pieces=(), anything=_("Every opportunity"), nothing=""
    ),
    rules=Rules(outside=reach.outside, start=entered.own),
)
