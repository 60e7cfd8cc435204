"""THE field table of customers: which field shows where, to whom, and what it needs.

Model fields own type, label and validators; a field in neither `rows` nor `internal` is an error.
"""

from django.utils.translation import gettext_lazy as _

from core.catalog import PICK, Catalog, Row, Section
from customers.models import BankAccount, CodeSegment, Contact, Customer

BASIC, REACH, CONTACTS = "basic", "reach", "contacts"
FINANCE, ACCOUNTS, OTHER, SYSTEM = "finance", "accounts", "other", "system"
SEGMENTS = "segments"

SECTIONS = (
    Section(BASIC, _("Basics")),
    Section(REACH, _("Contact details"), tab=CONTACTS),
    Section(CONTACTS, _("Contacts")),
    Section(FINANCE, _("Financials"), tab_label=_("Finance and bank")),
    Section(ACCOUNTS, _("Bank accounts"), tab=FINANCE),
    Section(OTHER, _("Other details")),
    Section(SYSTEM, _("System"), is_system=True),
)


def _system(name: str, filtered: str = "", *, sort: str = "", shown: bool = False) -> Row:
    """Give the row of a field that only the system sets."""
    return Row(
        name,
        SYSTEM,
        listed=True,
        shown=shown,
        filtered=filtered,
        sort=sort,
        sheet=False,
        change="never",
        form=False,
    )


# fmt: off
CUSTOMER = Catalog(
    Customer,
    SECTIONS,
    (
        Row(
            "code", BASIC, listed=True, shown=True, filtered="text", sort="code_sort", style="code",
            copied=False,
        ),
        Row(
            "name",
            BASIC,
            width=2,
            listed=True,
            shown=True,
            filtered="text",
            sort="name_sort",
            required="always",
            controlled=True,
        ),
        Row(
            "state",
            SYSTEM,
            listed=True,
            shown=True,
            filtered="choices",
            sort="state",
            sheet=False,
            change="never",
            form=False,
        ),
        Row("short_name", BASIC, listed=True, filtered="text"),
        Row(
            "customer_type",
            BASIC,
            listed=True,
            shown=True,
            filtered="reference",
            required="always",
            controlled=True,
        ),
        Row("region", BASIC, listed=True, filtered="tree", required="always"),
        Row("industry", BASIC, listed=True, filtered="tree"),
        Row("uscc", BASIC, listed=True, filtered="text", controlled=True, style="code",
            copied=False),
        Row("registered_address", BASIC, width=3, listed=True, filtered="text", required="always"),
        Row("legal_representative", BASIC, listed=True, filtered="text"),
        Row("registered_capital", BASIC, listed=True, filtered="number", style="num", unit="CNY"),
        Row("founded_date", BASIC, listed=True, filtered="date"),
        Row("nature", BASIC, listed=True, filtered="choices"),
        Row("size", BASIC, listed=True, filtered="choices"),
        Row("parent", BASIC, listed=True, filtered="record"),
        Row("category", BASIC, listed=True, filtered="tree"),
        Row("tags", BASIC, width=2, listed=True, shown=True, filtered="references"),
        Row("phone", REACH, listed=True, filtered="text"),
        Row("fax", REACH, listed=True, filtered="text"),
        Row("email", REACH, listed=True, filtered="text"),
        Row("website", REACH, listed=True, filtered="text"),
        Row("mailing_address", REACH, width=2, listed=True, filtered="text"),
        Row("postcode", REACH, listed=True, filtered="text", style="code"),
        Row(
            "tax_number",
            FINANCE,
            listed=True,
            filtered="text",
            required="company",
            controlled=True,
            change="financial",
            style="code",
            copied=False,
            note=_("For companies; the credit code when left empty."),
        ),
        Row(
            "invoice_title",
            FINANCE,
            listed=True,
            filtered="text",
            controlled=True,
            change="financial",
        ),
        Row("invoice_type", FINANCE, listed=True, filtered="choices", change="financial"),
        Row("taxpayer", FINANCE, listed=True, filtered="choices", change="financial"),
        Row("settlement_method", FINANCE, listed=True, filtered="reference", change="financial"),
        Row("currency", FINANCE, listed=True, filtered="reference", change="financial"),
        Row(
            "credit_managed",
            FINANCE,
            listed=True,
            filtered="flag",
            controlled=True,
            change="financial",
            copied=False,
        ),
        Row(
            "credit_limit",
            FINANCE,
            listed=True,
            filtered="number",
            required="credit",
            controlled=True,
            change="financial",
            style="num",
            copied=False,
            unit="CNY",
            note=_("Required under credit management."),
        ),
        Row(
            "credit_days",
            FINANCE,
            listed=True,
            filtered="number",
            required="credit",
            controlled=True,
            change="financial",
            style="num",
            copied=False,
            unit=_("days"),
            note=_("Required under credit management."),
        ),
        Row("department", OTHER, listed=True, filtered="tree", required="always"),
        Row("salesperson", OTHER, listed=True, shown=True, filtered="reference", required="always"),
        Row("remark", OTHER, width=3, listed=True, filtered="text"),
        _system("created_at", "date", sort="created_at"),
        _system("created_by", "user"),
        _system("updated_at", "date", sort="updated_at", shown=True),
        _system("updated_by"),
        _system("submitted_at", "date"),
        _system("submitted_by", "user"),
        _system("approved_at", "date"),
        _system("approved_by", "user"),
        _system("enabled_at", "date"),
        _system("enabled_by"),
        _system("disabled_at", "date"),
        _system("disabled_by"),
        _system("review_due_date", "date"),
    ),
    internal=(
        "id",
        "version",
        "same_name_reason",
        "scope_unit",
        "name_key",
        "code_sort",
        "name_sort",
        "tag_keys",
        "approved_version",
        "four_eyes",
        "import_batch",
        "import_sheet",
        "import_row",
        "pending_batch",
    ),
)
# fmt: on

