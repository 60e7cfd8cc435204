"""Every part of a customer can be entered, shown, told, exported, imported and taken back.

The values are the examples of its declaration: a new part is tested here without another line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import User
from core.records.part import Part
from core.records.record import Record
from customers.exports import workbook
from customers.exports.records import Chosen
from customers.imports import desk
from customers.models import Customer
from customers.parts import PARTS
from customers.services import customer as service
from tests.cast import act_by
from tests.customers.exports.sheets import joined, table
from tests.customers.imports import filled
from tests.customers.imports.filled import press, started
from tests.customers.views.page_form import ADD, Page, edit_url, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(params=PARTS, ids=lambda part: part.name)
def part(request: Any) -> Part:
    return request.param


def texts(part: Part) -> dict[str, str]:
    """Give the example as people type it: of a value with a code that."""
    return {
        name: str(value[-1] if isinstance(value, tuple) else value)
        for name, value in part.examples.items()
    }


def natives(part: Part) -> dict[str, Any]:
    """Give the example as the model holds it."""
    fields = {name: part.catalog.field(name) for name in part.examples}
    return {
        name: fields[name].related_model.objects.get(code=text)
        if fields[name].is_relation
        else text
        for name, text in texts(part).items()
    }


def typed(part: Part, row: int = 0, **over: str) -> Page:
    """Give what the cells of a row send."""
    return {f"{part.section}-{row}-{name}": text for name, text in (texts(part) | over).items()} | {
        f"{part.section}-TOTAL_FORMS": "2",
        f"{part.section}-INITIAL_FORMS": "0",
    }


def stored(part: Part, customer: Customer) -> list[dict[str, Any]]:
    """Give the rows that are stored, without their keys."""
    names = [row.name for row in part.catalog if row.form]
    return [{name: getattr(one, name) for name in names} for one in part.of(customer)]


def plain_column(part: Part) -> str:
    """Give a column that everybody reads and that may be any text."""
    names = (name for name in part.examples if name not in part.identity)
    return next(n for n in names if getattr(part.catalog.field(n), "rule", 1) is None)


@pytest.fixture
def browser(client: Client, clerk: Any, world: Any) -> Client:
    client.force_login(clerk)
    return client


def test_a_row_is_entered_shown_and_told(browser: Client, part: Part) -> None:
    answer = browser.post(ADD, opened(browser) | {"name": "甲公司", "remark": "x"} | typed(part))

    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert stored(part, customer) == [
        dict.fromkeys(part.flags, False) | natives(part) | dict.fromkeys(part.always, True)
    ]
    html = browser.get(f"/customers/{customer.pk}/").content.decode()
    first = next(n for n in part.others if n in part.examples and not part.catalog.field(n).choices)
    assert str(natives(part)[first]) in html
    assert f"<h2>{part.label}</h2>" in html
    tab = browser.get(f"/customers/{customer.pk}/?tab={part.section}").content.decode()
    assert "cell-title" in tab


def test_two_people_who_change_the_rows_are_asked(
    browser: Client, colleague: User, make_customer: Callable[..., Customer], part: Part
) -> None:
    customer = make_customer("returned", **{part.name: [natives(part)]})
    page = opened(browser, edit_url(customer)) | {f"{part.section}-0-{plain_column(part)}": "我的"}
    theirs = Record({}, {part.name: []})
    service.save(customer.pk, theirs, version=customer.version, submit=False, act=act_by(colleague))

    answer = browser.post(edit_url(customer), page)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert f'name="take-{part.section}"' in html
    assert stored(part, customer) == []
    for entry in (html, browser.get(f"/customers/{customer.pk}/").content.decode()):
        assert part.title in entry


def test_a_row_is_imported_with_the_template_and_taken_back(
    admin: User, world: Any, part: Part
) -> None:
    heads = table(joined(workbook.parts(admin)), part.title)[0]
    labels = {
        part.catalog.label(name): value if isinstance(value, str) else value[0]
        for name, value in part.examples.items()
    }
    cells = {str(head).removesuffix(" *"): "" for head in heads}
    data = filled.workbook(
        {
            "客户": [filled.CUSTOMERS, filled.customer_row(1)],
            part.title: [heads, list((cells | {"客户行号": "K1"} | labels).values())],
        }
    )

    batch = desk.write(started(data, admin), "all", False, press(admin))

    assert batch.state == "done", batch.failure
    [row] = stored(part, Customer.objects.get())
    assert {name: row[name] for name in part.examples} == natives(part)
    desk.undo(batch, press(admin))
    assert not part.rows().exists()


def test_a_changed_export_changes_the_row_and_undo_brings_it_back(
    admin: User, world: Any, make_customer: Callable[..., Customer], part: Part
) -> None:
    customer = make_customer(by=admin, **{part.name: [natives(part)]})
    before = stored(part, customer)
    chosen = Chosen(Customer.objects.all(), "name_sort", is_descending=False)
    heads, row = table(joined(workbook.parts(admin, chosen)), part.title)
    name = plain_column(part)
    at = [str(head).removesuffix(" *") for head in heads].index(part.catalog.label(name))
    same = filled.workbook({part.title: [heads, row]})
    row[at] = "改过"

    unchanged = started(same, admin)
    batch = started(filled.workbook({part.title: [heads, row]}), admin)

    assert desk.summary(unchanged).customers.unchanged == 1
    batch = desk.write(batch, "all", False, press(admin))
    assert stored(part, customer) == [before[0] | {name: "改过"}]
    desk.undo(batch, press(admin))
    assert stored(part, customer) == before
