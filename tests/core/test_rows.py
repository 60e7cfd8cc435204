"""Rows read from the database are those that Django would make, though made a shorter way."""

from django.apps import apps
from django.db.models.base import Model
from django.db.models.signals import post_init, pre_init

from core.models.base import Business
from customers.models import Customer


def as_django_makes(rows, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Business, "from_db", classmethod(Model.from_db.__func__))
        return [inside(one) for one in rows.iterator()]


def inside(row):
    """Give what a row holds, also of the rows it points to; not where it was read."""
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    beside = {name: inside(one) for name, one in row._state.fields_cache.items() if one}
    return type(row), held, beside, row._state.adding, row._state.db, row.get_deferred_fields()


def test_whole_and_partly_read_rows_hold_the_same(make_customer, monkeypatch):
    make_customer("enabled")
    make_customer(category=None)

    for rows in (
        Customer.objects.order_by("pk"),
        Customer.objects.order_by("pk").only("name", "state"),
        Customer.objects.order_by("pk").defer("name"),
        Customer.objects.order_by("pk").select_related("salesperson__unit", "category"),
        Customer.objects.raw("SELECT id, name FROM customers_customer ORDER BY id"),
    ):
        assert [inside(one) for one in rows] == as_django_makes(rows, monkeypatch)


def test_what_was_not_read_is_read_when_asked_for(make_customer):
    customer = make_customer(remark="老客户")

    partly = Customer.objects.only("name").get(pk=customer.pk)

    assert partly.remark == "老客户"
    assert partly == customer


def test_nobody_listens_to_the_making_of_rows():
    """What is left out for speed would be missed by a receiver: then it must come back."""
    business = [model for model in apps.get_models() if issubclass(model, Business)]

    assert business
    for model in business:
        assert not pre_init.has_listeners(model)
        assert not post_init.has_listeners(model)
