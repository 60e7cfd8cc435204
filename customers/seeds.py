"""The reference values a new Kehu starts with: regions, industries, types, banks and the like.

Pure rows; customers/migrations/0002_reference_data.py writes them, admins keep them from then on.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO

from core.records import code
from customers.rules import record

OVERSEAS = "HW"

_NOT_A_CITY = {"市辖区", "县", "林区"}
_COUNTIES_WITHOUT_A_CITY = "直辖县级"


@dataclass(frozen=True)
class Row:
    """One reference value; `parent` is the code of the node above, for trees."""

    code: str
    name: str
    parent: str = ""
    letters: str = ""
    kind: str = ""
    tone: str = ""

    def values(self, *names: str) -> dict[str, str]:
        """The named values as field values."""
        return {name: getattr(self, name) for name in ("code", "name", *names)}


def regions() -> list[Row]:
    """The 34 provinces of GB/T 2260 with their letters, their cities, and 海外; parents first."""
    provinces = [
        Row(line["code"], line["name"], letters=line["letters"]) for line in _table("provinces")
    ]
    return [*provinces, Row(OVERSEAS, "海外", letters=OVERSEAS), *_cities()]


def industries() -> list[Row]:
    """The 20 sections and 97 divisions of GB/T 4754-2017; parents first."""
    rows = [Row(line["code"], line["name"], parent=line["parent"]) for line in _table("industries")]
    return sorted(rows, key=lambda row: bool(row.parent))


def customer_types() -> list[Row]:
    """What customers are to us; the kind says which checks hold."""
    return [
        Row("JS", "经销商", kind=record.COMPANY),
        Row("DL", "代理商", kind=record.COMPANY),
        Row("ZD", "终端客户", kind=record.COMPANY),
        Row("DS", "电商平台", kind=record.COMPANY),
        Row("ZF", "政府及事业单位", kind=record.COMPANY),
        Row("GR", "个人", kind=record.PERSON),
        Row("HW", "海外客户", kind=record.OVERSEAS),
    ]


def categories() -> list[Row]:
    """How much a customer matters; a start that companies make their own."""
    return [Row("ZD", "重点客户"), Row("PT", "普通客户"), Row("QZ", "潜在客户")]


def tags() -> list[Row]:
    """Short marks in the design's tones."""
    return [
        Row("GXF", "高消费", tone="info"),
        Row("CQHZ", "长期合作", tone="success"),
        Row("ZHXS", "展会线索", tone="change"),
        Row("LKHJS", "老客户介绍", tone="neutral"),
        Row("WZXJ", "网站询价", tone="neutral"),
        Row("XYHK", "需要催款", tone="warn"),
        Row("QKTY", "欠款停用", tone="danger"),
    ]


def banks() -> list[Row]:
    """Head offices by the first three digits of their CNAPS numbers."""
    return [Row(line["code"], line["name"]) for line in _table("banks")]


def settlement_methods() -> list[Row]:
    """The usual ways to pay."""
    return [
        Row("YHZZ", "银行转账"),
        Row("DH", "电汇"),
        Row("XJ", "现金"),
        Row("ZP", "支票"),
        Row("YHCD", "银行承兑汇票"),
        Row("SYCD", "商业承兑汇票"),
        Row("XYZ", "信用证"),
        Row("WSZF", "网上支付"),
    ]


def currencies() -> list[Row]:
    """Currencies by their ISO 4217 codes."""
    return [Row(line["code"], line["name"]) for line in _table("currencies")]


def code_rule() -> tuple[Row, list[code.Segment]]:
    """The rule that gives BJ-JS-001."""
    return Row("KH", "地区代码-客户类型代码-流水号"), [
        code.Segment("region", separator="-", is_basis=True),
        code.Segment("type", separator="-", is_basis=True),
        code.Segment(code.SERIAL, width=3),
    ]


def _table(name: str) -> Iterator[dict[str, str]]:
    text = files("customers").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(StringIO(text)))


def _cities() -> Iterator[Row]:
    """The units below the provinces as python-stdnum lists them, those that exist today.

    Prefectures, and what a province governs itself, such as 济源市; a name that became a prefecture
    is listed there.
    """
    rows = list(_below_provinces())
    prefectures = {(row.parent, row.name) for row in rows if row.code.endswith("00")}
    for row in rows:
        if row.code.endswith("00") or (row.parent, row.name) not in prefectures:
            yield row


def _below_provinces() -> Iterator[Row]:
    province = ""
    for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"(\d\d) ", line):
            province = found[1]
        elif found := re.match(r'  (\d\d00|90\d\d) county="(.*)"', line):
            name = _name_today(found[2])
            if found[1] != "0000" and name and _is_city(name):
                yield Row(f"{province}{found[1]}", name, parent=f"{province}0000")


def _name_today(entry: str) -> str:
    """The name without an end year in "[-1980]旅大市,[1981-]大连市"; "" when it is gone."""
    for years, name in re.findall(r"(?:\[([\d-]*)\])?([^,\[]+)", entry):
        if not years or years.endswith("-"):
            return str(name)
    return ""


def _is_city(name: str) -> bool:
    return name not in _NOT_A_CITY and _COUNTIES_WITHOUT_A_CITY not in name
