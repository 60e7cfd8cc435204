"""THE parts of a customer: its child tables, each declared once, in the order of its pages.

Forms, pages, history, sheets, import, export and undo loop over PARTS; nobody else lists them.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.records.part import Part, Same
from customers.catalog import BANK_ACCOUNT, CODE_SEGMENT, CONTACT
from customers.rules import record

REACH = ("mobile", "phone", "email")

CONTACTS = Part(
    "contacts",
    "customer",
    CONTACT,
    always=("is_primary",),
    same_by=(Same("name", one_of=REACH), Same("name", apart=REACH)),
    rule=record.contact_problems,
    wanted="mobile",
    note=_("At least one, with a phone or mobile"),
    shown=("name", "position", "mobile", "phone", "fax", "email", "responsibilities"),
    examples={
        "name": "刘洋",
        "position": "采购经理",
        "responsibilities": "采购、对账",
        "mobile": "13800132207",
        "phone": "010-62510002",
        "email": "liuyang@example.com",
        "fax": "010-62510001",
        "remark": "工作日 9 点后联系",
    },
)
BANK_ACCOUNTS = Part(
    "bank_accounts",
    "customer",
    BANK_ACCOUNT,
    always=("is_default",),
    same_by=(
        Same("account_number", equal=("currency",)),
        Same("account_number", unsaid=("currency",)),
    ),
    rule=record.account_problems,
    shown=("account_name", "bank", "account_number", "cnaps", "currency"),
    given=("currency",),
    used_from="usable_from",
    examples={
        "account_name": "北京恒信科技有限公司",
        "bank": ("中国工商银行", "102"),
        "branch": "中关村支行",
        "account_number": "0200003319200123456",
        "cnaps": "102100000021",
        "currency": ("人民币", "CNY"),
    },
)
PARTS = (CONTACTS, BANK_ACCOUNTS)
BY_NAME: Mapping[str, Part] = {part.name: part for part in PARTS}
BY_SECTION: Mapping[str, Part] = {part.section: part for part in PARTS}

SEGMENTS = Part("segments", "rule", CODE_SEGMENT)
