"""THE field table of opportunities: which field shows where, to whom, and what it needs."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core.catalog import Catalog, Row, Section
from sales.models import Opportunity, WantedProduct

BASIC, PROGRESS, PRODUCTS, SYSTEM = "basic", "progress", "products", "system"

_row = partial(Row, change="opportunity", listed=True)
_system = partial(_row, section=SYSTEM, change="never", form=False, sheet=False)

OPPORTUNITY = Catalog(
    Opportunity,
    (
        Section(BASIC, _("Basics")),
        Section(PROGRESS, _("Progress")),
        Section(PRODUCTS, _("Products wanted")),
        Section(SYSTEM, _("System"), is_system=True),
    ),
    (
        _row(
            "code", BASIC, shown=True, filtered="text", sort="code_sort", style="code", copied=False
        ),
        _row("name", BASIC, 2, shown=True, filtered="text", sort="name_sort", required="always"),
        _row("customer", BASIC, 2, shown=True, filtered="record", required="always"),
        _system("state", shown=True, filtered="choices", sort="state"),
        _row(
            "amount",
            BASIC,
            shown=True,
            filtered="number",
            sort="amount",
            required="always",
            style="num",
            unit="CNY",
        ),
        _row(
            "probability",
            BASIC,
            shown=True,
            filtered="number",
            sort="probability",
            style="num",
            unit="%",
            copied=False,
            note=_("Follows the stage until you change it."),
        ),
        _row(
            "expected_date",
            BASIC,
            shown=True,
            filtered="date",
            sort="expected_date",
            required="always",
            bulk=True,
        ),
        _row("salesperson", BASIC, shown=True, filtered="reference", bulk=True),
        _row("department", BASIC, filtered="tree", bulk=True),
        _row("next_step", PROGRESS, 3, filtered="text"),
        _row("competitors", PROGRESS, 3, filtered="text"),
        _row("remark", PROGRESS, 3, filtered="text"),
        _system("lost_reason", filtered="text"),
        _system("closed_at", filtered="date"),
        _system("closed_by", filtered="user"),
        _system("created_at", filtered="date"),
        _system("created_by", filtered="user"),
        _system("updated_at", filtered="date", sort="updated_at", shown=True),
        _system("updated_by"),
    ),
    internal=("id", "version", "scope_unit", "code_sort", "name_sort"),
)

PRODUCT = Catalog(
    WantedProduct,
    (Section(PRODUCTS, _("Products wanted")),),
    (
        Row("name", PRODUCTS, required="always", size="l", change="opportunity"),
        Row("quantity", PRODUCTS, style="num", size="s", change="opportunity"),
        Row("price", PRODUCTS, style="num", change="opportunity"),
    ),
    internal=("id", "opportunity", "line"),
)
