from typing import Any

import pytest

from customers.imports.fields import issues
from customers.imports.fields.targets import CUSTOMERS, of_sheet
from customers.imports.kept import shapes
from customers.imports.kept.marks import pack, unpack
from customers.imports.plan.planner import Planner
from customers.imports.plan.plans import (
    ADD_ONLY,
    CLEAR,
    CREATE,
    REJECT,
    REPLACE,
    SKIP,
    UNCHANGED,
    UNDECIDED,
    UPDATE,
    UPDATE_ONLY,
    Child,
    Decision,
    Known,
    Options,
    Planned,
    Snapshot,
)
from customers.rules.identity import normalised_name
from tests.customers.imports.sheets import Everything, Walk

HEADS = ["客户编码", "客户名称", "统一社会信用代码", "税号", "备注", "地区", "集团客户"]
USCC = "91110108551385082Q"


def stored(pk: int = 7, state: str = "draft", children: Any = None, **over: Any) -> Snapshot:
    values = {one.name: one.blank for one in of_sheet(CUSTOMERS) if one.row is not None}
    values |= {"code": f"C-{pk}", "name": "甲公司", "remark": "旧", **over}
    return Snapshot(pk, 3, state, 1, values, children or {})


def known(*snapshots: Snapshot, **more: Any) -> Known:
    def index(name: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for one in snapshots:
            key = one.values[name]
            if name == "name":
                key = normalised_name(str(key))
            if key:
                found.setdefault(str(key), []).append(one.pk)
        return found

    return Known(
        by_pk={one.pk: one for one in snapshots},
        by_code={code: pks[0] for code, pks in index("code").items()},
        by_uscc=index("uscc"),
        by_tax_number=index("tax_number"),
        by_name=index("name"),
        **more,
    )


def plan(row: list[Any], base: Known, decision: Decision | None = None, **options: Any) -> Planned:
    walk = Walk({"客户": [HEADS, row]})
    chosen = Options(given=walk.layout.given, **options)
    rights = options.pop("rights", Everything())
    planner = Planner(walk.layout, chosen, rights, walk.vocabulary)
    return planner.plan(walk.documents[0], base, decision)


def kinds(planned: Planned) -> list[tuple[str, str]]:
    return [(one.cell, one.kind) for one in planned.issues if one.is_error]


@pytest.mark.parametrize(
    ("row", "by"),
    [
        (["C-7", "新名"], "code"),
        (["", "新名", USCC], "uscc"),
        (["", "新名", "", USCC], "tax_number"),
        (["", "甲 公司"], "name"),
    ],
)
def test_a_customer_is_matched_by_the_strongest_key(row: list[str], by: str) -> None:
    planned = plan(row, known(stored(uscc=USCC, tax_number=USCC)))

    assert (planned.action, planned.pk, planned.version) == (UPDATE, 7, 3)
    assert planned.matched_by == by


def test_several_hits_wait_for_a_decision() -> None:
    base = known(stored(7), stored(8))

    planned = plan(["", "甲公司"], base)

    assert planned.action == UNDECIDED
    assert [pk for pk, _title in planned.candidates] == [7, 8]
    assert plan(["", "甲公司"], base, Decision(UPDATE, 8)).pk == 8
    assert plan(["", "甲公司"], base, Decision(CREATE)).action == CREATE
    assert plan(["", "甲公司"], base, Decision(SKIP)).action == SKIP


def test_an_equal_name_with_another_credit_code_waits_for_a_decision() -> None:
    planned = plan(["", "甲公司", USCC], known(stored(uscc="91350100M000100Y43")))

    assert planned.action == UNDECIDED


@pytest.mark.parametrize(
    ("mode", "row", "action"),
    [
        (ADD_ONLY, ["C-7", "甲公司", "", "", "新"], SKIP),
        (UPDATE_ONLY, ["", "乙公司"], SKIP),
        (ADD_ONLY, ["", "乙公司"], CREATE),
        (UPDATE_ONLY, ["C-7", "", "", "", "新"], UPDATE),
    ],
)
def test_modes(mode: str, row: list[str], action: str) -> None:
    assert plan(row, known(stored()), mode=mode).action == action


def test_an_update_holds_old_and_new_and_only_what_differs() -> None:
    planned = plan(["C-7", "甲公司", "", "", "新", "北京市"], known(stored()))

    assert planned.changes == {"remark": ("旧", "新"), "region": (None, 1)}
    assert plan(["C-7", "甲公司", "", "", "旧"], known(stored())).action == UNCHANGED


def test_empty_cells_keep_or_clear_and_the_mark_always_clears() -> None:
    base = known(stored())

    assert plan(["C-7", "甲公司"], base).action == UNCHANGED
    assert plan(["C-7", "甲公司"], base, empty=CLEAR).changes == {"remark": ("旧", "")}
    assert plan(["C-7", "甲公司", "", "", "<清空>"], base).changes == {"remark": ("旧", "")}


def test_a_cell_in_error_is_not_taken_for_empty() -> None:
    planned = plan(["C-7", "甲公司", "", "", ("e", "#N/A")], known(stored()), empty=CLEAR)

    assert planned.action == REJECT
    assert "remark" not in planned.changes


def test_a_company_gets_its_credit_code_as_tax_number() -> None:
    walk = Walk({"客户": [["客户名称", "客户类型", "统一社会信用代码"], ["甲", "经销商", USCC]]})

    assert walk.plans()[0].values["tax_number"] == USCC


def test_the_code_of_a_stored_customer_never_changes() -> None:
    planned = plan(["X-1", "甲公司", USCC], known(stored(uscc=USCC)))

    assert kinds(planned) == [("A2", issues.CODE)]


@pytest.mark.parametrize(
    "more",
    [{"is_typed": False}, {"used_codes": frozenset({"X-1"})}, {"owners": {("code", "X-1"): [9]}}],
)
def test_a_typed_code_must_be_allowed_and_free(more: dict[str, Any]) -> None:
    assert kinds(plan(["X-1", "乙公司"], known(**more))) == [("A2", issues.CODE)]
    assert plan(["X-1", "乙公司"], known()).values["code"] == "X-1"


def test_locked_fields_are_named_at_their_cell() -> None:
    class Locked(Everything):
        def problem(self, sheet: str, name: str, current: Snapshot | None) -> str:
            return "已审核" if name == "remark" and current else ""

    walk = Walk({"客户": [HEADS, ["C-7", "甲公司", "", "", "新", "北京市"]]})
    planner = Planner(walk.layout, Options(), Locked(), walk.vocabulary)
    planned = planner.plan(walk.documents[0], known(stored(state="enabled")))

    assert kinds(planned) == [("E2", issues.LOCKED)]
    assert planned.action == REJECT


def test_a_disabled_value_is_refused_anew_and_kept_where_it_is() -> None:
    row = ["C-7", "甲公司", "", "", "", "旧地区"]

    assert kinds(plan(row, known(stored()))) == [("F2", issues.DISABLED)]
    assert plan(row, known(stored(region=4))).action == UNCHANGED


def test_a_new_customer_needs_a_name() -> None:
    assert kinds(plan(["", "", USCC], known())) == [("B2", issues.MISSING)]


def test_two_rows_for_one_stored_customer_are_refused() -> None:
    walk = Walk({"客户": [HEADS, ["C-7", "甲公司"], ["", "乙", USCC]]})

    plans = walk.plans(known(stored(uscc=USCC)))

    assert [one.action for one in plans] == [UNCHANGED, REJECT]
    assert plans[1].issues[0].kind == issues.TWICE


def test_submitting_needs_a_whole_record() -> None:
    planned = plan(["", "乙公司"], known(), submit=True)

    assert planned.action == REJECT
    assert {kind for _cell, kind in kinds(planned)} == {issues.INCOMPLETE}
    assert plan(["", "乙公司"], known()).action == CREATE


def test_a_number_of_a_reserved_record_is_refused_where_it_would_be_reserved() -> None:
    base = known(stored(state="enabled"), owners={("uscc", USCC): [99]})

    assert ("C2", issues.TAKEN) in kinds(plan(["C-7", "甲公司", USCC], base))


def test_a_group_customer_is_found_by_code_or_name_but_never_below_itself() -> None:
    group, own = stored(9, name="集团"), stored(7)
    base = known(group, own, parents={"C-9": [9], "=集团": [9]}, above={9: 7})
    row = ["", "乙公司", "", "", "", ""]

    assert plan([*row, "C-9"], base).values["parent"] == 9
    assert plan([*row, "集团"], base).values["parent"] == 9
    assert kinds(plan([*row, "别的"], base)) == [("G2", issues.UNKNOWN_VALUE)]
    assert kinds(plan(["C-7", "甲公司", "", "", "", "", "C-9"], base)) == [("G2", issues.CROSS)]


def test_children_of_an_unknown_code_are_refused() -> None:
    walk = Walk({"联系人": [["客户编码", "姓名"], ["X-9", "刘洋"]]})

    (planned,) = walk.plans()
    assert (planned.action, planned.issues[0].kind) == (REJECT, issues.ORPHAN)


PEOPLE = [
    Child({"name": "刘洋", "mobile": "13800132207", "is_primary": True, "position": "经理"}, pk=1),
    Child({"name": "张三", "mobile": "13800132208", "is_primary": False, "position": ""}, pk=2),
]


def contacts(*rows: list[Any], **options: Any) -> Planned:
    walk = Walk({"联系人": [["客户编码", "姓名", "手机", "职务", "主联系人"], *rows]})
    return walk.plans(known(stored(children={"contacts": PEOPLE})), **options)[0]


def test_merged_children_are_added_and_changed_but_not_deleted() -> None:
    planned = contacts(["C-7", "刘洋", "13800132207", "总监"], ["C-7", "李四", "13800132209"])

    assert [(one.op, one.pk) for one in planned.children] == [("mod", 1), ("add", None)]
    assert planned.children[0].changes == {"position": ("经理", "总监")}
    assert [pk for pk, _values in planned.rows["contacts"]] == [1, 2, None]
    assert planned.action == UPDATE


def test_replaced_children_that_the_file_does_not_name_are_deleted() -> None:
    planned = contacts(["C-7", "刘洋", "13800132207"], child_mode=REPLACE)

    assert [(one.op, one.pk) for one in planned.children] == [("del", 2)]
    assert planned.rows["contacts"] == [(1, {})]


def test_a_new_primary_contact_takes_the_mark() -> None:
    planned = contacts(["C-7", "张三", "13800132208", "", "是"])

    assert [(one.pk, one.changes) for one in planned.children] == [
        (1, {"is_primary": (True, False)}),
        (2, {"is_primary": (False, True)}),
    ]


def test_the_same_children_change_nothing() -> None:
    planned = contacts(
        ["C-7", "刘洋", "13800132207", "经理", "是"], ["C-7", "张三", "13800132208", "", "否"]
    )

    assert (planned.action, planned.rows) == (UNCHANGED, {})


def test_children_twice_or_marked_twice_are_refused() -> None:
    twice = contacts(["C-7", "李四", "13800132209"], ["C-7", "李四", "13800132209"])
    marked = contacts(["C-7", "李", "13800132209", "", "是"], ["C-7", "王", "", "", "是"])

    assert kinds(twice) == [("B3", issues.TWICE)]
    assert kinds(marked) == [("E3", issues.CONFLICT)]


def test_accounts_are_matched_by_digits_and_currency() -> None:
    accounts = [
        Child({"account_number": "12345678", "currency": 1, "is_default": True}, pk=1),
        Child({"account_number": "12345678", "currency": 2, "is_default": False}, pk=2),
    ]
    heads = ["客户编码", "银行账号", "币别", "户名"]
    walk = Walk(
        {"银行账户": [heads, ["C-7", "1234 5678", "美元", "甲"], ["C-7", "87654321", "", "乙"]]}
    )

    (planned,) = walk.plans(known(stored(children={"bank_accounts": accounts})))

    assert [(one.op, one.pk) for one in planned.children] == [("mod", 2), ("add", None)]


def test_a_plan_travels_as_json() -> None:
    planned = contacts(["C-7", "刘洋", "13800132207", "总监"], ["C-7", "李四", "13800132209"])

    packed = pack(shapes.flat(planned))

    assert pack(shapes.flat(shapes.raised(unpack(packed)))) == packed


def test_a_new_customer_travels_with_its_rows() -> None:
    heads = ["客户行号", "客户名称"]
    people = [["K1", "刘洋", "13800132207"], ["K1", "李四", "13800132209"]]
    walk = Walk(
        {"客户": [heads, ["K1", "甲公司"]], "联系人": [["客户行号", "姓名", "手机"], *people]}
    )

    (planned,) = walk.plans()
    again = shapes.raised(unpack(pack(shapes.flat(planned))))

    assert again.rows == planned.rows
    assert [values["name"] for _pk, values in again.rows["contacts"]] == ["刘洋", "李四"]
