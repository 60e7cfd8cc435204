"""The entry form without a browser: what the catalog makes of it, and it makes of input."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict

from core.forms.keyed import new_key
from core.records import entry as entries
from core.records import hints, record
from customers import registers
from customers.catalog import BANK_ACCOUNT, CONTACT, CUSTOMER
from customers.models import Customer
from customers.parts import PARTS
from tests.cast import valid_uscc

Entry = partial(entries.Entry, registers.REGISTER)


def typed(**values: Any) -> QueryDict:
    """A posted form with no rows but those given."""
    data = QueryDict(mutable=True)
    grids = {f"{part.section}-{which}_FORMS": "0" for part in PARTS
             for which in ("TOTAL", "INITIAL")}  # fmt: skip
    for name, value in {"key": new_key(), **grids, **values}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def test_every_row_of_the_catalog_has_its_place(clerk: Any, world: Any) -> None:
    entry = Entry(clerk)

    blocks = entry.blocks()
    places = [place.bound.name for block in blocks for place in block.places if place.bound]
    columns = {cell.name for cell in entry.parts["contacts"].forms[0].cells}
    assert set(places) == {row.name for row in CUSTOMER if row.form}
    assert columns == {row.name for row in CONTACT if row.style != "pick"}
    assert len(entry.parts["bank_accounts"].flags) == sum(
        row.style == "pick" for row in BANK_ACCOUNT
    )


def test_labels_and_limits_come_from_the_model(clerk: Any, world: Any) -> None:
    fields = Entry(clerk).form.fields

    assert fields["name"].label == "客户名称"
    assert "maxlength" not in fields["name"].widget.attrs
    assert fields["phone"].widget.attrs["inputmode"] == "tel"
    assert fields["credit_limit"].widget.attrs["inputmode"] == "decimal"
    assert not any(field.required for name, field in fields.items() if name in CUSTOMER.by_name)


def test_needed_marks_follow_type_and_credit(clerk: Any, world: Any) -> None:
    company = Entry(clerk, None, typed(customer_type=world.dealer.code, credit_managed="on"))
    person = Entry(clerk, None, typed(customer_type=world.person.code))

    for entry in (company, person):
        entry.form.is_valid()
        entry.form.show((), {})

    names = ("name", "tax_number", "credit_limit")
    assert [company.form.fields[name].ui["needed"] for name in names] == [True, True, True]
    assert [person.form.fields[name].ui["needed"] for name in names] == [True, False, False]


def test_trees_are_indented(clerk: Any, world: Any) -> None:
    html = str(Entry(clerk).form["department"])

    assert '<option value="一组 T11">\u3000\u3000一组 T11</option>' in html


@pytest.mark.parametrize("value", ["\ud800", "a\x00", "\u202e", "x" * 10_000])
def test_what_cannot_be_stored_is_a_field_error(clerk: Any, world: Any, value: str) -> None:
    rows = {"contacts-TOTAL_FORMS": "1", "contacts-0-name": value, "contacts-0-pk": ""}
    entry = Entry(clerk, None, typed(name=value, remark=value, parent=value, **rows))

    assert not entry.is_valid(submit=False)

    assert {"name", "parent"} <= set(entry.form.errors)
    assert "name" in entry.parts["contacts"].forms[0].errors
    hints.of(entry)


@pytest.mark.parametrize("value", ["1e309", "NaN", "-1", "1234567890123456", "0.001", "一百"])
def test_amounts_that_are_none_are_field_errors(clerk: Any, world: Any, value: str) -> None:
    entry = Entry(clerk, None, typed(credit_limit=value, registered_capital=value))

    assert not entry.is_valid(submit=False)
    assert set(entry.form.errors) == {"credit_limit", "registered_capital"}


@pytest.mark.parametrize("value", ["3651", "99999999999", str(2**63), "1.5", "x"])
def test_credit_days_out_of_range_say_so_once(clerk: Any, world: Any, value: str) -> None:
    entry = Entry(clerk, None, typed(credit_days=value))

    assert not entry.is_valid(submit=False)
    assert len(entry.form.errors["credit_days"]) == 1


def test_amounts_are_shown_grouped_and_read_back(
    clerk: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(registered_capital="5000000")
    customer.refresh_from_db()

    raw = Entry(clerk, customer).raw()
    again = Entry(clerk, customer, typed(**raw, version="1"))

    assert raw["registered_capital"] == ["5,000,000.00"]
    assert again.is_valid(submit=False)
    assert again.form.cleaned_data["registered_capital"] == customer.registered_capital


def test_untouched_form_says_what_is_stored(
    clerk: Any, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(
        "returned", tags=[world.tag], founded_date="2020-02-29",
        accounts=[{"account_number": "0109033450012", "bank": world.bank}],
    )  # fmt: skip
    customer.refresh_from_db()
    raw = Entry(clerk, customer).raw()

    again = Entry(clerk, customer, typed(**raw, version=str(customer.version)))

    assert again.is_valid(submit=True)
    assert again.form.values() == again.form.start
    assert again.parts["contacts"].content() == again.parts["contacts"].seen
    assert again.parts["bank_accounts"].content() == again.parts["bank_accounts"].seen


def test_empty_and_dropped_rows_are_not_kept(clerk: Any, world: Any) -> None:
    rows = {
        "contacts-TOTAL_FORMS": "3",
        "contacts-0-name": "  ",
        "contacts-1-name": "甲",
        "contacts-1-email": "no address",
        "contacts-1-DELETE": "on",
        "contacts-2-name": "乙",
    }
    entry = Entry(clerk, None, typed(**rows))

    assert entry.is_valid(submit=False)
    assert [row.values["name"] for row in entry.parts["contacts"].rows()] == ["乙"]
    assert entry.parts["contacts"].rows()[0].values["is_primary"]


def test_a_number_alone_makes_a_contact(clerk: Any, world: Any) -> None:
    rows = {"contacts-TOTAL_FORMS": "1", "contacts-0-mobile": "13800132207"}
    entry = Entry(clerk, None, typed(name="公司", **rows))

    assert entry.is_valid(submit=False)
    assert [row.values["mobile"] for row in entry.parts["contacts"].rows()] == ["13800132207"]


def test_currency_alone_makes_no_account(clerk: Any, world: Any) -> None:
    rows = {"accounts-TOTAL_FORMS": "1", "accounts-0-currency": world.currency.code}
    entry = Entry(clerk, None, typed(name="公司", **rows))

    assert entry.is_valid(submit=False)
    assert entry.parts["bank_accounts"].rows() == []


def test_submit_lists_everything_at_once(clerk: Any, world: Any) -> None:
    entry = Entry(clerk, None, typed(name="公司", phone="12", uscc=valid_uscc(5)[:-1] + "?"))

    assert not entry.is_valid(submit=True)

    assert {"phone", "customer_type", "region", "registered_address"} <= set(entry.form.errors)
    assert entry.parts["contacts"].non_form_errors()
    assert entry.errors_by_section()["contacts"] == 1


def test_lost_key_is_replaced(clerk: Any, world: Any) -> None:
    entry = Entry(clerk, None, typed(name="公司", key="x"))

    assert not entry.is_valid(submit=False)
    assert len(entry.form["key"].value()) > 16
    assert entry.form["name"].value() == "公司"


def test_what_an_import_takes_a_form_can_show_and_send(clerk: Any, world: Any) -> None:
    entry = Entry(clerk)
    fields = len(entry.form.fields)
    for grid in entry.parts.values():
        assert grid.max_num == record.MOST_ROWS
        fields += grid.absolute_max * (len(grid.empty_form.fields) + len(grid.flags))

    assert fields < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
