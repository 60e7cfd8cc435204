"""The support site: superusers only, nothing written past saving, no state to set."""

import pytest
from django.contrib import admin as site_of_django
from django.urls import reverse

from core.models import Change
from customers.models import Customer, Region, Tag


@pytest.fixture
def root(client, make_user):
    user = make_user("root", is_superuser=True, is_staff=True)
    client.force_login(user)
    return user


def url(model, verb, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}", args=args)


def test_nobody_but_a_superuser_comes_in(client, cast):
    anonymous = client.get("/admin/")
    seen = set()
    for user in cast.values():
        client.force_login(user)
        seen |= {client.get(page).status_code for page in ("/admin/", url(Customer, "changelist"))}

    assert anonymous.status_code == 302
    assert seen == {403}


def test_every_table_of_the_site_opens(client, root, make_customer):
    make_customer(accounts=[{"account_number": "6222021234567890123", "account_name": "x"}])

    ours = [model for model in site_of_django.site._registry if model._meta.app_label != "axes"]
    for model in ours:
        assert client.get(url(model, "changelist")).status_code == 200, model
        first = model._default_manager.first()
        if first is not None:
            assert client.get(url(model, "change", first.pk)).status_code == 200, model
        assert client.get(url(model, "delete", 1)).status_code in (302, 403), model


def test_a_customer_cannot_be_changed(client, root, make_customer):
    customer = make_customer()

    answer = client.post(url(Customer, "change", customer.pk), {"state": "enabled", "name": "x"})

    customer.refresh_from_db()
    assert answer.status_code == 403
    assert customer.state == "draft"
    assert client.get(url(Customer, "add")).status_code == 403


def test_a_user_is_changed_on_the_user_pages_only(client, root, clerk):
    answer = client.post(url(type(clerk), "change", clerk.pk), {"display_name": "x"})
    page = client.get(url(type(clerk), "change", clerk.pk)).content.decode()

    assert answer.status_code == 403
    assert reverse("core:user-edit", args=[clerk.pk]) in page
    assert clerk.password not in page


def test_a_reference_value_is_written_through_saving(client, root, world):
    form = {"code": "T1", "name": "改", "tone": "info", "is_active": "on", "seen_version": "1"}

    answer = client.post(url(Tag, "change", world.tag.pk), form)
    added = client.post(url(Tag, "add"), {**form, "code": "new"})

    told = Change.objects.filter(subject_type="customers.tag", source="admin")
    assert (answer.status_code, added.status_code) == (302, 302)
    assert set(told.values_list("action", flat=True)) == {"change", "create"}
    assert Tag.objects.get(code="NEW").version == 1


def test_a_stale_value_is_not_overwritten(client, root, world):
    form = {"code": "T1", "name": "第一", "tone": "info", "is_active": "on", "seen_version": "1"}
    client.post(url(Tag, "change", world.tag.pk), form)

    answer = client.post(url(Tag, "change", world.tag.pk), {**form, "name": "第二"})

    assert answer.status_code == 200
    assert Tag.objects.get(pk=world.tag.pk).name == "第一"


def test_a_node_cannot_be_put_below_itself(client, root, world):
    child = Region.objects.filter(parent__isnull=False).select_related("parent").first()

    page = client.get(url(Region, "change", child.parent.pk)).content.decode()

    assert f'<option value="{world.shanghai.pk}"' in page
    assert f'<option value="{child.pk}"' not in page
