"""The field table: every field has a place, every row a field."""

import pytest

from core.catalog import Catalog, Row, Section
from customers import catalog
from customers.models import Tag

SECTIONS = (Section("main", "Main"), Section("more", "More"))


def table(*rows, internal=("id", "version", "is_active", "code_sort", "search_key")):
    return Catalog(Tag, SECTIONS, rows, internal)


def test_a_complete_table_misses_nothing():
    assert table(Row("code", "main"), Row("name", "main"), Row("tone", "more")).missing() == []


def test_a_field_that_nobody_decided_about_is_named():
    assert table(Row("code", "main"), Row("name", "main")).missing() == ["tone"]


def test_a_row_without_a_field_is_named():
    rows = (Row(name, "main") for name in ("code", "name", "tone", "colour"))

    assert table(*rows).missing() == ["colour (no such field)"]


def test_rows_are_found_by_name_and_by_section():
    code, tone = Row("code", "main"), Row("tone", "more", controlled=True)
    found = table(code, tone)

    assert found.by_name == {"code": code, "tone": tone}
    assert found.in_section("more") == (tone,)
    assert found.controlled() == {"tone"}
    assert list(found) == [code, tone]
    assert found.field("tone") is Tag._meta.get_field("tone")
    assert found.label("tone") == Tag._meta.get_field("tone").verbose_name


@pytest.mark.parametrize("name", ["CUSTOMER", "CONTACT", "BANK_ACCOUNT"])
def test_the_tables_of_customers_are_complete(name):
    assert getattr(catalog, name).missing() == []


def test_the_fields_that_need_a_second_pair_of_eyes_are_those_of_the_product():
    assert catalog.CUSTOMER.controlled() == {
        "name", "customer_type", "uscc", "tax_number", "invoice_title", "credit_managed",
        "credit_limit", "credit_days",
    }  # fmt: skip
    assert catalog.BANK_ACCOUNT.controlled() == {
        row.name for row in catalog.BANK_ACCOUNT if row.form
    }
    assert catalog.CONTACT.controlled() == frozenset()


def test_the_fields_that_are_needed_to_submit_are_those_of_the_product():
    needed = {row.name: row.required for row in catalog.CUSTOMER if row.required}

    assert needed == {
        "name": "always", "customer_type": "always", "region": "always",
        "registered_address": "always", "tax_number": "company", "credit_limit": "credit",
        "credit_days": "credit", "department": "always", "salesperson": "always",
    }  # fmt: skip


def test_no_form_and_no_sheet_can_set_what_the_lifecycle_sets():
    own = {
        row.name
        for row in catalog.CUSTOMER
        if row.change == "never" or not (row.form and row.sheet)
    }

    assert own == {row.name for row in catalog.CUSTOMER.in_section("system")}
    assert all(not row.form and not row.sheet for row in catalog.CUSTOMER if row.name in own)
