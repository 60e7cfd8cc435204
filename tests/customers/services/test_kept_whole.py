"""A customer in use keeps what it must have; one that is still entered may lack it."""

import pytest
from django.utils import translation

from core.aggregate import RowInput
from core.records.record import Record
from core.saving import Refused
from customers.models import Customer
from customers.services import customer as service
from tests.cast import act_by, set_raw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def save(customer, user, values=None, rows=None):
    stored = Customer.objects.get(pk=customer.pk)
    return service.save(
        stored.pk, Record(values or {}, rows or {}), version=stored.version, submit=False,
        act=act_by(user),
    )  # fmt: skip


@pytest.mark.parametrize("state", ["approved", "enabled", "disabled"])
@pytest.mark.parametrize("name", ["region", "registered_address", "salesperson"])
def test_what_is_needed_to_submit_is_not_emptied_in_force(make_customer, admin, state, name):
    customer = make_customer(state)

    with pytest.raises(Refused) as refused:
        save(customer, admin, {name: "" if name == "registered_address" else None, "fax": "1"})

    assert set(refused.value.fields) == {name}
    assert Customer.objects.get(pk=customer.pk).version == customer.version


def test_the_last_contact_with_a_number_stays(make_customer, clerk):
    customer = make_customer("enabled")
    [contact] = customer.contacts.all()
    silent = RowInput(contact.pk, {"name": "刘洋", "mobile": "", "phone": "", "email": "a@b.cn"})

    for rows in ([], [silent]):
        with pytest.raises(Refused) as refused:
            save(customer, clerk, rows={"contacts": rows})
        assert set(refused.value.fields) == {"contacts"}
    save(
        customer,
        clerk,
        rows={"contacts": [RowInput(None, {"name": "新", "mobile": "13800132208"})]},
    )

    assert [one.name for one in customer.contacts.all()] == ["新"]


def test_a_name_of_a_contact_is_not_emptied(make_customer, clerk):
    customer = make_customer("enabled")
    [contact] = customer.contacts.all()

    with pytest.raises(Refused) as refused:
        save(customer, clerk, rows={"contacts": [RowInput(contact.pk, {"name": ""})]})

    assert set(refused.value.fields) == {"contacts"}


def test_what_it_lacks_already_stands_in_nobodys_way(make_customer, clerk):
    customer = make_customer("enabled")
    set_raw(customer, registered_address="", region_id=None)
    [contact] = customer.contacts.all()

    saved = save(
        customer, clerk, {"fax": "010-62510002"},
        {"contacts": [RowInput(contact.pk, {"position": "经理"})]},
    )  # fmt: skip

    assert saved.fax == "010-62510002"


def test_a_draft_may_lose_anything(make_customer, clerk):
    customer = make_customer()

    saved = save(customer, clerk, {"region": None, "registered_address": ""}, {"contacts": []})

    assert (saved.region, saved.registered_address) == (None, "")
