"""Files as other programs write them, from the upload page to what is stored: cases/table.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from customers.imports import desk
from customers.models import Customer, ImportBatch
from tests.customers.imports.cases.brothers import BROTHERS
from tests.customers.imports.cases.table import CASES, Case
from tests.customers.views.imports import form_of, sent, url

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent / "cases"
STATUSES = ("created", "updated", "unchanged", "undecided", "skipped", "failed")


@pytest.mark.parametrize("case", [*CASES, *BROTHERS], ids=str)
def test_a_file_gives_what_the_table_says(case, office, admin, make_customer):
    for name, code in case.codes.items():
        make_customer(name=name, code=code)
    for name in case.before:
        written(office, answered(office, case, uploaded(office, name)))

    data = case.make() if case.make else (FOLDER / case.file).read_bytes()
    batch = answered(office, case, sent(office, data, case.file.rpartition("/")[2]))

    assert batch.state == "checked", batch.failure
    found = desk.summary(batch)
    counts = {name: found.customers.of(name) for name in STATUSES if found.customers.of(name)}
    wrong = problems(batch)
    assert (counts, wrong.keys()) == (case.counts, case.problems.keys()), wrong
    for place, piece in case.problems.items():
        assert piece in wrong[place]
    assert left_out(batch) == case.left_out
    page = office.get(url(batch, "?step=check"))
    assert page.status_code == 200
    for note in case.notes:  # once, neither dropped nor said twice
        assert sum(note in one for one in found.notes) == 1, (note, found.notes)
    if case.encoding:
        read_as = desk.encoding(batch)
        assert (read_as.name, read_as.is_sure) == (case.encoding, True)
        assert read_as.label in page.content.decode()
    if found.customers.writable:
        batch = written(office, batch, policy="good")
        assert batch.state == "done", batch.failure
    for name, values in case.customers.items():
        assert stored(Customer.objects.get(name=name), values) == values


def uploaded(office: Any, name: str) -> ImportBatch:
    """Upload a file of the folder with the options that the page begins with."""
    return sent(office, (FOLDER / name).read_bytes(), name)


def answered(office: Any, case: Case, batch: ImportBatch) -> ImportBatch:
    """Answer what the pages ask, as the table says and no further."""
    if batch.state == "mapping" and case.heads:
        form = form_of(office, batch, "columns-form", "?step=columns")
        for line in desk.columns(batch):
            if line.column.header in case.heads:
                form[f"column-{line.key}"] = case.heads[line.column.header]
        office.post(url(batch, "columns/"), form)
        batch.refresh_from_db()
    by = batch.by
    if case.says:
        page = office.get(url(batch, "?step=check")).content.decode()
        assert set(re.findall(r'name="value-([a-z]+)" value', page)) == set(case.says)
        for name, answer in case.says.items():
            form = form_of(office, batch, f"question-{name}")
            form.pop(f"value-{name}", None)
            office.post(url(batch, "values/"), {**form, f"value-{name}": answer})
        batch.refresh_from_db()
    asked = [line for line in desk.values(batch, by) if line.text in case.words]
    if asked:
        form = form_of(office, batch, "values-form", "?step=values")
        for line in asked:
            form[f"value-{line.key}"] = case.words[line.text]
        office.post(url(batch, "values/"), form)
        batch.refresh_from_db()
    return batch


def written(office: Any, batch: ImportBatch, **over: Any) -> ImportBatch:
    """Press the button that writes."""
    form = form_of(office, batch, "write-form")
    office.post(url(batch, "write/"), {**form, **over})
    batch.refresh_from_db()
    return batch


def problems(batch: ImportBatch) -> dict[str, str]:
    """Give the sentences of all errors by their places."""
    errors = batch.issues.filter(is_error=True).order_by("sheet", "row", "pk")
    return {f"{one.column}{one.row}": f"{one.reason} {one.hint}".strip() for one in errors}


def left_out(batch: ImportBatch) -> dict[str, str]:
    """Give the texts of the rows that are no records by their places."""
    found = batch.issues.filter(kind="left-out").order_by("sheet", "row")
    return {f"{one.column}{one.row}": one.value for one in found}


def stored(customer: Customer, wanted: Any) -> dict[str, Any]:
    """Give the values of a customer as far as they are asked for; references by their names."""
    return {name: _value(customer, name, value) for name, value in wanted.items()}


def _value(record: Any, name: str, wanted: Any) -> Any:
    if name in ("contacts", "bank_accounts"):
        rows = getattr(record, name).order_by("line")
        return [
            {field: _value(row, field, value) for field, value in one.items()}
            for row, one in zip(rows, wanted, strict=True)
        ]
    value = getattr(record, name)
    return str(value) if hasattr(value, "pk") or hasattr(value, "isoformat") else value


def test_every_file_has_its_line():
    files = {file.name for file in FOLDER.iterdir() if file.suffix in {".csv", ".xls", ".xlsx"}}

    assert {name for case in CASES for name in (case.file, *case.before)} == files
