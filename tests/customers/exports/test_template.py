"""The template: sheets, marks, notes, choices, a sample row and a stamp, in the user's language."""

from io import BytesIO

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from core import saving
from core.records import widgets
from core.workbook.cells import letters
from core.workbook.reading import Limits
from customers.exports import sheets, workbook
from customers.exports.records import Chosen
from customers.imports.fields import targets
from customers.imports.heads import stamp
from customers.imports.steps import lookups
from customers.models import Customer
from customers.parts import PARTS
from customers.rules import identity
from customers.services.aggregates import REFERENCE
from tests.cast import act_by
from tests.customers.exports.sheets import book, joined

pytestmark = pytest.mark.django_db
LAST = Limits().rows  # some programs walk through every row that has a choice


@pytest.fixture
def template(admin, world):
    return joined(workbook.parts(admin))


def test_the_sheets_stand_in_order_and_the_lists_are_hidden(template):
    states = [(sheet.title, sheet.sheet_state) for sheet in book(template).worksheets]

    assert states == [
        ("客户", "visible"),
        *((part.title, "visible") for part in PARTS),
        ("填写说明", "visible"),
        ("_lists", "hidden"),
        ("_kehu", "hidden"),
    ]


def test_heads_are_those_of_the_import_with_a_mark_where_needed(template):
    sheet = book(template)["客户"]
    heads = [cell.value for cell in sheet[1]]

    assert heads[:3] == ["客户行号", "客户编码", "客户名称 *"]
    assert [head.removesuffix(" *") for head in heads] == [
        target.head for target in targets.of_sheet(targets.CUSTOMERS)
    ]
    assert sheet.freeze_panes == "A2"


def test_every_head_has_a_note(template):
    opened = book(template)

    for name in ("客户", "联系人", "银行账户"):
        assert all(cell.comment for cell in opened[name][1])
    assert "最多 120 个字符" in opened["客户"]["C1"].comment.text


def test_choices_point_to_the_hidden_lists(template, world):
    opened = book(template)
    rules = {
        str(rule.sqref): rule.formula1 for rule in opened["客户"].data_validations.dataValidation
    }
    place = [target.name for target in targets.of_sheet(targets.CUSTOMERS)].index("customer_type")
    letter = letters(place)
    column, last = rules[f"{letter}2:{letter}{LAST}"].removeprefix("'_lists'!$").split("$2:$")

    values = [cell.value for cell in opened["_lists"][column]]

    assert values[0] == "customers.customer_type"
    assert {"经销商", "个人", "海外客户"} <= set(values[1:])
    assert int(last.rpartition("$")[2]) == len([value for value in values if value])


def test_long_numbers_are_text_for_the_whole_column(template):
    opened = book(template)
    place = [target.name for target in targets.of_sheet("bank_accounts")].index("account_number")
    letter = letters(place)

    assert opened["银行账户"].column_dimensions[letter].number_format == "@"
    assert opened["银行账户"][f"{letter}2"].number_format == "@"
    assert opened["银行账户"][f"{letter}2"].value == "0200003319200123456"


def test_the_sample_is_of_one_plausible_company(template):
    """Every column has a sample, and the import itself finds nothing wrong with any of them."""
    opened = book(template)
    known = lookups.vocabulary()
    readers = widgets.readers(targets.by_key().values(), known.names)
    told = {}
    for sheet, name in zip(targets.SHEETS, ("客户", *(part.title for part in PARTS)), strict=True):
        cells = [cell.value for cell in opened[name][2]]
        told[sheet] = dict(zip(_names(sheet), cells, strict=True))
        for target in targets.of_sheet(sheet):
            shown = told[sheet][target.name]
            assert shown not in (None, ""), target.key
            readers[target.key].parse(str(shown))
    head = told["customers"]
    assert identity.uscc(head["uscc"]) == head["tax_number"]
    assert (head["currency"], head["nature"], head["region"]) == ("人民币", "民营", "北京市")
    assert head["customer_type"] == "经销商"  # JS, as the code of the sample says
    assert head["industry"] == "软件和信息技术服务业"
    assert told["bank_accounts"]["account_name"] == head["name"] == head["invoice_title"]


