"""THE field table of customers: which field shows where, to whom, and what it needs.

Model fields own type, label and validators; a field in neither `rows` nor `internal` is an error.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.catalog import PICK, Catalog, Row, Section
from customers.models import BankAccount, CodeSegment, Contact, Customer, CustomerChange

BASIC, REACH, CONTACTS = "basic", "reach", "contacts"
FINANCE, ACCOUNTS, OTHER, SYSTEM = "finance", "accounts", "other", "system"
SEGMENTS, REQUEST = "segments", "request"

SECTIONS = (
    Section(BASIC, _("Basics")),
    Section(REACH, _("Contact details"), tab=CONTACTS),
    Section(CONTACTS, _("Contacts")),
    Section(FINANCE, _("Financials"), tab_label=_("Finance and bank")),
    Section(ACCOUNTS, _("Bank accounts"), tab=FINANCE),
    Section(OTHER, _("Other details")),
    Section(SYSTEM, _("System"), is_system=True),
)


def _listed(name: str, section: str, filtered: str, **more: Any) -> Row:
    """Give the row of a field that is a column of the list and a filter of this kind."""
    return Row(name, section, listed=True, filtered=filtered, **more)


def _finance(name: str, filtered: str, **more: Any) -> Row:
    """Give the row of a field that finance keeps after the approval."""
    return _listed(name, FINANCE, filtered, change="financial", **more)


def _system(name: str, filtered: str = "", **more: Any) -> Row:
    """Give the row of a field that only the system sets."""
    return _listed(name, SYSTEM, filtered, sheet=False, change="never", form=False, **more)


def _asked(name: str, filtered: str = "", **more: Any) -> Row:
    """Give the row of a field of change requests, which are entered on the page of a customer."""
    return _listed(name, REQUEST, filtered, change="never", form=False, **more)


CREDIT: dict[str, Any] = {
    "required": "credit",
    "controlled": True,
    "style": "num",
    "copied": False,
    "bulk": True,
    "note": _("Required under credit management."),
}
CUSTOMER = Catalog(
    Customer,
    SECTIONS,
    (
        _listed("code", BASIC, "text", shown=True, sort="code_sort", style="code", copied=False),
        _listed(
            "name", BASIC, "text", width=2, shown=True, sort="name_sort", required="always",
            controlled=True,
        ),
        _system("state", "choices", sort="state", shown=True),
        _listed("short_name", BASIC, "text"),
        _listed(
            "customer_type", BASIC, "reference", shown=True, required="always", controlled=True,
            bulk=True,
        ),
        _listed("region", BASIC, "tree", required="always", bulk=True),
        _listed("industry", BASIC, "tree", bulk=True),
        _listed("uscc", BASIC, "text", controlled=True, style="code", copied=False),
        _listed("registered_address", BASIC, "text", width=3, required="always"),
        _listed("legal_representative", BASIC, "text"),
        _listed("registered_capital", BASIC, "number", style="num", unit="CNY"),
        _listed("founded_date", BASIC, "date"),
        _listed("nature", BASIC, "choices", bulk=True),
        _listed("size", BASIC, "choices", bulk=True),
        _listed("parent", BASIC, "record"),
        _listed("category", BASIC, "tree", bulk=True),
        _listed("tags", BASIC, "references", width=2, shown=True, bulk=True),
        _listed("phone", REACH, "text"),
        _listed("fax", REACH, "text"),
        _listed("email", REACH, "text"),
        _listed("website", REACH, "text"),
        _listed("mailing_address", REACH, "text", width=2),
        _listed("postcode", REACH, "text", style="code"),
        _finance(
            "tax_number", "text", required="company", controlled=True, style="code", copied=False,
            note=_("For companies; the credit code when left empty."),
        ),
        _finance("invoice_title", "text", controlled=True),
        _finance("invoice_type", "choices"),
        _finance("taxpayer", "choices"),
        _finance("settlement_method", "reference", bulk=True),
        _finance("currency", "reference"),
        _finance("credit_managed", "flag", controlled=True, copied=False, bulk=True),
        _finance("credit_limit", "number", unit="CNY", **CREDIT),
        _finance("credit_days", "number", unit=_("days"), **CREDIT),
        _listed("department", OTHER, "tree", required="always", bulk=True),
        _listed("salesperson", OTHER, "reference", shown=True, required="always", bulk=True),
        _listed("remark", OTHER, "text", width=3),
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
)  # fmt: skip

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


def _account(name: str, **more: Any) -> Row:
    """Give the row of a field of a bank account: all are reviewed, and kept by finance."""
    return Row(name, ACCOUNTS, controlled=True, change="financial", **more)


BANK_ACCOUNT = Catalog(
    BankAccount,
    (Section(ACCOUNTS, _("Bank accounts")),),
    (
        _account("account_name", size="l"),
        _account("bank"),
        _account("branch"),
        _account(
            "account_number", required="always", see="bank", style="code", copied=False, size="l"
        ),
        _account("cnaps", style="code"),
        _account("currency", size="s"),
        _account("is_default", style=PICK),
        _account("is_invoice", style=PICK),
        Row("usable_from", ACCOUNTS, sheet=False, form=False, change="never"),
    ),
    internal=("id", "customer", "line"),
)

CHANGE = Catalog(
    CustomerChange,
    (
        Section(REQUEST, _("Request"), tab="overview"),
        Section(SYSTEM, _("System"), is_system=True),
    ),
    (
        _asked("code", "text", shown=True, sort="code_sort", style="code"),
        _asked("record", "record", width=2, shown=True),
        _asked("state", "choices", shown=True, sort="state"),
        _asked("area", shown=True),
        _asked("reason", width=3, shown=True),
        _asked("holds_from", "date", shown=True),
        _system("submitted_at", "date", shown=True),
        _system("submitted_by", "user", shown=True),
        _system("approved_at", "date"),
        _system("approved_by", "user"),
        _system("closed_at", "date"),
        _system("created_at", "date"),
        _system("created_by", "user"),
        _system("updated_at", "date", sort="updated_at"),
        _system("updated_by"),
    ),
    internal=("id", "version", "wanted", "code_sort", "import_batch", "operation"),
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
