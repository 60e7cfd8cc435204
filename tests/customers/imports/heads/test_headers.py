import pytest
from django.utils.translation import override

from customers.imports.fields import targets
from customers.imports.heads import headers
from customers.imports.heads.layout import (
    FLAT,
    HELPER,
    IGNORED,
    KINGDEE,
    SKIPPED,
    UNKNOWN,
    Layout,
    SheetHead,
)
from tests.customers.imports.sheets import layout_of

PAIRS = [
    ("FBillHead(BD_Customer)", "*基本信息(序号)"),
    ("FCreateOrgId", "*(基本信息)创建组织#编码"),
    ("FCreateOrgId#Name", "(基本信息)创建组织#名称"),
    ("FNumber", "(基本信息)客户编码"),
    ("FName#2052", "*(基本信息)客户名称#中文(简体)"),
    ("FCustTypeId", "(基本信息)客户类别#编码"),
    ("FCustTypeId#Name", "(基本信息)客户类别#名称"),
    ("*Split*1", "间隔列"),
    ("FT_BD_CUSTBANK", "银行信息(序号)"),
    ("FBANKCODE", "(银行信息)银行账号"),
    ("FACCOUNTNAME", "(银行信息)账户名称"),
]
KEYS, LABELS = (list(row) for row in zip(*PAIRS, strict=True))


def letters(*heads: str, name: str = "Sheet1") -> dict[str, str]:
    return layout_of({name: [list(heads)]}).sheets[0].letters


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("sheet", targets.SHEETS)
def test_the_heads_of_the_template_are_understood_in_each_language(
    language: str, sheet: str
) -> None:
    with override(language):
        heads = [f"{one.head} *" for one in targets.of_sheet(sheet)]
        name = str(targets.CATALOGS[sheet].model._meta.verbose_name_plural)

    found = layout_of({name: [list(reversed(heads))]})

    assert not found.has_errors
    assert not found.needs_mapping
    assert set(found.sheets[0].letters) == {one.key for one in targets.of_sheet(sheet)}


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("公司名称", "customers.name"),
        ("★ 客户名称（必填）", "customers.name"),
        ("客户\n名称", "customers.name"),
        ("ＵＳＣＣ", "customers.uscc"),
        ("联系电话", "customers.phone"),
        ("税号", "customers.tax_number"),
        ("注册资本(元)", "customers.registered_capital"),
        ("部门编码", "customers.department"),
        ("registered_address", "customers.registered_address"),
    ],
)
def test_people_write_heads_in_many_ways(head: str, key: str) -> None:
    assert key in letters("客户编码", head, name="客户")


def test_another_unit_is_not_taken_for_yuan() -> None:
    found = layout_of({"客户": [["客户名称", "注册资本(万元)"]]}).sheets[0]

    assert [(one.header, one.suggestion) for one in found.unknown] == [
        ("注册资本(万元)", "customers.registered_capital")
    ]


def test_a_title_above_the_heads_is_skipped() -> None:
    found = layout_of({"Sheet1": [["2024 年客户表"], [], ["姓名", "手机", "客户编码"]]}).sheets[0]

    assert (found.sheet, found.header_row, found.first_row) == ("contacts", 3, 4)


@pytest.mark.parametrize(
    ("heads", "sheet"),
    [
        (("客户名称", "地区", "备注"), "customers"),
        (("客户编码", "客户名称", "电话"), "customers"),
        (("客户行号", "姓名", "电话"), "contacts"),
        (("客户编码", "银行账号", "币别"), "bank_accounts"),
    ],
)
def test_a_sheet_with_a_foreign_name_is_known_by_its_heads(
    heads: tuple[str, ...], sheet: str
) -> None:
    assert layout_of({"Sheet7": [list(heads)]}).sheets[0].sheet == sheet


def test_one_flat_sheet_holds_customers_and_their_rows() -> None:
    found = layout_of({"x": [["公司名称", "税号", "联系人", "手机", "开户行", "账号"]]}).sheets[0]

    assert found.shape == FLAT
    assert list(found.letters) == [
        "customers.name",
        "customers.tax_number",
        "contacts.name",
        "contacts.mobile",
        "bank_accounts.bank",
        "bank_accounts.account_number",
    ]


