"""Marks repeated in the row: written with the links, found without them, proven by verify."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from core import extend, marks, saving, verify
from core.models.base import writing
from customers.forms.customer_filter import LISTING
from customers.models import Customer
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by

LINKS = Customer.tags.through._meta.db_table


@pytest.mark.parametrize(("keys", "text"), [([], ""), ([7], "|7|"), ([17, 2, 2], "|2|17|")])
def test_keys_are_written_sorted_and_once(keys, text):
    assert marks.text_of(keys) == text


@pytest.mark.django_db
def test_a_key_is_not_found_as_a_part_of_another(make_customer):
    customer = make_customer()
    with writing():
        Customer.objects.update(tag_keys="|12|3|")

    def found(*keys):
        return Customer.objects.filter(marks.holding("tag_keys", keys)).exists()

    assert [found(1), found(2), found(12), found(3), found(1, 3)] == [
        False, False, True, True, True,
    ], customer  # fmt: skip


@pytest.mark.django_db
def test_every_way_of_writing_repeats_the_marks(world, units, admin, make_customer):
    customer = make_customer(tags=[world.tag, world.other_tag])
    both = marks.text_of([world.tag.pk, world.other_tag.pk])
    assert customer.tag_keys == both

    changed = saving.change(
        AGGREGATE, customer.pk, {}, marks={"tags": [world.tag]}, version=customer.version,
        act=act_by(admin),
    )  # fmt: skip
    assert changed.tag_keys == marks.text_of([world.tag.pk])

    draft = saving.Draft(
        {"name": "丙公司", "scope_unit": units.root}, marks={"tags": [world.other_tag]}
    )
    saving.bulk_create(AGGREGATE, [draft], act=act_by(admin))
    made = Customer.objects.get(name="丙公司")
    assert made.tag_keys == marks.text_of([world.other_tag.pk])
    told = [tally.findings for tally in verify.run()]
    assert [line for lines in told for line in lines if "tag_keys" in line] == []


@pytest.mark.django_db
def test_verify_finds_a_row_that_says_something_else(world, make_customer):
    customer = make_customer(tags=[world.tag])
    with writing():
        Customer.objects.filter(pk=customer.pk).update(tag_keys="|0|")

    told = {tally.name.partition(":")[0]: tally.findings for tally in verify.run()}

    assert len(told["marks"]) == 1
    assert f"{AGGREGATE.subject_type} {customer.pk}" in told["marks"][0]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["state=draft&category={category}&tags={tag}", "tags={tag}"])
def test_a_filter_finds_the_same_by_the_row_as_by_the_links(world, admin, make_customer, query):
    wanted = make_customer(category=world.category, tags=[world.tag, world.other_tag])
    make_customer(category=world.category, tags=[world.other_tag])
    make_customer(category=world.category)
    text = query.format(category=world.category.pk, tag=world.tag.pk)
    asked = LISTING.read(QueryDict(text), admin)

    with CaptureQueriesContext(
        connection,
    ) as sent:
        found = list(LISTING.narrowed(Customer.objects.all(), asked))

    assert found == [wanted]
    is_by_row = "category" in query
    assert is_by_row != any(LINKS in one["sql"] for one in sent.captured_queries)


@pytest.mark.django_db
def test_the_migration_fills_what_was_there_before(world, make_customer):
    first = make_customer(tags=[world.tag, world.other_tag])
    second = make_customer()
    with writing():
        Customer.objects.update(tag_keys="")
    migration = import_module("customers.migrations.0004_tag_keys_filled")

    with writing():
        migration.fill(apps, SimpleNamespace(connection=connection))

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.tag_keys == marks.text_of([world.tag.pk, world.other_tag.pk])
    assert second.tag_keys == ""


def test_every_repeating_column_is_kept_silent_in_the_history():
    for aggregate in extend.aggregates():
        assert set(aggregate.mark_columns.values()) <= aggregate.derived
