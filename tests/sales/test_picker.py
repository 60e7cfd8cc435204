"""An opportunity names an enabled customer: chosen by typing, and told why not of the others."""

import datetime

import pytest
from django.db import transaction

from core.records import picking
from core.records.form import RecordForm
from core.records.record import Record
from core.records.save import save
from core.saving import Refused
from sales.services.kinds import KIND
from tests.cast import act_by, move, set_raw

URL = "/choose/customers.customer.usable/"
TWO_DAYS = datetime.timedelta(days=2)


def chosen(user, text, opportunity=None):
    """Give the customer that a form finds in a text, or what it says instead."""
    form = RecordForm(KIND, user, opportunity, {"customer": text})
    form.is_valid()
    return form.cleaned_data.get("customer") or form.errors["customer"][0]


@pytest.fixture
def waiting(make_customer, clerk):
    customer = make_customer("submitted", name="海通电力有限公司")
    set_raw(customer, submitted_at=customer.submitted_at - TWO_DAYS)
    return customer


def test_suggestions_tell_of_each_customer_that_cannot_be_chosen_why_not(
    desk, make_customer, waiting, outsider
):
    enabled = make_customer("enabled", name="海通物流有限公司")
    make_customer("enabled", by=outsider, department=outsider.unit, name="海通外人有限公司")

    found = desk.get(URL, {"q": "haitong"}).json()["options"]

    assert {one["name"]: one["why"] for one in found} == {
        "海通物流有限公司": "",
        "海通电力有限公司": "待审核 — 李文静 2 天前提交",
    }
    assert [one["key"] for one in desk.get(URL).json()["options"]] == [enabled.pk]


def test_a_customer_is_meant_by_its_code_its_name_or_both(make_customer, clerk):
    customer = make_customer("enabled", name="海通物流有限公司")

    for text in (customer.code, "海通物流有限公司", f"{customer.code} 海通物流有限公司"):
        assert chosen(clerk, text) == customer


def test_what_cannot_be_chosen_is_told_at_the_field_with_why(waiting, clerk):
    assert chosen(clerk, waiting.code) == "待审核 — 李文静 2 天前提交"
    assert chosen(clerk, "海通") == "待审核 — 李文静 2 天前提交"
    assert chosen(clerk, "没有这家") == "您可见的客户里没有这个编码或名称。"


def test_candidates_stand_below_the_field_and_barred_ones_are_disabled(
    make_customer, waiting, clerk
):
    make_customer("enabled", name="海通物流有限公司")
    form = RecordForm(KIND, clerk, None, {"customer": "海通"})

    form.is_valid()
    html = str(form["customer"])

    assert html.count('type="radio"') == 2
    assert html.count(" disabled>") == 1
    assert "<select" not in html


def test_a_customer_that_was_disabled_later_stays_and_is_not_chosen_anew(
    make_opportunity, make_customer, clerk, reviewer
):
    kept, other = make_opportunity(), make_opportunity()
    move(kept.customer, "disable", reviewer)
    typed = f"{kept.customer.code} {kept.customer}"
    kept.refresh_from_db()

    assert chosen(clerk, typed, kept) == kept.customer
    assert chosen(clerk, typed, other).startswith("已禁用 — 陈思远 0 分钟前禁用")


def test_of_two_customers_of_one_name_the_enabled_one_is_meant(make_customer, clerk):
    enabled = make_customer("enabled", name="海通物流有限公司")
    make_customer(name="海通物流有限公司")

    assert chosen(clerk, "海通物流有限公司") == enabled


def test_the_choice_is_looked_at_again_when_it_is_saved(make_customer, clerk, outsider, reviewer):
    customer = make_customer("enabled")
    values = {"customer": customer}

    with transaction.atomic():
        picking.require_usable(KIND, values, clerk)
    with pytest.raises(Refused) as unseen, transaction.atomic():
        picking.require_usable(KIND, values, outsider)
    move(customer, "disable", reviewer)
    with pytest.raises(Refused) as barred, transaction.atomic():
        picking.require_usable(KIND, values, clerk)

    assert unseen.value.fields["customer"] == "您可见的客户里没有这个编码或名称。"
    assert barred.value.fields["customer"].startswith("已禁用 — ")


def test_a_customer_that_is_out_of_use_is_not_named_by_a_change_either(
    make_opportunity, make_customer, clerk, reviewer
):
    one, customer = make_opportunity(), make_customer("enabled")
    disabled = move(customer, "disable", reviewer)

    with pytest.raises(Refused) as refused:
        save(
            KIND, one.pk, Record({"customer": disabled}), version=one.version, submit=False,
            act=act_by(clerk),
        )  # fmt: skip

    assert refused.value.fields["customer"].startswith("已禁用 — ")
