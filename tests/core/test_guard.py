"""Nothing but core.saving writes a business row: every way around raises."""

import pytest
from django.db import connection, transaction

from core.models.base import WriteOutsideSaving, is_writing, require_writing, writing
from customers.models import Category, Customer

WAYS = {
    "save": lambda one: one.save(),
    "delete": lambda one: one.delete(),
    "create": lambda one: Category.objects.create(code="X", name="X"),
    "get_or_create": lambda one: Category.objects.get_or_create(code="X", name="X"),
    "update_or_create": lambda one: Category.objects.update_or_create(
        code=one.code, defaults={"name": "X"}
    ),
    "update": lambda one: Category.objects.update(name="X"),
    "filtered update": lambda one: Category.objects.filter(pk=one.pk).update(name="X"),
    "queryset delete": lambda one: Category.objects.filter(pk=one.pk).delete(),
    "bulk_create": lambda one: Category.objects.bulk_create([Category(code="X", name="X")]),
    "bulk_update": lambda one: Category.objects.bulk_update([one], ["name"]),
    "base manager": lambda one: Category._base_manager.filter(pk=one.pk).update(name="X"),
    "raw": lambda one: connection.cursor().execute("UPDATE customers_category SET name = 'X'"),
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_write_outside_saving_raises(world, way):
    with pytest.raises(WriteOutsideSaving), transaction.atomic():
        WAYS[way](Category.objects.get(pk=world.category.pk))

    assert Category.objects.get(pk=world.category.pk).name == world.category.name


def test_a_tag_cannot_be_put_on_a_customer_outside_saving(make_customer, world):
    customer = make_customer()

    with pytest.raises(WriteOutsideSaving), transaction.atomic():
        customer.tags.add(world.tag)


def test_writing_is_allowed_inside_the_block_only():
    assert not is_writing()
    with writing():
        assert is_writing()
        require_writing("x")
        with writing():
            pass
        assert is_writing()
    assert not is_writing()


def test_the_block_ends_after_an_error():
    with pytest.raises(ValueError), writing():  # noqa: PT011
        raise ValueError

    with pytest.raises(WriteOutsideSaving, match=r"customers\.Customer"):
        require_writing(Customer._meta.label)
