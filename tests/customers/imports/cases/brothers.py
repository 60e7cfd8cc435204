"""Brothers of the files of this folder: the same kinds of fault in other clothes, made here."""
# ruff: noqa: E501  a file reads best on one line

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from tests.customers.imports.cases.table import Case
from tests.customers.imports.filled import workbook

NAME = "无锡兄弟甲机械有限公司"
HEADS = ("客户名称", "客户类型", "地区", "注册地址", "电话", "销售部门", "业务员")
ROW = (NAME, "经销商", "北京市", "建设路 1 号", "13800132207", "销售一部", "李文静")


def book(*rows: Sequence[Any], more: Sequence[Any] = ()) -> Any:
    """Give a maker of a workbook: rows of HEADS and further heads."""
    return lambda: workbook({"客户": [[*HEADS, *more], *rows]})


def rows(count: int, **changed: Any) -> list[list[Any]]:
    """Give rows of so many customers; `changed` replaces cells of the last one, by head."""
    made = [[f"无锡兄弟{n}机械有限公司", *ROW[1:]] for n in range(1, count + 1)]
    for head, value in changed.items():
        made[-1][HEADS.index(head)] = value
    return made


# What no database can hold: a sign of Excel's own for NUL, in every kind of place.
NUL = (
    Case(
        "nul in a name/a.xlsx",
        "Excel writes NUL as _x0000_, wherever it came from.",
        {"created": 80, "failed": 1},
        make=book(*rows(81, 客户名称="甲_x0000_公司")),
        problems={"A82": "U+0000"},
    ),
    Case(
        "nul in a reference/a.xlsx",
        "The same in a column of names of things.",
        {"failed": 1},
        make=book(*rows(1, 业务员="李_x0000_静")),
        problems={"G2": "U+0000"},
    ),
    Case(
        "nul in a free text/a.xlsx",
        "The same in a text that may hold anything.",
        {"failed": 1},
        make=book([*ROW, "好_x0000_"], more=["备注"]),
        problems={"H2": "U+0000"},
    ),
    Case(
        "nul in a head/a.xlsx",
        "The same in the head of a column that nobody knows.",
        make=book([*ROW, "x"], more=["备_x0000_注二"]),
        heads={"备␀注二": ""},
        customers={NAME: {"phone": "13800132207"}},
    ),
    Case(
        "nul in a column left out/a.xlsx",
        "The same where nothing is read.",
        make=book([*ROW, "x_x0000_"], more=[""]),
        customers={NAME: {"phone": "13800132207"}},
    ),
)


def formatted(cells: Sequence[tuple[str, Any, str]]) -> Any:
    """Give a maker of a workbook with one customer and cells: head, number or day, format."""

    def make() -> bytes:
        made = Workbook()
        sheet = made.active
        sheet.title = "客户"
        sheet.append([*HEADS, *(head for head, _value, _code in cells)])
        sheet.append(list(ROW))
        for at, (_head, value, code) in enumerate(cells, start=len(HEADS) + 1):
            cell = sheet.cell(2, at, value)
            cell.number_format = code
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
        target = BytesIO()
        made.save(target)
        return target.getvalue()

    return make


# The shown number is not the stored number.
SHOWN = (
    Case(
        "zeros/a.xlsx",
        "Zeros, groups and letters that only the format has.",
        make=formatted(
            [
                ("客户编码", 12, '"KH-"0000'),
                ("邮编", 21000, "[$-804]000000"),
                ("注册资本", 500, "00000"),
                ("信用天数", 30, "000"),
                ("银行账号", 62220202001122, "0000000000000000"),
                ("开户银行", "中国工商银行", "General"),
            ]
        ),
        customers={
            NAME: {
                "code": "KH-0012",
                "postcode": "021000",
                "registered_capital": Decimal("500.00"),
                "bank_accounts": [{"account_number": "0062220202001122"}],
            }
        },
    ),
    Case(
        "groups/a.xlsx",
        "A number in groups is the same number; a unit behind it makes it larger.",
        make=formatted(
            [
                ("客户编码", 5551234, "000-0000"),
                ("注册资本", 500, '0"万元"'),
                ("银行账号", 622202020011, "0000 0000 0000 0000"),
                ("开户银行", "中国工商银行", "@"),
            ]
        ),
        customers={
            NAME: {
                "code": "555-1234",
                "registered_capital": Decimal("5000000.00"),
                "bank_accounts": [{"account_number": "0000622202020011"}],
            }
        },
    ),
    Case(
        "numbers that stay numbers/a.xlsx",
        "Money, thousands, scales and units of counting change nothing.",
        make=formatted(
            [
                ("客户编码", 1207, "0"),
                ("注册资本", 1234500, '0!.0,"万"'),
                ("传真", 13800132207, "0_);[Red]\\(0\\)"),
            ]
        ),
        customers={
            NAME: {
                "code": "1207",
                "registered_capital": Decimal("1234500.00"),
                "fax": "13800132207",
            }
        },
    ),
    Case(
        "more digits than Excel keeps/a.xlsx",
        "Zeros of a format cannot bring lost digits back.",
        {"failed": 1},
        make=formatted(
            [
                ("银行账号", 6222021234567890123, "0000000000000000000"),
                ("开户银行", "中国工商银行", "@"),
            ]
        ),
        problems={"H2": "15"},
    ),
)