@pytest.mark.parametrize("rows", [[KEYS, LABELS], [LABELS], [KEYS]])
def test_the_heads_of_kingdee_are_understood(rows: list[list[str]]) -> None:
    found = layout_of({"Sheet1": rows}).sheets[0]

    assert found.shape == KINGDEE
    assert found.first_row == len(rows) + 1
    assert found.letters == {
        "customers.row_key": "A",
        "customers.code": "D",
        "customers.name": "E",
        "customers.customer_type": "F",
        "bank_accounts.account_number": "J",
        "bank_accounts.account_name": "K",
    }
    assert [one.letter for one in found.columns if one.fate == HELPER] == ["G"]
    assert [one.letter for one in found.columns if one.fate == IGNORED] == ["B", "C", "H", "I"]


def test_a_name_beside_a_code_helps_and_alone_decides() -> None:
    pair = layout_of({"客户": [["客户名称", "部门名称", "部门编码"]]}).sheets[0]
    alone = layout_of({"客户": [["客户名称", "部门名称"]]}).sheets[0]

    assert pair.letters["customers.department"] == "C"
    assert alone.letters["customers.department"] == "B"


def test_two_columns_of_one_field_are_refused_and_both_named() -> None:
    found = layout_of({"客户": [["客户名称", "备注", "公司名称"]]})

    errors = [issue for issue in found.issues if issue.is_error]
    assert [issue.cell for issue in errors] == ["C1"]
    assert "A1" in errors[0].reason
    assert "C1" in errors[0].reason


def test_what_only_the_system_sets_is_named_and_not_read() -> None:
    found = layout_of({"客户": [["客户名称", "状态", "创建人"]]})

    assert [one.fate for one in found.sheets[0].columns] == ["mapped", IGNORED, IGNORED]
    assert [issue.cell for issue in found.issues] == ["B1", "C1"]
    assert not found.has_errors


def test_an_unknown_column_is_named_with_a_suggestion() -> None:
    found = layout_of({"客户": [["客户名称", "注册地扯"]]})

    assert found.needs_mapping
    assert found.sheets[0].unknown[0].suggestion == "customers.registered_address"


def test_answers_are_remembered_for_the_same_set_of_heads() -> None:
    first = layout_of({"客户": [["客户名称", "花名", "暗号"]]})
    mark = first.sheets[0].fingerprint
    memory = {mark: {"花名": "customers.short_name", "暗号": ""}}

    again = layout_of({"客户": [["暗号", "客户名称", "花名"]]}, memory)

    assert not again.needs_mapping
    assert again.sheets[0].letters == {"customers.name": "B", "customers.short_name": "C"}


def test_hidden_sheets_and_explanations_are_not_read_and_it_is_said() -> None:
    heads = [
        SheetHead(0, "客户", [(1, ["客户名称"])]),
        SheetHead(1, "地区", [(1, ["地区"])], state="hidden"),
        SheetHead(2, "填写说明", [(1, ["列", "说明"])]),
        SheetHead(3, "_kehu", [(1, ["1"])], state="veryHidden"),
    ]

    found = headers.recognise(heads, {})

    assert [sheet.shape for sheet in found.sheets[1:]] == [SKIPPED] * 3
    assert [issue.sheet for issue in found.issues] == [1, 2]


@pytest.mark.parametrize(
    "sheets",
    [
        {"x": [["a", "b"], ["1", "2"]]},
        {"x": []},
        {"联系人": [["姓名", "手机"]]},
        {"银行账户": [["客户编码", "户名"]]},
    ],
)
def test_a_file_without_what_it_needs_is_an_error(sheets: dict[str, list[list[str]]]) -> None:
    assert layout_of(sheets).has_errors


def test_a_layout_travels_as_json() -> None:
    found = layout_of({"客户": [["客户名称", "花名"]], "联系人": [["客户编码", "姓名"]]})

    assert Layout.from_json(found.as_json()) == found
    assert found.sheets[0].columns[1].fate == UNKNOWN
