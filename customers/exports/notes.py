"""What is told about a column of a template: what it is for, how it is written, an example.

Words only; what is right is decided by the rules that the import asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.records import plain
from core.records.plain import Target
from customers.imports.fields import targets
from customers.models import Customer
from customers.parts import BY_NAME

_CASES = {
    "always": lazy("Required to submit."),
    "company": lazy("Required to submit a company."),
    "credit": lazy("Required when credit is managed."),
}
_FORMS = {
    targets.ROW_KEY: lazy(
        "Any number or word of your own for a new customer; the same one in the other sheets "
        "points to it. Leave it empty where the customer code is given."
    ),
    targets.OWNER_CODE: lazy("The code of the customer the row belongs to; or give its row key."),
    "code": lazy("Leave it empty to have it drawn by the code rule."),
    "uscc": lazy("18 digits and capital letters, the last is a check character."),
    "tax_number": lazy("15, 17, 18 or 20 digits and capital letters; empty means the credit code."),
    "phone": lazy("Landline, mobile, 400 or international number, as text."),
    "mobile": lazy("Mobile number, as text."),
    "fax": lazy("Landline or international number, as text."),
    "account_number": lazy("8 to 30 digits, as text: Excel rounds long numbers."),
    "cnaps": lazy("12 digits, as text."),
    "parent": lazy("Code or name of a customer that is there already."),
}
_KINDS = {
    plain.DATE: lazy("A date such as 2024-05-01."),
    plain.DECIMAL: lazy("An amount with at most two places, not below zero; 万 and 亿 are read."),
    plain.INTEGER: lazy("A whole number."),
    plain.FLAG: lazy("Yes or No; empty means No."),
    plain.CHOICE: lazy("One of the values in the list."),
    plain.REFERENCE: lazy("Choose from the list, or type its name or code."),
    plain.TAGS: lazy("Names or codes; several are separated by 、 or a comma."),
}
_CODE = "BJ-JS-001"
_JOINING = {targets.ROW_KEY: targets.SAMPLE_KEY, targets.OWNER_CODE: _CODE}
# Of a column with choices: the value of the same company, by any of the words it may have there.
_EXAMPLES: dict[str, Any] = {
    "code": _CODE,
    "name": "北京恒信科技有限公司",
    "short_name": "恒信科技",
    "registered_address": "北京市海淀区中关村南大街 12 号",
    "uscc": "91110108MA01ABCD3L",
    "legal_representative": "张伟",
    "registered_capital": Decimal("5000000.00"),
    "founded_date": date(2016, 5, 18),
    "parent": "北京恒信集团有限公司",
    "remark": "2026 年软件展上认识",
    "phone": "010-62510000",
    "fax": "010-62510001",
    "email": "info@example.com",
    "website": "https://www.example.com",
    "mailing_address": "北京市海淀区中关村南大街 12 号",
    "postcode": "100081",
    "tax_number": "91110108MA01ABCD3L",
    "invoice_title": "北京恒信科技有限公司",
    "credit_limit": Decimal("500000.00"),
    "credit_days": 30,
    "customer_type": ("经销商", "JS"),
    "region": ("北京市", "110000"),
    "industry": ("软件和信息技术服务业", "65"),
    "nature": (Customer.Nature.PRIVATE.label,),
    "size": (Customer.Size.SMALL.label,),
    "settlement_method": ("银行转账", "YHZZ"),
    "currency": ("人民币", "CNY"),
}


def note_of(target: Target, offered: list[str]) -> str:
    """Give the note at the head of a column."""
    return "\n".join([target.head, *_sentences(target, offered)])


def form_of(target: Target) -> str:
    """Give in words how a value is written."""
    return str(_FORMS.get(target.name) or _KINDS.get(target.kind) or _("Text."))


def need_of(target: Target) -> str:
    """Give in words when a value is needed, "" for never."""
    return str(_CASES.get(target.row.required, "")) if target.row else ""


def length_of(target: Target) -> int | None:
    """Give how many characters a text may have."""
    if target.kind == plain.KEY and target.field is None:
        return plain.ROW_KEY_LENGTH
    is_text = target.kind in (plain.TEXT, plain.LONG, plain.KEY)
    return getattr(target.field, "max_length", None) if is_text else None


def example_of(target: Target, offered: list[str]) -> Any:
    """Give the value of the sample row; None where the sample leaves the cell empty."""
    part = BY_NAME.get(target.sheet)
    known = {**_JOINING, **(part.examples if part else _EXAMPLES)}
    example = known.get(target.name, ())
    if not isinstance(example, tuple):
        return example
    wanted = [str(word) for word in example]
    return next((word for word in wanted if word in offered), offered[0] if offered else None)


def _sentences(target: Target, offered: list[str]) -> Iterator[str]:
    if need := need_of(target):
        yield need
    yield form_of(target)
    if length := length_of(target):
        yield _("At most %(n)d characters.") % {"n": length}
    example = example_of(target, offered)
    if example is not None:
        yield _("Example: %(value)s") % {"value": example}