def test_notes_tell_the_rule_as_it_is(template):
    letter = letters(_names(targets.CUSTOMERS).index("tax_number"))
    note = book(template)["客户"][f"{letter}1"].comment.text

    assert all(str(length) in note for length in identity.TAX_NUMBER_LENGTHS)


def test_the_sample_row_carries_its_key(template):
    opened = book(template)

    for name, column in (("客户", "A"), ("联系人", "B"), ("银行账户", "B")):
        assert opened[name][f"{column}2"].value == "示例"
        assert opened[name].max_row == 2


def test_the_stamp_names_the_columns_and_the_language(template, admin, world):
    rows = [[cell.value for cell in row] for row in book(template)["_kehu"].iter_rows()]
    said = stamp.read(rows)
    with translation.override("en"):
        english = joined(workbook.parts(admin))
    other = [[cell.value for cell in row] for row in book(english)["_kehu"].iter_rows()]

    assert (said["kind"], said["language"]) == ("template", "zh-hans")
    assert said["version"] != stamp.read(other)["version"]
    assert book(english).worksheets[0].title == "Customer"


def test_calamine_reads_it_too(template):
    opened = CalamineWorkbook.from_filelike(BytesIO(template))

    assert opened.get_sheet_by_name("客户").to_python()[0][1] == "客户编码"
    assert opened.get_sheet_by_name("银行账户").to_python()[1][1] == "示例"


def test_customers_leave_as_the_import_reads_them(admin, world, make_customer):
    group = make_customer("submitted", name="集团公司")
    make_customer(
        "submitted",
        name="=子公司",
        parent=group,
        tags=[world.tag, world.other_tag],
        credit_managed=True,
        credit_limit="1000",
        credit_days=30,
        registered_capital="1200000.50",
        contacts=[{"name": "刘洋", "mobile": "13800132207", "is_primary": True}],
        accounts=[{"account_number": "6222021234567890", "currency": world.currency}],
    )
    draft = make_customer(name="草稿公司", region=None)
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)

    opened = book(joined(workbook.parts(admin, chosen)))
    rows = {
        row[2]: dict(zip(_names(targets.CUSTOMERS), row, strict=True))
        for row in opened["客户"].iter_rows(min_row=2, values_only=True)
    }
    child = rows["=子公司"]

    assert (child["row_key"], child["code"][:3]) == (None, "BJ-")
    assert child["parent"] == rows["集团公司"]["code"]
    assert child["tags"] == "T1、T2"  # their names are those of shipped tags, so codes tell more
    assert (child["customer_type"], child["credit_managed"]) == ("经销商", "是")
    assert child["registered_capital"] == 1200000.5
    assert (rows["草稿公司"]["code"], rows["草稿公司"]["row_key"]) == (None, f"K{draft.pk}")
    owners = [row[:3] for row in opened["联系人"].iter_rows(min_row=2, values_only=True)]
    assert (child["code"], None, "刘洋") in owners
    assert (None, f"K{draft.pk}", "刘洋") in owners
    account = next(opened["银行账户"].iter_rows(min_row=2, values_only=True))
    assert "6222021234567890" in account


def _names(sheet):
    return [target.name for target in targets.of_sheet(sheet)]


def test_names_that_repeat_leave_as_codes(world, system_user):
    for code in ("X1", "X2"):
        values = {"code": code, "name": "同名"}
        saving.create(REFERENCE["tag"], values, act=act_by(system_user))

    offered = sheets.Values().offered(targets.by_key()["customers.tags"])

    assert {"X1", "X2"} <= set(offered)
    assert "同名" not in offered