# Days in formats that other offices use.
DAYS = (
    *(
        Case(
            f"day as {code}/a.xlsx",
            "A day in a format of East Asia.",
            make=formatted([("成立日期", 42065, code)]),
            customers={NAME: {"founded_date": "2015-03-02"}},
        )
        for code in ('[$-404]e"年"m"月"d"日"', "[$-411]gge.m.d", "[$-804]aaaa", "yyyy!年m!月d!日")
    ),
    *(
        Case(
            f"no day as {code}/a.xlsx",
            "A number in a format that only looks like one of a day.",
            {"failed": 1},
            make=formatted([("成立日期", 42065, code)]),
            problems={"H2": "日期"},
        )
        for code in ("0.00E+00", "G/通用格式", '"ymd"0')
    ),
    Case(
        "a time of day/a.xlsx",
        "A day with a time of day that no browser adds.",
        {"failed": 1},
        make=formatted([("成立日期", 42065.0008, "yyyy-mm-dd hh:mm:ss")]),
        problems={"H2": "时刻"},
    ),
)


def text(content: str, encoding: str = "utf-8") -> Any:
    """Give a maker of a text table."""
    return lambda: content.encode(encoding)


# What programs put round a text.
WRAPPED = (
    Case(
        "guards/a.csv",
        "Formulas round texts, quoted and not, with a comma and a quote inside.",
        make=text(
            '客户编码,客户名称,注册地址,简称\n="0012","=""无锡兄弟甲机械有限公司""",="建设路 1 号, 二楼",=T("甲""乙")\n'
        ),
        customers={
            NAME: {"code": "0012", "registered_address": "建设路 1 号, 二楼", "short_name": '甲"乙'}
        },
    ),
    Case(
        "blanks/a.csv",
        "Blanks on both sides of quotes; a comma and an end of line inside stay inside.",
        make=text(
            '客户名称 , "注册地址" ,备注\n  "无锡兄弟甲机械有限公司" ,\t"建设路, 1 号" , "甲\n乙" \n'
        ),
        customers={NAME: {"registered_address": "建设路, 1 号", "remark": "甲\n乙"}},
    ),
    Case(
        "semicolons/a.csv",
        "A table of an office that writes decimal commas.",
        make=text(
            'sep=;\r\n客户名称;注册地址;电话\r\n无锡兄弟甲机械有限公司; "建设路; 1 号";="13800132207"\r\n'
        ),
        customers={NAME: {"registered_address": "建设路; 1 号", "phone": "13800132207"}},
    ),
    Case(
        "tabs/a.txt",
        "A table copied out of a program.",
        make=text(
            '客户名称\t注册地址\t电话\n无锡兄弟甲机械有限公司\t "建设路\t1 号"\t13800132207\n',
            "utf-16",
        ),
        customers={NAME: {"registered_address": "建设路 1 号", "phone": "13800132207"}},
    ),
    Case(
        "guards in a workbook/a.xlsx",
        "The same guards pasted as text.",
        make=formatted([("客户编码", '="00731"', "@")]),
        customers={NAME: {"code": "00731"}},
    ),
)


def named(name: str, encoding: str, head: str = "name") -> Case:
    """Give the case of a text table with one name in an encoding that the file does not tell."""
    return Case(
        f"{encoding} {name}/a.csv",
        "A text table says nothing about its encoding.",
        make=text(
            f"{head},region,registered address,phone\n{name},HW,No. 1,+49 30 901820\n", encoding
        ),
        customers={name: {"phone": "+49 30 901820"}},
        encoding={"utf-16-le": "utf-16"}.get(encoding, encoding),
    )


# Text decoded by the first codec that does not complain.
ENCODINGS = (
    named("Straße & Söhne KG", "cp1252"),
    named("Société Générale", "cp1252"),
    named("Peña Muñoz 5 €, S.L.".replace(",", ""), "cp1252"),
    named("鴻海精密工業股份有限公司", "cp950", "客戶名稱"),
    named("上海昱晟镕堃贸易有限公司", "gb18030", "客户名称"),
    named("トヨタ自動車株式会社", "cp932"),
    named("ООО Ромашка", "cp1251"),
    named("无锡宽字符机械有限公司", "utf-16-le", "客户名称"),
)


def with_rows(*rows: Sequence[Any], more: Sequence[Any] = ("注册资本",)) -> Any:
    """Give a maker of a workbook with one customer and rows below it."""
    return book([*ROW, 1000], *rows, more=more)


# Rows that are no records, and records that only look like such rows.
LEFT_OUT = (
    *(
        Case(
            f"left out {first}/a.xlsx",
            "A row below the records.",
            make=with_rows([first, *rest]),
            customers={NAME: {"registered_capital": Decimal("1000.00")}},
            left_out={"A3": first},
        )
        for first, *rest in (
            ("总计", "", "", "", "", "", "", 1000),
            ("小 计：", "1,000"),
            ("Total", "", "", "", "", "", "", 1000),
            ("审核人：", "李四", "打印日期：", "2026-05-01"),
            ("共 1 条记录",),
            ("第 1 页，共 1 页",),
            ("說明：僅供參考",),
            ("以下空白",),
            HEADS,
        )
    ),
    *(
        Case(
            f"kept {name}/a.xlsx",
            "A customer whose name begins like a total.",
            {"created": 2},
            make=with_rows([name, *ROW[1:]]),
            customers={name: {"phone": "13800132207"}},
        )
        for name in (
            "合计科技有限公司",
            "Total Energies China",
            "总计算机有限公司",
            "审核人才服务有限公司",
            "合计",
        )
    ),
)

BROTHERS = (*NUL, *SHOWN, *DAYS, *WRAPPED, *ENCODINGS, *LEFT_OUT)
