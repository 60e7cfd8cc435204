"""THE field table of customers: which field shows where, to whom, and what it needs.

Model fields own type, label and validators; a field in neither `rows` nor `internal` is an error.
"""

from django.utils.translation import gettext_lazy as _

from core.catalog import Catalog, Row, Section
from customers.models import BankAccount, CodeSegment, Contact, Customer

BASIC, REACH, CONTACTS = "basic", "reach", "contacts"
FINANCE, ACCOUNTS, OTHER, SYSTEM = "finance", "accounts", "other", "system"
SEGMENTS = "segments"

SECTIONS = (
    Section(BASIC, _("Basic information")),
    Section(REACH, _("Contact information")),
    Section(CONTACTS, _("Contacts")),
    Section(FINANCE, _("Financial information")),
    Section(ACCOUNTS, _("Bank accounts")),
    Section(OTHER, _("Other information")),
    Section(SYSTEM, _("System")),
)

CUSTOMER = Catalog(
    Customer,
    SECTIONS,
    (
        Row("code", BASIC, listed=True, shown=True, filtered="text", sort="code", style="code"),
        Row("name", BASIC, width=2, listed=True, shown=True, filtered="text", sort="name_sort",
            required="always", controlled=True),
        Row("state", SYSTEM, listed=True, shown=True, filtered="choices", sort="state",
            sheet=False, change="never", form=False),
        Row("short_name", BASIC, listed=True, filtered="text"),
        Row("customer_type", BASIC, listed=True, shown=True, filtered="reference",
            required="always", controlled=True),
        Row("region", BASIC, listed=True, filtered="tree", required="always"),
        Row("industry", BASIC, listed=True, filtered="tree"),
        Row("uscc", BASIC, listed=True, filtered="text", controlled=True, style="code"),
        Row("registered_address", BASIC, width=3, listed=True, filtered="text", required="always"),
        Row("legal_representative", BASIC, listed=True, filtered="text"),
        Row("registered_capital", BASIC, listed=True, filtered="number", style="num"),
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
        Row("tax_number", FINANCE, listed=True, filtered="text", required="company",
            controlled=True, change="financial", style="code"),
        Row("invoice_title", FINANCE, listed=True, filtered="text", controlled=True,
            change="financial"),
        Row("invoice_type", FINANCE, listed=True, filtered="choices", change="financial"),
        Row("taxpayer", FINANCE, listed=True, filtered="choices", change="financial"),
        Row("settlement_method", FINANCE, listed=True, filtered="reference", change="financial"),
        Row("currency", FINANCE, listed=True, filtered="reference", change="financial"),
        Row("credit_managed", FINANCE, listed=True, filtered="flag", controlled=True,
            change="financial"),
        Row("credit_limit", FINANCE, listed=True, filtered="number", required="credit",
            controlled=True, change="financial", style="num"),
        Row("credit_days", FINANCE, listed=True, filtered="number", required="credit",
            controlled=True, change="financial", style="num"),
        Row("department", OTHER, listed=True, filtered="tree", required="always"),
        Row("salesperson", OTHER, listed=True, shown=True, filtered="reference",
            required="always"),
        Row("remark", OTHER, width=3, listed=True, filtered="text"),
        Row("created_at", SYSTEM, listed=True, filtered="date", sort="created_at", sheet=False,
            change="never", form=False),
        Row("created_by", SYSTEM, listed=True, filtered="user", sheet=False, change="never",
            form=False),
        Row("updated_at", SYSTEM, listed=True, shown=True, filtered="date", sort="updated_at",
            sheet=False, change="never", form=False),
        Row("updated_by", SYSTEM, listed=True, sheet=False, change="never", form=False),
        Row("submitted_at", SYSTEM, listed=True, filtered="date", sheet=False, change="never",
            form=False),
        Row("submitted_by", SYSTEM, listed=True, filtered="user", sheet=False, change="never",
            form=False),
        Row("approved_at", SYSTEM, listed=True, filtered="date", sheet=False, change="never",
            form=False),
        Row("approved_by", SYSTEM, listed=True, filtered="user", sheet=False, change="never",
            form=False),
        Row("enabled_at", SYSTEM, listed=True, filtered="date", sheet=False, change="never",
            form=False),
        Row("enabled_by", SYSTEM, listed=True, sheet=False, change="never", form=False),
        Row("disabled_at", SYSTEM, listed=True, filtered="date", sheet=False, change="never",
            form=False),
        Row("disabled_by", SYSTEM, listed=True, sheet=False, change="never", form=False),
        Row("review_due_date", SYSTEM, listed=True, filtered="date", sheet=False, change="never",
            form=False),
    ),
    internal=(
        "id", "version", "same_name_reason", "scope_unit", "name_key", "name_sort",
        "approved_version", "four_eyes",
    ),
)

CONTACT = Catalog(
    Contact,
    (Section(CONTACTS, _("Contacts")),),
    (
        Row("name", CONTACTS, required="always"),
        Row("position", CONTACTS),
        Row("responsibilities", CONTACTS),
        Row("mobile", CONTACTS),
        Row("phone", CONTACTS),
        Row("email", CONTACTS),
        Row("fax", CONTACTS),
        Row("is_primary", CONTACTS, style="pick"),
        Row("remark", CONTACTS),
    ),
    internal=("id", "customer", "line"),
)

BANK_ACCOUNT = Catalog(
    BankAccount,
    (Section(ACCOUNTS, _("Bank accounts")),),
    (
        Row("account_name", ACCOUNTS, controlled=True, change="financial"),
        Row("bank", ACCOUNTS, controlled=True, change="financial"),
        Row("branch", ACCOUNTS, controlled=True, change="financial"),
        Row("account_number", ACCOUNTS, required="always", controlled=True, see="bank",
            change="financial", style="code"),
        Row("cnaps", ACCOUNTS, controlled=True, change="financial", style="code"),
        Row("currency", ACCOUNTS, controlled=True, change="financial"),
        Row("is_default", ACCOUNTS, controlled=True, change="financial", style="pick"),
        Row("is_invoice", ACCOUNTS, controlled=True, change="financial", style="pick"),
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
        Row("width", SEGMENTS, style="num"),
        Row("start", SEGMENTS, style="num"),
        Row("step", SEGMENTS, style="num"),
        Row("pad", SEGMENTS, style="code"),
        Row("separator", SEGMENTS, style="code"),
        Row("is_basis", SEGMENTS),
    ),
    internal=("id", "rule", "line"),
)
