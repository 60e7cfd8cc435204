"""Reference data through Excel: what goes out comes back unchanged, and every fault is named."""

from functools import partial

import pytest

from core.models import Change
from core.records import sheet
from core.records.sheet import NotWritten
from core.saving import Stale
from core.workbook import small
from core.workbook.reading import Unreadable
from core.workbook.small import TextRow
from customers.models import Category, Region, Tag
from customers.services import reference, reference_sheet
from customers.services.reference import KINDS
from customers.services.reference_sheet import ReferenceSheet
from tests.cast import act_by

CATEGORY, TAG = KINDS["category"], KINDS["tag"]
HEAD = ["编码", "名称", "上级"]


def table(kind, *rows):
    return sheet.understand(
        ReferenceSheet(kind), [TextRow(at, list(row)) for at, row in enumerate(rows, start=1)]
    )


def written(kind, admin, *rows):
    checked = table(kind, *rows)
    report = sheet.check(ReferenceSheet(kind), checked)
    return sheet.write(
        partial(ReferenceSheet, kind), checked, digest=report.digest, act=act_by(admin)
    )


def faults(kind, *rows):
    report = sheet.check(ReferenceSheet(kind), table(kind, *rows))
    return {(fault.row, fault.column) for fault in report.faults}


@pytest.mark.parametrize("stem", KINDS)
def test_what_is_exported_changes_nothing(world, stem):
    kind = KINDS[stem]

    lines = small.read(reference_sheet.export(kind)).lines
    checked = sheet.understand(ReferenceSheet(kind), lines)
    report = sheet.check(ReferenceSheet(kind), checked)

    assert checked.unknown == []
    assert (report.faults, report.planned) == ([], [])
    assert report.unchanged == kind.model._default_manager.count()


def test_rows_add_and_change_by_code(admin, world):
    result = written(
        TAG,
        admin,
        ["名称", "编码", "颜色"],
        ["新标签", "new", "蓝"],
        ["改名", world.tag.code, "绿"],
    )

    made, old = Tag.objects.get(code="NEW"), Tag.objects.get(pk=world.tag.pk)
    assert result == "1,1,0"
    assert (made.name, made.tone, made.is_active) == ("新标签", "info", True)
    assert (old.name, old.tone, old.version) == ("改名", "success", world.tag.version + 1)
    entry = Change.objects.filter(subject_type="customers.tag", subject_id=old.pk).latest("version")
    assert entry.changes["fields"]["name"] == ["长期合作", "改名"]


def test_children_may_stand_above_their_parents(admin, db):
    written(CATEGORY, admin, HEAD, ["c", "丙", "b"], ["b", "乙", "a"], ["a", "甲", ""])

    lowest = Category.objects.get(code="C")
    assert lowest.depth == 2
    assert lowest.parent.parent.code == "A"


def test_a_tree_can_be_turned_around(admin, db):
    written(CATEGORY, admin, HEAD, ["a", "甲", ""], ["b", "乙", "a"])

    written(CATEGORY, admin, HEAD, ["a", "甲", "b"], ["b", "乙", ""])

    assert Category.objects.get(code="A").parent.code == "B"
    assert Category.objects.get(code="B").parent is None


def test_new_and_old_nodes_may_change_places_at_once(admin, db):
    written(CATEGORY, admin, HEAD, ["x", "旧上", ""], ["q", "旧下", "x"])

    written(CATEGORY, admin, HEAD, ["x", "旧上", "p"], ["p", "新", "q"], ["q", "旧下", ""])

    nodes = {node.code: node for node in Category.objects.filter(code__in="XPQ")}
    q, p, x = nodes["Q"].pk, nodes["P"].pk, nodes["X"].pk
    assert nodes["X"].path == f"/{q}/{p}/{x}/"
    assert nodes["P"].path == f"/{q}/{p}/"
    assert nodes["X"].sort_path == "Q!P!X!"


def test_a_code_taken_since_the_check_is_told(admin, world):
    checked = table(TAG, ["编码", "名称"], ["NEW", "新"])
    report = sheet.check(ReferenceSheet(TAG), checked)
    reference.create(TAG, {"code": "NEW", "name": "别人"}, act=act_by(admin))

    with pytest.raises(Stale):
        sheet.write(partial(ReferenceSheet, TAG), checked, digest=report.digest, act=act_by(admin))

    assert Tag.objects.get(code="NEW").name == "别人"


def test_a_missing_column_leaves_values_alone(admin, world):
    beijing = world.beijing

    written(KINDS["region"], admin, ["编码", "名称"], [beijing.code, "北京"])

    after = Region.objects.get(pk=beijing.pk)
    assert (after.name, after.letters, after.parent) == ("北京", "BJ", None)