CONTACT = Catalog(
    Contact,
    (Section(CONTACTS, _("Contacts")),),
    (
        Row("name", CONTACTS, required="always", size="s"),
        Row("position", CONTACTS, size="s"),
        Row("responsibilities", CONTACTS),
        Row("mobile", CONTACTS),
        Row("phone", CONTACTS),
        Row("email", CONTACTS, size="l"),
        Row("fax", CONTACTS),
        Row("is_primary", CONTACTS, style=PICK),
        Row("remark", CONTACTS),
    ),
    internal=("id", "customer", "line"),
)

BANK_ACCOUNT = Catalog(
    BankAccount,
    (Section(ACCOUNTS, _("Bank accounts")),),
    (
        Row("account_name", ACCOUNTS, controlled=True, change="financial", size="l"),
        Row("bank", ACCOUNTS, controlled=True, change="financial"),
        Row("branch", ACCOUNTS, controlled=True, change="financial"),
        Row(
            "account_number",
            ACCOUNTS,
            required="always",
            controlled=True,
            see="bank",
            change="financial",
            style="code",
            copied=False,
            size="l",
        ),
        Row("cnaps", ACCOUNTS, controlled=True, change="financial", style="code"),
        Row("currency", ACCOUNTS, controlled=True, change="financial", size="s"),
        Row("is_default", ACCOUNTS, controlled=True, change="financial", style=PICK),
        Row("is_invoice", ACCOUNTS, controlled=True, change="financial", style=PICK),
    ),
    internal=("id", "customer", "line"),
)

CODE_SEGMENT = Catalog(
    CodeSegment,
    (Section(SEGMENTS, _("Segments")),),
    (
        Row("kind", SEGMENTS, required="always"),
        Row("text", SEGMENTS, style="code"),
        Row("date_format", SEGMENTS),
        Row("width", SEGMENTS, style="num", size="s"),
        Row("start", SEGMENTS, style="num", size="s"),
        Row("step", SEGMENTS, style="num", size="s"),
        Row("pad", SEGMENTS, style="code", size="s"),
        Row("separator", SEGMENTS, style="code", size="s"),
        Row("is_basis", SEGMENTS),
    ),
    internal=("id", "rule", "line"),
)
