"""The sheets that can be edited and imported again: their columns and how values are written there.

The columns are those of the import; a value is written as the text that the import understands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.access import may_change
from core.records import plain
from core.records.names import Names
from core.records.plain import Target
from core.workbook import writing_cells as cells
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
_KIND_WORDS = {
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
    return str(_FORMS.get(target.name) or _KIND_WORDS.get(target.kind) or _("Text."))


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


MARK = " *"
_KINDS = {
    plain.LONG: cells.LONG,
    plain.DECIMAL: cells.AMOUNT,
    plain.INTEGER: cells.NUMBER,
    plain.DATE: cells.DATE,
}
_WIDTHS = {plain.DATE: 13, plain.DECIMAL: 16, plain.LONG: 36, plain.FLAG: 12}


@dataclass
class Values:
    """The words of every value that cells can point to, loaded once per kind."""

    _names: dict[type, Names] = field(default_factory=dict)
    _offered: dict[str, list[str]] = field(default_factory=dict)

    def names(self, target: Target) -> Names:
        """Give the values of the model that a column points to."""
        model = target.field.related_model
        if model not in self._names:
            self._names[model] = Names(model._default_manager.in_order())
        return self._names[model]

    def offered(self, target: Target) -> list[str]:
        """Give the texts a drop-down offers for a column; none where anything can be typed."""
        if target.key not in self._offered:
            self._offered[target.key] = self._choices(target)
        return self._offered[target.key]

    def _choices(self, target: Target) -> list[str]:
        if target.kind == plain.FLAG:
            return [_("Yes"), _("No")]
        if target.kind == plain.CHOICE:
            return [str(word) for key, word in target.field.flatchoices if key]
        if target.kind in (plain.REFERENCE, plain.TAGS):
            names = self.names(target)
            return [names.text(pk) for pk in names.instances if names.is_active(pk)]
        return []


def title(sheet: str) -> str:
    """Give the name of a sheet as people read it."""
    return str(capfirst(targets.CATALOGS[sheet].model._meta.verbose_name))


def columns_of(sheet: str, user: Any) -> list[Target]:
    """Give the columns of a sheet that the user may write in a new record."""
    return [
        target
        for target in targets.of_sheet(sheet)
        if target.row is None or may_change(target.row, user, None) == ""
    ]


def head(target: Target) -> str:
    """Give what stands in the first row: the label, marked where no record can do without."""
    return f"{target.head}{MARK}" if target.is_needed else target.head


def sheet_columns(
    columns: Sequence[Target], values: Values, ranges: Mapping[str, str]
) -> list[cells.Column]:
    """Give the columns for the writer; `ranges` names where the choices of a target stand."""
    return [
        cells.Column(
            head(target),
            kind=_KINDS.get(target.kind, cells.TEXT),
            width=_width(target),
            note=note_of(target, values.offered(target)),
            choices=ranges.get(target.key, ""),
        )
        for target in columns
    ]


def sample(columns: Sequence[Target], values: Values) -> list[cells.Styled]:
    """Give the row that shows how a sheet is filled; the import skips it and says so."""
    return [
        cells.Styled(
            example_of(target, values.offered(target)),
            _KINDS.get(target.kind, cells.TEXT),
            cells.SAMPLE,
        )
        for target in columns
    ]


def _width(target: Target) -> float:
    if target.kind in _WIDTHS:
        return _WIDTHS[target.kind]
    length = getattr(target.field, "max_length", None) or 12
    return min(max(length * 0.4 + 6, 14), 36)