def test_every_fault_of_every_row_is_named(db):
    found = faults(
        CATEGORY,
        [*HEAD, "启用"],
        ["a", "甲", "nowhere", "maybe"],
        ["b", "", "", ""],
        ["", "丙", "", ""],
        ["a", "又", "", ""],
        ["x/y", "丁", "", ""],
        ["p", "戊", "q", ""],
        ["q", "己", "p", ""],
        ["长" * 21, "长" * 61, "", ""],
        ["ok", "好", "", "否"],
    )

    assert found == {
        (2, "上级"),
        (2, "启用"),
        (3, "名称"),
        (4, "编码"),
        (5, "编码"),
        (6, "编码"),
        (7, "上级"),
        (8, "上级"),
        (9, "编码"),
        (9, "名称"),
    }


def test_a_bad_cell_and_a_bad_value_of_one_row_are_both_named(db):
    lines = [TextRow(1, HEAD), TextRow(2, ["=1", "甲", "nowhere"], {0: "formula"})]

    report = sheet.check(
        ReferenceSheet(CATEGORY), sheet.understand(ReferenceSheet(CATEGORY), lines)
    )

    assert {(fault.row, fault.column) for fault in report.faults} == {(2, "编码"), (2, "上级")}


def test_one_fault_keeps_all_rows_out(admin, db):
    checked = table(CATEGORY, HEAD, ["a", "甲", ""], ["b", "", ""])
    report = sheet.check(ReferenceSheet(CATEGORY), checked)

    with pytest.raises(NotWritten):
        sheet.write(
            partial(ReferenceSheet, CATEGORY), checked, digest=report.digest, act=act_by(admin)
        )

    assert not Category.objects.filter(code="A").exists()


def test_a_value_changed_since_the_check_is_not_overwritten(admin, world):
    checked = table(TAG, ["编码", "名称"], [world.tag.code, "甲"], ["NEW", "新"])
    report = sheet.check(ReferenceSheet(TAG), checked)
    reference.change(TAG, world.tag.pk, {"name": "别人"}, version=1, act=act_by(admin))

    with pytest.raises(Stale):
        sheet.write(partial(ReferenceSheet, TAG), checked, digest=report.digest, act=act_by(admin))

    world.tag.refresh_from_db()
    assert world.tag.name == "别人"
    assert not Tag.objects.filter(code="NEW").exists()


def test_a_check_writes_nothing(world):
    before = Change.objects.count()

    sheet.check(ReferenceSheet(TAG), table(TAG, ["编码", "名称"], ["NEW", "新"]))

    assert Change.objects.count() == before
    assert not Tag.objects.filter(code="NEW").exists()


def test_a_disabled_value_cannot_be_pointed_to_anew(admin, world):
    unit = world.units.first
    reference.set_active(KINDS["unit"], unit.pk, False, version=unit.version, act=act_by(admin))

    found = faults(
        KINDS["salesperson"],
        ["编码", "名称", "部门"],
        [world.salesperson.code, "李", unit.code],
        ["NEW", "新", unit.code],
    )

    assert found == {(3, "部门")}


def test_heads_in_any_language_and_order(db):
    english = table(TAG, ["Colour", "NAME", "code *", "其他"], ["Blue", "新", "NEW", "x"])

    report = sheet.check(ReferenceSheet(TAG), english)

    assert english.unknown == ["其他"]
    assert (report.new, report.faults) == (1, [])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["编码"]],
        [["编码", "名称"]],
        [["编码", "编码", "名称"], ["a", "b", "c"]],
        [["x"], ["y"]],
    ],
)
def test_a_sheet_without_what_is_needed_gets_a_sentence(rows):
    with pytest.raises(Unreadable):
        table(TAG, *rows)


def test_hostile_text_is_a_fault_not_an_error(db):
    rows = [[bad, bad] for bad in ("\u202ea", "a\x00b", "\ud800", "<script>", "=1+1", "１ ２")]

    report = sheet.check(ReferenceSheet(TAG), table(TAG, ["编码", "名称"], *rows))

    assert {fault.row for fault in report.faults} == {2, 3, 4, 5, 6}
    assert [(line.code, line.name) for line in report.planned] == [("12", "１ ２")]


def test_questions_do_not_grow_with_the_rows(db, django_assert_max_num_queries):
    checked = table(TAG, ["编码", "名称"], *[[f"T{number}", "名"] for number in range(40)])

    with django_assert_max_num_queries(90):  # savepoints of the rows; no question about any
        sheet.check(ReferenceSheet(TAG), checked)
