"""Brothers of the files of this folder: the same kinds of fault in other clothes, made here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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

BROTHERS = (*NUL,)
