import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.records import plain, widgets
from core.workbook.cells import Cell
from customers.imports.fields import issues, ordinary, targets
from customers.imports.heads import memory
from customers.imports.heads.memory import Answer
from customers.imports.plan.values import CLEAR, SKIP, Memo, Parser
from tests.customers.imports.sheets import Walk, layout_of, vocabulary

SHOWN = {
    "customers.name": "客户名称",
    "customers.code": "客户编码",
    "customers.region": "地区",
    "customers.registered_capital": "注册资本",
    "customers.founded_date": "成立日期",
    "customers.tags": "标签",
    "customers.credit_managed": "启用信用管理",
    "customers.credit_days": "信用期限",
    "customers.nature": "公司性质",
    "customers.phone": "电话",
    "customers.postcode": "邮编",
    "customers.remark": "备注",
    "customers.short_name": "客户简称",
    "customers.parent": "集团客户",
}


def readers() -> dict[str, widgets.Reader]:
    return widgets.readers(targets.by_key().values(), vocabulary().names)


ORDINARY = [key for key, target in targets.by_key().items() if ordinary.pattern_of(target)]


@given(st.sampled_from(ORDINARY), st.data())
def test_what_is_taken_as_it_stands_is_what_the_column_stores(key, data):
    target = targets.by_key()[key]
    text = data.draw(st.from_regex(ordinary.pattern_of(target), fullmatch=True))
    is_ordinary, reader = ordinary.test_of(target), readers()[key]
    assume(is_ordinary and is_ordinary(text) and not memory.is_nothing(text))

    assert Memo(target, reader, {"answered": Answer("skip")})[text] == text
    assert Memo(target, reader, {})[text] == text


@pytest.mark.parametrize(
    "text", ["<清空>", " 甲", "甲 ", "甲\u200b", "ＡＢ", "甲\n乙", "", "甲" * 61]
)
def test_what_must_be_looked_at_is_not_taken_as_it_stands(text):
    is_ordinary = ordinary.test_of(targets.by_key()["customers.short_name"])

    assert is_ordinary("甲乙 Co., Ltd.（北京）")
    assert not is_ordinary(text)


def test_every_long_column_has_an_ordinary_form():
    slow = {
        target.name
        for key, target in targets.by_key().items()
        if target.kind in (plain.TEXT, plain.LONG, plain.KEY) and key not in ORDINARY
    }

    assert slow == {"website"}


def parsed(key: str, cell: Cell, answers: Any = None) -> tuple[Any, list[Any]]:
    """Parse one cell of a column; give its value and the issues."""
    heads = [SHOWN["customers.name"], SHOWN[key]]
    found = layout_of({"客户": [heads]})
    parser = Parser(found.by_index, vocabulary(), answers or {})
    block = parser.parse(0, [2], [["甲", cell]])
    return block.columns[key][-1], block.issues


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [
        ("customers.short_name", "  甲公司 ", "甲公司"),
        ("customers.short_name", "", None),
        ("customers.short_name", " \u3000", None),
        ("customers.phone", ("n", "13800132207"), "13800132207"),
        ("customers.phone", ("n", "1.3800132207E10"), "13800132207"),
        ("customers.phone", "１３８００１３２２０７", "13800132207"),
        ("customers.remark", ("n", "12.5"), "12.5"),
        ("customers.remark", ("n", "999999999999999"), "999999999999999"),
        ("customers.region", "北京市", 1),
        ("customers.region", "110000", 1),
        ("customers.region", ("n", "110000"), 1),
        ("customers.nature", "民营", None),
        ("customers.nature", "private", "private"),
        ("customers.nature", "Private", "private"),
        ("customers.registered_capital", "500,000.00", "500000.00"),
        ("customers.registered_capital", "¥ 1200", "1200.00"),
        ("customers.registered_capital", ("n", "1200.5"), "1200.50"),
        ("customers.registered_capital", ("n", "0.30000000000000004"), "0.30"),
        ("customers.registered_capital", ("n", "1.2E7"), "12000000.00"),
        ("customers.founded_date", ("d", "2024-05-01"), "2024-05-01"),
        ("customers.founded_date", ("d", "2024-05-01 00:00:00"), "2024-05-01"),
        ("customers.founded_date", "2024/5/1", "2024-05-01"),
        ("customers.founded_date", "2024年5月1日", "2024-05-01"),
        ("customers.founded_date", "2024.05.01", "2024-05-01"),
        ("customers.founded_date", ("n", "20240501"), "2024-05-01"),
        ("customers.credit_days", ("n", "30"), 30),
        ("customers.credit_days", "３０", 30),
        ("customers.credit_managed", "√", True),
        ("customers.credit_managed", "否", False),
        ("customers.credit_managed", ("b", "TRUE"), True),
        ("customers.credit_managed", ("n", "0"), False),
        ("customers.tags", "高消费、长期合作", [1, 2]),
        ("customers.tags", "长期合作;高消费\n长期合作", [1, 2]),
        ("customers.tags", "甲、乙", [3]),
        ("customers.remark", "<清空>", CLEAR),
        ("customers.remark", "<CLEAR>", CLEAR),
        ("customers.parent", "BJ-001", "BJ-001"),
    ],
)
def test_a_cell_becomes_a_value(key: str, cell: Cell, value: Any) -> None:
    found, wrong = parsed(key, cell)

    if (key, cell) != ("customers.nature", "民营"):  # its word in the locale is tested by rendering
        assert (found, wrong) == (value, [])


