"""No cell that leaves starts a formula: every prefix, every column, every kind of file."""

import zipfile
from io import BytesIO
from types import SimpleNamespace

import pytest

from core.models.base import writing as saving_allowed
from core.records.exports import columns, files
from core.records.exports.columns import FileColumn
from core.workbook import writing, writing_csv
from core.workbook.writing import Book
from core.workbook.writing_cells import AMOUNT, DATE, LONG, MOMENT, NUMBER, TEXT, Column
from customers.exports import error_workbook
from customers.forms.customer_filter import LISTING
from customers.imports.fields import targets
from customers.imports.pages.shown import ErrorRow, ErrorSheet, Fault
from customers.models import BankAccount, Contact, Customer
from customers.services import reference, reference_sheet
from tests.customers.exports.sheets import body, book, csv_rows, formulas, joined

PREFIXES = (
    "=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠", "｜", "％",
    " =", "\u200b=", "\u00a0+", "\u3000－",
)  # fmt: skip
RUN = "cmd|' /C calc'!A0"
KINDS = (TEXT, LONG, AMOUNT, NUMBER, DATE, MOMENT)
STARTERS = tuple("=+-@|%\t\r\n＝＋－＠｜％")
UNSEEN = " \u200b\u00a0\u3000"


def starts(field):
    """Say whether a spreadsheet could take a field of a CSV for a formula."""
    return field.lstrip(UNSEEN).startswith(STARTERS)


def quoted(data):
    """Give the texts of cells whose look keeps Excel from taking them for more when edited."""
    return {
        cell.value
        for sheet in book(data).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.quotePrefix
    }


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
def test_a_text_in_any_kind_of_column_stays_a_text(prefix):
    text = prefix + RUN
    file = BytesIO()
    workbook = Book(file)
    workbook.add("x", [Column("h", kind=kind) for kind in KINDS], [[text] * len(KINDS)] * 3)
    workbook.close()

    assert formulas(file.getvalue()) == []
    sheet = book(file.getvalue()).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} == {"s"}
    assert len(quoted(file.getvalue())) == 1


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
def test_a_field_of_a_csv_never_starts_a_formula(prefix):
    data = b"".join(part for _rows, part in writing_csv.lines(["h"], [[prefix + RUN]]))

    assert [field for row in csv_rows(data) for field in row if starts(field)] == []


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
def test_the_error_workbook_holds_no_formula(prefix):
    text = prefix + RUN
    cells = [text, ("n", text), ("d", text), ("b", text), ("e", text), ("f", text)]
    sheet = ErrorSheet(text[:9], [(1, cells)], [ErrorRow(2, cells, [Fault(0, text, text)])], 6)
    file = BytesIO()
    error_workbook.write(file, [sheet], batch=text)

    assert formulas(file.getvalue()) == []


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
def test_every_column_of_the_list_leaves_without_a_formula(prefix):
    text = prefix + RUN
    sources = [
        FileColumn(Column(text, kind=column_kind(name)), (), lambda raw: [text])
        for name in LISTING.columns
    ]
    rows = SimpleNamespace(values_list=lambda *names: SimpleNamespace(iterator=one_row))

    data = joined(files.list_as_xlsx("客户", rows, sources))
    lines = csv_rows(joined(files.list_as_csv("客户", rows, sources)))

    assert formulas(data) == []
    assert len(lines[1]) == len(LISTING.columns)
    assert not any(starts(field) for line in lines for field in line)


def column_kind(name):
    known = LISTING.catalog.by_name
    field = LISTING.catalog.field(name) if name in known else None
    return TEXT if field is None or field.many_to_many else columns.kind_of(field)


def one_row(chunk_size):
    return iter([(1,)])


@pytest.mark.django_db
def test_every_text_of_a_customer_leaves_as_text_in_every_file(client, admin, make_customer):
    """The rows are made odd behind the rules: what is stored may be older than they are."""
    texts = [f"{prefix}{RUN}"[:10] for prefix in PREFIXES]
    for _text in texts:
        make_customer(accounts=[{"account_number": "6222021234567890"}])
    oddly(Customer, texts)
    oddly(Contact, texts)
    oddly(BankAccount, texts)
    LISTING.store_columns(admin, list(LISTING.columns))
    client.force_login(admin)

    listed = body(client.post("/customers/export/", {"kind": "xlsx"}))
    workbook = body(client.post("/customers/export/", {"kind": "workbook"}))
    lines = csv_rows(body(client.post("/customers/export/", {"kind": "csv"})))

    assert formulas(listed) == formulas(workbook) == []
    assert {read_back(cell) for cell in book(listed).worksheets[0]["B"]} >= set(texts)
    names = [target.name for target in targets.of_sheet("contacts")]
    contacts = book(workbook)["联系人"]
    for name in ("name", "position", "mobile"):
        column = names.index(name) + 1
        cells = [contacts.cell(row, column) for row in range(2, len(texts) + 2)]
        assert {read_back(cell) for cell in cells} == set(texts)
        assert {cell.data_type for cell in cells} == {"s"}
    assert not any(starts(field) for line in lines for field in line)


def read_back(cell):
    """Give the text of a cell; openpyxl leaves Excel's escape of a carriage return as it is."""
    return cell.value.replace("_x000D_", "\r")


def oddly(model, texts):
    """Store these texts in every free text of the rows, one per row."""
    fields = [
        field.name
        for field in model._meta.concrete_fields
        if getattr(field, "max_length", None) and field.max_length >= 12 and not field.choices
        and field.name not in {"uscc", "tax_number", "name_key", "name_sort", "code"}
    ]  # fmt: skip
    with saving_allowed():
        for row, text in zip(model.objects.order_by("pk"), texts, strict=True):
            for name in fields:
                setattr(row, name, text)
            row.save(update_fields=fields)


@pytest.mark.django_db
def test_reference_values_leave_as_text(world):
    kind = reference.KINDS["tag"]

    data = reference_sheet.export(kind)

    assert formulas(data) == []
    assert formulas(writing.write("x", ["=h"], [[prefix + RUN] for prefix in PREFIXES])) == []


@pytest.mark.django_db
def test_the_template_holds_no_formula(client, admin, world):
    client.force_login(admin)
    data = body(client.get("/customers/template/"))

    assert formulas(data) == []
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"<formula1>'_lists'!$" in archive.read("xl/worksheets/sheet1.xml")
