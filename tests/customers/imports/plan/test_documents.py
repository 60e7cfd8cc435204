from customers.imports.fields import issues
from tests.customers.imports.sheets import Walk

CUSTOMERS = ["客户行号", "客户编码", "客户名称", "统一社会信用代码"]


def names(walk: Walk, child: str) -> list[list[object]]:
    key = {"contacts": "name", "bank_accounts": "account_number"}[child]
    return [[row.values.get(key) for row in one.children.get(child, ())] for one in walk.documents]


def test_children_find_their_customer_by_row_key_or_code_wherever_the_sheet_stands() -> None:
    walk = Walk(
        {
            "联系人": [["客户编码", "客户行号", "姓名"], ["", "1", "刘洋"], ["A-2", "", "张三"]],
            "客户": [CUSTOMERS, ["1", "", "甲"], ["", "A-2", "乙"]],
            "银行账户": [["客户行号", "银行账号"], ["1", "12345678"], ["1", "22345678"]],
        }
    )

    assert walk.errors() == []
    assert names(walk, "contacts") == [["刘洋"], ["张三"]]
    assert names(walk, "bank_accounts") == [["12345678", "22345678"], []]
    assert walk.documents[0].rows == [(1, 2), (0, 2), (2, 2), (2, 3)]


def test_children_alone_make_a_document_of_a_stored_customer() -> None:
    walk = Walk({"联系人": [["客户编码", "姓名"], ["a-7", "刘洋"], ["A-7", "张三"]]})

    (document,) = walk.documents
    assert (document.has_head, document.values) == (False, {"code": "A-7"})
    assert names(walk, "contacts") == [["刘洋", "张三"]]


def test_orphans_are_named_each() -> None:
    walk = Walk(
        {
            "客户": [CUSTOMERS, ["1", "", "甲"]],
            "联系人": [["客户行号", "姓名"], ["7", "刘洋"], ["7", "张三"], ["", "李四"]],
        }
    )

    assert [(one.row, one.kind) for one in walk.issues] == [(n, issues.ORPHAN) for n in (2, 3, 4)]


def test_the_sample_row_and_its_children_are_skipped_and_it_is_said() -> None:
    walk = Walk(
        {
            "客户": [CUSTOMERS, ["示例", "", "某公司"], ["1", "", "甲"]],
            "联系人": [["客户行号", "姓名"], ["示例", "某人"], ["1", "刘洋"]],
        }
    )

    assert [one.values["name"] for one in walk.documents] == ["甲"]
    assert [(one.sheet, one.row, one.kind) for one in walk.issues] == [
        (0, 2, issues.SAMPLE),
        (1, 2, issues.SAMPLE),
    ]
    assert walk.errors() == []


def test_equal_rows_of_a_file_are_named_with_both_rows() -> None:
    walk = Walk(
        {
            "客户": [
                CUSTOMERS,
                ["1", "A", "甲有限公司", "91110108551385082Q"],
                ["1", "B", "乙", ""],
                ["3", "A", "丙", ""],
                ["4", "", "甲 有限公司", ""],
            ]
        }
    )

    assert walk.errors() == [
        ("A2", issues.TWICE),
        ("B2", issues.TWICE),
        ("C2", issues.TWICE),
        ("A3", issues.TWICE),
        ("B4", issues.TWICE),
        ("C5", issues.TWICE),
    ]
    assert "2" in walk.issues[0].reason
    assert [plan.action for plan in walk.plans()] == ["reject"] * 4


def test_equal_names_with_codes_of_their_own_are_only_pointed_out() -> None:
    walk = Walk({"客户": [CUSTOMERS, ["", "A", "甲"], ["", "B", "甲"]]})

    assert walk.errors() == []
    assert [one.kind for one in walk.issues] == [issues.TWICE]


def test_flat_rows_go_on_where_the_head_is_blank_or_repeated() -> None:
    walk = Walk(
        {
            "Sheet1": [
                ["公司名称", "税号", "联系人", "手机", "账号"],
                ["甲", "", "张三", "13800132207", "12345678"],
                ["", "", "李四", "13800132208", ""],
                ["乙", "", "王五", "", ""],
                ["甲", "", "张三", "13800132207", "22345678"],
            ]
        }
    )

    assert walk.errors() == []
    assert [one.values["name"] for one in walk.documents] == ["甲", "乙"]
    assert names(walk, "contacts") == [["张三", "李四"], ["王五"]]
    assert names(walk, "bank_accounts") == [["12345678", "22345678"], []]


def test_a_repeated_head_with_another_value_is_an_error() -> None:
    walk = Walk(
        {"x": [["公司名称", "税号", "联系人"], ["甲", "1" * 15, "a"], ["甲", "2" * 15, "b"]]}
    )

    assert walk.errors() == [("B3", issues.CONFLICT)]
    assert walk.plans()[0].action == "reject"


def test_flat_rows_before_any_customer_are_orphans() -> None:
    walk = Walk({"x": [["公司名称", "税号", "联系人"], ["", "", "a"], ["甲", "", "b"]]})

    assert [(one.row, one.kind) for one in walk.issues] == [(2, issues.ORPHAN)]


def test_a_cleared_cell_is_a_value_and_an_empty_one_is_none() -> None:
    walk = Walk({"客户": [["客户名称", "备注", "电话"], ["甲", "<清空>", ""]]})

    assert walk.documents[0].values == {"name": "甲", "remark": ""}
