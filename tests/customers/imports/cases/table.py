"""What comes of every file of this folder, from the upload page with its default options.

One line for each file: how such files come about, what is asked of a person, what is stored,
noted and refused. The files are invented; test_cases.py tries all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Stored = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A file and what it has to give.

    `before`: files imported first, in this order; `codes`: customers that are there already.
    `heads` and `words`: what a person answers about columns (head: target key) and words (text:
    "map:<code>", "skip"), `says` about the file; nothing else may be asked. `counts`: customers by
    status; what is not named is 0. `customers`: by name, values of fields; "contacts" and
    "bank_accounts" are lists of values. `notes`: pieces of the notes about the
    file, `problems`: place -> piece of the sentence. Nothing else may be an error.
    `left_out`: place -> text of the rows that are no records.
    `encoding`: what the page says that a text table was read as.
    `make` gives the file where none of the folder is meant (brothers.py).
    """

    file: str
    why: str
    counts: Mapping[str, int] = field(default_factory=lambda: {"created": 1})
    customers: Mapping[str, Stored] = field(default_factory=dict)
    notes: Sequence[str] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    make: Callable[[], bytes] | None = None

    def __str__(self) -> str:
        return self.file


CASES = (
    Case(
        "codes_999_1000.xlsx",
        "A serial that outgrew its width.",
        {"created": 3},
        customers={"无锡编码乙机械有限公司": {"code": "BJ-JS-1000"}},
    ),
    Case(
        "rows_out_of_order.xlsx",
        "Streaming writers put rows down as they come.",
        {"created": 2},
        customers={"无锡乱序甲机械有限公司": {}, "无锡乱序乙机械有限公司": {}},
    ),
    Case(
        "backslash_parts.xlsx",
        "Old .NET writers name the parts of a package as files of Windows.",
        customers={"无锡反斜杠机械有限公司": {"phone": "13800132207"}},
    ),
    Case(
        "written_by_sheetjs.xlsx",
        "SheetJS (most web back offices) declares a type for macro parts that are not there.",
        customers={"无锡测试甲机械有限公司": {"phone": "13800132207"}},
    ),
    Case(
        "zero_padded_format.xlsx",
        "Numbers whose format pads them with zeros: a code 00001207, an account 0123456789.",
        customers={
            "无锡零前缀机械有限公司": {
                "code": "00001207",
                "bank_accounts": [{"account_number": "0123456789"}],
            }
        },
    ),
    Case(
        "era_date_formats.xlsx",
        "Formats of dates with years of eras and Chinese numerals.",
        {"created": 5},
        customers={
            f"无锡日期{sign}机械有限公司": {"founded_date": f"2015-03-0{day}"}
            for day, sign in enumerate("甲乙丙丁戊", start=1)
        },
    ),
    Case(
        "dates_43_seconds.xlsx",
        "Browsers in China write midnight of a day as 00:00:43.",
        {"created": 2},
        customers={
            "无锡时区甲机械有限公司": {"founded_date": "2015-03-02"},
            "无锡时区乙机械有限公司": {"founded_date": "1985-03-02"},
        },
    ),
    Case(
        "wps_picture_cell.xlsx",
        "WPS keeps a picture in a cell as the text of a formula.",
        customers={"无锡图片单元格机械有限公司": {"remark": ""}},
        notes=["“客户”：单元格内的图片不读取：H2"],
    ),
    Case(
        "equals_quoted.csv",
        "A formula round a text, so that Excel leaves its zeros alone.",
        customers={
            "无锡等号机械有限公司": {
                "code": "00731",
                "registered_address": "建设路 3 号",
                "phone": "13800132207",
            }
        },
    ),
    Case(
        "biff8_codepage_1252.xls",
        "Programs without Excel tell code page 1252 in a file whose texts are UTF-16.",
        customers={"无锡代码页1252机械有限公司": {"phone": "13800132207", "region": "北京市"}},
    ),
    Case(
        "windows1252.csv",
        "A table of a Western Excel.",
        customers={
            "Müller Söhne GmbH": {
                "region": "海外",
                "registered_address": "Königstraße 5 Nürnberg",
                "phone": "+49 30 901820",
            }
        },
        encoding="cp1252",
    ),
    Case(
        "big5_chinese_heads.csv",
        "A table of an office in Taiwan, with traditional heads.",
        customers={
            "臺北測試股份有限公司": {
                "region": "海外",
                "registered_address": "信義路五段 7 號",
                "phone": "+886 2 2345 6789",
            }
        },
        encoding="cp950",
    ),
    Case(
        "total_and_footer_rows.xlsx",
        "The last rows say how many there are and who made the list.",
        {"created": 2},
        customers={"无锡合计甲机械有限公司": {}, "无锡合计乙机械有限公司": {}},
        left_out={"A4": "合计：2 家", "A5": "制表人：张三    打印时间：2026-05-01"},
    ),
    Case(
        "space_before_quote.csv",
        "A blank before the quote sign.",
        customers={"无锡空格二号机械有限公司": {"registered_address": "建设路 1 号"}},
    ),
    Case(
        "trailing_point_zero.csv",
        "pandas and database exports write whole numbers as fractions.",
        customers={
            "无锡浮点丙机械有限公司": {
                "code": "90019",
                "phone": "0310-3123456",
                "bank_accounts": [{"account_number": "12345678903"}],
            }
        },
    ),
    Case(
        "invisible_marks_in_phone.xlsx",
        "Numbers copied from phones, chats and PDF files carry marks nobody sees.",
        {"created": 5},
        customers={
            f"无锡隐形{one}机械有限公司": {"phone": phone}
            for one, phone in zip(
                "甲乙丙丁戊", ["13800132207", "010-62587731", *["13800132207"] * 3], strict=True
            )
        },
    ),
    Case(
        "apostrophe.xlsx",
        "An apostrophe or back-tick guards the digits of a number.",
        {"created": 2},
        customers={
            "无锡撇号甲机械有限公司": {
                "code": "00012",
                "phone": "13800132207",
                "uscc": "91320200MA0820001L",
                "bank_accounts": [{"account_number": "6222021234567890123"}],
            },
            "无锡撇号乙机械有限公司": {"phone": "13800132207", "uscc": "91320200MA0820002P"},
        },
    ),
    Case(
        "phones.xlsx",
        "Spellings from business cards; two numbers in one cell are both named.",
        {"created": 21, "failed": 8},
        customers={
            f"无锡电话{at:02d}机械有限公司": {"phone": phone}
            for at, phone in {
                0: "010-62587731",
                1: "010-62587731",
                2: "0755-88888888",
                3: "95588",
                6: "010-62587731/32",
                7: "+852 2345 6789",
                8: "+852 2345 6789",
                15: "13800132207",
                16: "010-62587731",
                18: "+44 20 7946 0958",
                23: "010-62587731",
                27: "13333333333-1",
            }.items()
        },
        problems={
            "E6": "13800132207、13912345678",
            "E7": "13800132207、010-62587731",
            "E16": "保留 13800132207",
            "E23": "应为手机号",
            "E24": "应为手机号",
            "E27": "应为手机号",
            "E28": "代表",
            "E30": "应为手机号",
        },
    ),
    Case(
        "names.xlsx",
        "Names that are equal to the eye are found as equal; others stay apart.",
        {"created": 5, "failed": 16},
        customers={name: {} for name in ("吉野家测试有限公司", "零九测试有限公司", "株式会社测试")},
        problems={
            f"A{row}": "客户名称"
            for row in (2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20)
        },
    ),
    Case("420_contacts.xlsx", "One customer with 420 contacts: one limit for every door."),
    Case(
        "placeholders.xlsx",
        "People write - 无 / N/A — 暂无 for nothing: one question for the file.",
        {"created": 6},
        says={"placeholders": "empty"},
        customers={
            f"无锡占位{one}机械有限公司": {
                "fax": "",
                "email": "",
                "postcode": "",
                "uscc": "",
                "founded_date": None,
                "registered_capital": None,
                "industry": None,
                "legal_representative": "",
            }
            for one in "甲乙丙丁戊己"
        },
        notes=(),
    ),
    Case(
        "typo_code.xlsx",
        "A slip in one typed code: the check asks before the counter leaps.",
        says={"leaps": "keep"},
        customers={"无锡错码丁机械有限公司": {"code": "SH-JS-900000001"}},
    ),
    Case(
        "next_customer.xlsx",
        "The next customer of a counter nobody has moved.",
        customers={"无锡错码戊机械有限公司": {"code": "SH-JS-001"}},
    ),
)
