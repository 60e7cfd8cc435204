"""The history: values as text, a chain that shows tampering, what moved since a version."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core import history, saving
from core.aggregate import as_text
from core.models import Change
from core.models.change import canonical
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by


def change(customer, **values):
    act = values.pop("act")
    return saving.change(AGGREGATE, customer.pk, values, version=customer.version, act=act)


@pytest.fixture
def customer(make_customer, clerk):
    """A customer with three entries."""
    customer = make_customer(remark="一")
    for remark in ("二", "三"):
        customer = change(customer, remark=remark, act=act_by(clerk))
    return customer


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        ("甲", "甲"),
        (Decimal("500000.00"), "500000"),
        (Decimal("5E+2"), "500"),
        (Decimal("0.10"), "0.1"),
        (datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "2026-01-02T03:04:05.000006+00:00"),
    ],
)
def test_a_value_is_kept_as_text(value, text):
    assert as_text(value) == text


def test_a_reference_is_kept_as_people_read_it(world):
    assert as_text(world.beijing) == "北京市"


def test_every_entry_holds_the_hash_of_the_one_before(customer):
    chain = list(history.of(AGGREGATE.subject_type, customer.pk))[::-1]

    assert [entry.version for entry in chain] == [1, 2, 3]
    assert [entry.prev_hash for entry in chain] == ["", chain[0].hash, chain[1].hash]
    assert all(entry.hash == entry.digest() for entry in chain)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_type", "core.unit"),
        ("subject_id", 0),
        ("subject_label", "别的公司"),
        ("version", 9),
        ("actor_id", 0),
        ("role", "admin"),
        ("source", "import"),
        ("operation", uuid4()),
        ("reason", "别的原因"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("action", "approve"),
        ("changes", {"fields": {"remark": ["二", "四"]}}),
        ("prev_hash", "0" * 64),
    ],
)
def test_whoever_changes_a_column_of_an_entry_is_found_out(customer, column, value):
    entry = history.of(AGGREGATE.subject_type, customer.pk)[0]

    setattr(entry, column, value)

    assert entry.digest() != entry.hash


def test_a_moment_is_told_apart_to_the_microsecond(customer):
    entry = history.of(AGGREGATE.subject_type, customer.pk)[0]

    entry.at += timedelta(microseconds=1)

    assert entry.digest() != entry.hash


def test_every_column_but_the_keys_is_in_the_digest():
    covered = {
        "subject_type", "subject_id", "subject_label", "version", "actor", "role", "source",
        "operation", "reason", "at", "action", "changes", "prev_hash",
    }  # fmt: skip

    fields = {field.name for field in Change._meta.concrete_fields}

    assert fields - covered == {"id", "hash", "redacted_hash"}


def test_the_chains_of_many_records_go_on_with_as_many_questions_as_that_of_one(
    customer, make_customer, clerk
):
    young, act = make_customer(), act_by(clerk)

    def go_on(*edits):
        with CaptureQueriesContext(connection) as sent:
            saving.bulk_change(AGGREGATE, edits, act=act)
        return len(sent)

    one = go_on(saving.Edit(customer.pk, 3, {"remark": "四"}))
    both = go_on(
        saving.Edit(customer.pk, 4, {"remark": "五"}), saving.Edit(young.pk, 1, {"remark": "六"})
    )

    assert one == both
    for record in (customer, young):
        newest, before, *_rest = history.of(AGGREGATE.subject_type, record.pk)
        assert newest.prev_hash == before.hash


def moved_since(customer, version):
    entries = history.of(AGGREGATE.subject_type, customer.pk).filter(version__gt=version)
    return history.net(one.changes for one in reversed(entries)).fields


def test_what_moved_since_a_version_is_told_from_first_to_last(customer, clerk):
    assert moved_since(customer, 1) == {"remark": ("一", "三")}
    assert moved_since(customer, 3) == {}


def test_what_went_back_to_its_old_value_did_not_move(make_customer, clerk):
    customer = make_customer(credit_limit=Decimal("500000"))
    away = change(customer, credit_limit=Decimal("7"), act=act_by(clerk))
    change(away, credit_limit=Decimal("500000.00"), act=act_by(clerk))

    assert moved_since(customer, 1) == {}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_the_one_json_of_a_value_is_that_of_the_standard_library(value):
    """Seals of years ago are compared with it: it may never come out otherwise."""
    told = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert canonical(value) == told
