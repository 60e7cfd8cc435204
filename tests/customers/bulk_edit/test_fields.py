"""Which fields are set in bulk stands in the field table; one that needs more may not be."""

from dataclasses import replace

from core import checks, extend
from core.records.bulk_edit import kept
from customers.services.kinds import KIND


def test_customers_are_handed_over_and_sorted_in_bulk():
    assert [row.name for row in kept.rows(KIND)] == [
        "customer_type", "region", "industry", "nature", "size", "category", "tags",
        "settlement_method", "credit_managed", "credit_limit", "credit_days", "department",
        "salesperson",
    ]  # fmt: skip


def test_what_is_reviewed_and_the_same_for_many_is_set_in_bulk():
    """Names, numbers and titles of invoices are each customer's own."""
    own = {"name", "uscc", "tax_number", "invoice_title"}

    assert KIND.catalog.controlled() - own == {
        row.name for row in kept.rows(KIND) if row.controlled
    }


def test_what_is_code_state_or_another_record_is_found_by_the_check(monkeypatch):
    unfit = ("code", "state", "parent")
    rows = tuple(replace(row, bulk=row.name in unfit) for row in KIND.catalog)
    kind = replace(KIND, catalog=replace(KIND.catalog, rows=rows))
    monkeypatch.setattr(extend, "kinds", lambda: [kind])

    found = checks.unfit_for_bulk()

    assert {one.id for one in found} == {"core.E006"}
    assert sorted(name for name in unfit if any(f" {name} " in one.msg for one in found)) == sorted(
        unfit
    )
    assert len(found) == len(unfit)
