"""An aggregate names everything that belongs to it."""

from core import extend
from core.aggregate import Aggregate
from customers.models import Bank
from customers.services.aggregates import AGGREGATE


def test_an_aggregate_names_all_its_tables():
    assert AGGREGATE.tables() == {
        "customers_customer",
        "customers_contact",
        "customers_bankaccount",
        "customers_customer_tags",
        "customers_usedcode",
    }


def test_an_aggregate_is_known_to_the_history_by_its_root():
    assert AGGREGATE.subject_type == "customers.customer"


def test_an_aggregate_computes_nothing_unless_told():
    values = {"name": "甲"}

    assert Aggregate(Bank).derive(values) is values


def test_every_aggregate_of_the_apps_is_registered_once():
    subjects = [aggregate.subject_type for aggregate in extend.aggregates()]

    assert len(subjects) == len(set(subjects))
    assert {"customers.customer", "customers.region", "core.unit"} <= set(subjects)