@pytest.mark.parametrize(
    ("key", "cell", "kind"),
    [
        ("customers.phone", ("n", "6.22202E+18"), issues.ROUNDED),
        ("customers.phone", ("n", "1234567890123456"), issues.ROUNDED),
        ("customers.remark", ("n", "1000000000000000"), issues.ROUNDED),
        ("customers.phone", "6.22E+18", issues.ROUNDED),
        ("customers.code", "1.2E+05", issues.ROUNDED),
        ("customers.code", ("d", "2024-01-02"), issues.DATE),
        ("customers.code", ("n", "1.5"), issues.NUMBER),
        ("customers.code", "a" * 41, issues.INVALID),
        ("customers.short_name", ("b", "TRUE"), issues.BOOLEAN),
        ("customers.short_name", ("e", "#N/A"), issues.ERROR_CELL),
        ("customers.short_name", ("f", ""), issues.FORMULA),
        ("customers.short_name", "长" * 61, issues.TOO_LONG),
        ("customers.short_name", "a\x07b", issues.CHARACTER),
        ("customers.registered_capital", "十二万", issues.NUMBER),
        ("customers.registered_capital", "1.005", issues.NUMBER),
        ("customers.registered_capital", "-1", issues.NUMBER),
        ("customers.registered_capital", ("n", "1E15"), issues.ROUNDED),
        ("customers.founded_date", ("n", "45413"), issues.DATE),
        ("customers.founded_date", "2024-02-30", issues.DATE),
        ("customers.founded_date", "5/1/2024", issues.DATE),
        ("customers.founded_date", ("d", "2024-05-01 13:30:00"), issues.DATE),
        ("customers.credit_days", "30 天", issues.NUMBER),
        ("customers.credit_days", ("n", "3651"), issues.NUMBER),
        ("customers.credit_managed", "也许", issues.FLAG),
        ("customers.nature", "国有制", issues.CHOICE),
        ("customers.region", "北京是", issues.UNKNOWN_VALUE),
        ("customers.region", "朝阳区", issues.AMBIGUOUS),
        ("customers.tags", "高消费、没有", issues.UNKNOWN_VALUE),
        ("customers.code", "<清空>", issues.INVALID),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(key: str, cell: Cell, kind: str) -> None:
    _value, wrong = parsed(key, cell)

    assert [(one.cell, one.field, one.kind) for one in wrong] == [("B2", key, kind)]
    assert wrong[0].reason


@pytest.mark.parametrize("days", ["-3", "3651", "99999"])
def test_a_number_out_of_bounds_is_told_in_one_sentence(days: str) -> None:
    _value, wrong = parsed("customers.credit_days", days)

    assert len(re.findall("[.。]", wrong[0].reason)) == 1


def test_the_nearest_value_is_suggested_and_candidates_are_named() -> None:
    assert parsed("customers.region", "北京是")[1][0].suggestion == "北京市"
    assert "110105" in parsed("customers.region", "朝阳区")[1][0].hint


def test_answers_about_values_are_used() -> None:
    answers = {
        "customers.region": {"京": Answer("map", 1), "沪": Answer("empty"), "无": Answer("skip")},
        "customers.tags": {"老": Answer("map", 1)},
    }

    assert parsed("customers.region", " 京", answers) == (1, [])
    assert parsed("customers.region", "沪", answers) == (None, [])
    assert parsed("customers.region", "无", answers) == (SKIP, [])
    assert parsed("customers.tags", "老、高消费", answers) == ([1, 2], [])


def test_every_wrong_cell_of_every_row_is_named() -> None:
    walk = Walk(
        {
            "客户": [
                ["客户名称", "注册资本", "成立日期"],
                *[["甲" + str(n), "x", "y"] for n in range(3)],
            ]
        }
    )

    assert walk.errors() == [
        (f"{column}{row}", kind)
        for row in (2, 3, 4)
        for column, kind in (("B", issues.NUMBER), ("C", issues.DATE))
    ]
    assert len({one.group for one in walk.issues}) == 2


def test_cells_under_no_head_are_named_once() -> None:
    walk = Walk({"客户": [["客户名称"], ["甲", "", "x"], ["乙", "", "y"]]})

    assert [(one.cell, one.kind) for one in walk.issues] == [("C2", issues.COLUMN)]


_TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
_VALUES = st.one_of(
    st.tuples(st.just("remark"), _TEXT),
    st.tuples(st.just("region"), st.sampled_from([1, 2, 3, 4])),
    st.tuples(st.just("tags"), st.sets(st.sampled_from([1, 2, 3]), min_size=1).map(sorted)),
    st.tuples(st.just("credit_managed"), st.booleans()),
    st.tuples(st.just("credit_days"), st.integers(0, 3650)),
    st.tuples(st.just("nature"), st.sampled_from(["state", "private", "foreign", "joint"])),
    st.tuples(st.just("founded_date"), st.dates(datetime.date(1000, 1, 1)).map(str)),
    st.tuples(
        st.just("registered_capital"),
        st.decimals(0, Decimal("9999999999999.99"), places=2).map(lambda one: f"{one:.2f}"),
    ),
)


@given(_VALUES)
def test_what_is_shown_is_read_back(pair: tuple[str, Any]) -> None:
    name, value = pair
    reader = readers()[f"customers.{name}"]
    kept = reader.parse(value) if name == "remark" else value

    assert reader.parse(reader.show(kept)) == kept


@given(st.one_of(st.text(max_size=40), st.tuples(st.sampled_from("ndbef"), st.text(max_size=20))))
def test_no_cell_breaks_a_column(cell: Cell) -> None:
    for key in SHOWN:
        parsed(key, cell)


def test_a_name_beside_an_unknown_code_is_used_and_spoken_of() -> None:
    heads = ["客户名称", "销售部门编码", "销售部门名称"]
    rows = [
        ["甲", "BM01", "销售一部"],
        ["乙", "BM02", "没有的"],
        ["丙", "BM03", ""],
        ["丁", "T2", "x"],
    ]
    walk = Walk({"客户": [heads, *rows]})

    assert [one.values.get("department") for one in walk.documents] == [1, None, None, 2]
    assert [(one.cell, one.value) for one in walk.issues if one.is_error] == [
        ("C3", "没有的"),
        ("B4", "BM03"),
    ]


def test_the_names_of_kingdee_are_used_where_its_numbers_are_unknown() -> None:
    keys = [
        "FBillHead(BD_Customer)",
        "FNumber",
        "FName#2052",
        "FTRADINGCURRID",
        "FTRADINGCURRID#Name",
    ]
    labels = [
        "*基本信息(序号)",
        "(基本信息)客户编码",
        "*(基本信息)客户名称",
        "(基本信息)结算币别#编码",
        "(基本信息)结算币别#名称",
    ]
    walk = Walk({"客户": [keys, labels, ["1", "", "甲", "PRE001", "人民币"]]})

    assert walk.errors() == []
    assert walk.documents[0].values["currency"] == 1
