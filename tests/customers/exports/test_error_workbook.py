"""The error workbook: the own cells of the user as they were, bad ones red, reasons beside."""

from io import BytesIO

from customers.exports import error_workbook
from customers.imports.heads import stamp
from customers.imports.pages.shown import ErrorRow, ErrorSheet, Fault
from tests.customers.exports.sheets import book, formulas

HEADS = [(1, ["客户名称 *", "手机", "注册资本", "成立日期"])]


def written(*rows, heads=HEADS):
    file = BytesIO()
    sheet = ErrorSheet("客户", heads, rows, columns=4)
    wrong = error_workbook.write(file, [sheet], batch="YR-20261128-01")
    return wrong, file.getvalue()


def test_cells_keep_their_kind_and_their_digits():
    cells = ["=1+1", "00123", ("n", "6.22202E+18"), ("d", "2024-05-01")]
    _wrong, data = written(ErrorRow(2, cells))
    sheet = book(data)["客户"]

    assert [sheet.cell(2, at).data_type for at in (1, 2, 3, 4)] == ["s", "s", "n", "d"]
    assert sheet["A2"].value == "=1+1"
    assert sheet["B2"].value == "00123"
    assert sheet["C2"].value == 6.22202e18
    assert sheet["D2"].value.isoformat() == "2024-05-01T00:00:00"
    assert formulas(data) == []


def test_bad_cells_are_red_and_the_reasons_stand_behind_the_last_column():
    faults = [Fault(1, "11 位手机号。", "检查位数。"), Fault(-1, "客户不存在。")]
    wrong, data = written(ErrorRow(5, ["甲", "1380"], faults), ErrorRow(7, ["乙"]))
    sheet = book(data)["客户"]

    assert wrong == 1
    assert sheet["B2"].fill.fgColor.rgb == "FFF9D0CE"
    assert sheet["A2"].fill.fill_type is None
    assert sheet["E1"].value == "错误原因"
    assert sheet["E2"].value == "手机：11 位手机号。 检查位数。\n客户不存在。"
    assert sheet["E3"].value is None
    assert [sheet[cell].value for cell in ("A3", "F1", "F2", "F3")] == ["乙", "原行号", "5", "7"]


def test_an_empty_cell_that_is_missing_is_red_too():
    _wrong, data = written(ErrorRow(2, ["", "1380"], [Fault(0, "必填。")]))

    assert book(data)["客户"]["A2"].fill.fgColor.rgb == "FFF9D0CE"


def test_a_formula_that_was_never_calculated_leaves_as_an_error():
    _wrong, data = written(ErrorRow(2, [("f", ""), ("e", "#REF!"), ("b", "TRUE")]))
    sheet = book(data)["客户"]

    assert [sheet.cell(2, at).value for at in (1, 2, 3)] == ["#N/A", "#REF!", True]
    assert formulas(data) == []


def test_the_stamp_leads_back_to_the_import():
    _wrong, data = written(ErrorRow(2, ["甲"]))
    opened = book(data)
    rows = [[cell.value for cell in row] for row in opened[stamp.SHEET].iter_rows()]

    assert opened[stamp.SHEET].sheet_state == "hidden"
    assert stamp.read(rows)["kind"] == "errors"
    assert stamp.read(rows)["batch"] == "YR-20261128-01"


def test_heads_of_two_rows_stay_where_they_were():
    heads = [(1, ["FName", "FMobile"]), (3, ["*客户名称", "手机"])]
    _wrong, data = written(ErrorRow(4, ["甲"], [Fault(0, "x")]), heads=heads)
    sheet = book(data)["客户"]

    assert [sheet["A1"].value, sheet["A3"].value, sheet["A4"].value] == ["FName", "*客户名称", "甲"]
    assert sheet["E1"].value is None
    assert sheet["E3"].value == "错误原因"
