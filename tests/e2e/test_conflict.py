"""Two people change one record: the second is asked, nothing is overwritten or lost."""

import datetime
import re

import pytest
from django.utils import timezone

from customers.models import Customer, CustomerChange
from tests.customers.asking import ask
from tests.e2e import steps
from tests.e2e.watch import check_axe

pytestmark = pytest.mark.e2e


def test_the_second_of_two_clerks_decides_field_by_field(
    as_user, make_customer, clerk, colleague, script
):
    customer = make_customer()
    first, second = as_user(clerk, script=script), as_user(colleague, script=script)
    path = f"/customers/{customer.pk}/edit/"
    first.goto(path)
    second.goto(path)
    steps.fill(first, {"short_name": "甲的简称", "remark": "甲的备注"}, within=steps.FORM)
    steps.press(first, "action", "draft")

    steps.fill(second, {"short_name": "乙的简称", "phone": "010-62515678"}, within=steps.FORM)
    steps.press(second, "action", "draft")

    assert "李文静" in second.locator(".alert").first.inner_text()
    if script:
        check_axe(second)
    second.locator('[name="take-short_name"][value="mine"]').check()
    with second.expect_navigation():
        second.locator('button[form="conflict-form"].btn--primary').click()
    customer = Customer.objects.get(pk=customer.pk)
    assert customer.short_name == "乙的简称"
    assert customer.remark == "甲的备注"
    assert customer.phone.endswith("62515678")
    assert steps.actions_of(customer.pk) == ["create", "change", "change"]


def test_an_edit_and_one_that_goes_by_request_are_both_kept(
    as_user, make_customer, clerk, colleague, script
):
    people = [{"name": name, "mobile": "13800132207"} for name in ("刘洋", "周敏")]
    customer = make_customer("enabled", contacts=people)
    first, second = as_user(clerk, script=script), as_user(colleague, script=script)
    path = f"/customers/{customer.pk}/edit/"
    first.goto(path)
    second.goto(path)
    mine = {"short_name": "甲的简称", "contacts-0-position": "经理"}
    steps.fill(first, mine, within=steps.FORM)
    steps.press(first, "action", "draft")

    theirs = {
        "name": "北京改名股份公司", "contacts-1-position": "主任", "change_reason": "客户更名",
        "change_holds_from": str(timezone.localdate() + datetime.timedelta(days=300)),
    }  # fmt: skip
    steps.fill(second, theirs, within=steps.FORM)
    steps.press(second, "action", "draft")

    told = second.locator("main").inner_text()
    assert [text in told for text in (*mine.values(), *theirs.values())] == [True] * 6
    if script:
        check_axe(second)
    with second.expect_navigation():
        second.locator('button[form="conflict-form"].btn--primary').click()
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.name, stored.short_name) == (customer.name, "甲的简称")
    assert list(stored.contacts.values_list("name", "position")) == [
        ("刘洋", "经理"), ("周敏", "主任")
    ]  # fmt: skip
    [request] = CustomerChange.objects.all()
    assert (request.state, request.reason) == ("submitted", "客户更名")
    assert [(one.name, one.new) for one in request.asks.fields] == [("name", theirs["name"])]


def test_what_somebody_asked_for_meanwhile_is_told(as_user, make_customer, clerk, colleague):
    customer = make_customer("enabled")
    page = as_user(clerk)
    page.goto(f"/customers/{customer.pk}/edit/")
    request = ask(customer, colleague, {"name": "同事改名股份公司"})

    mine = {"name": "我的改名股份公司", "short_name": "简称", "change_reason": "客户更名"}
    steps.fill(page, mine, within=steps.FORM)
    steps.press(page, "action", "draft")

    told = page.locator("main").inner_text()
    assert [text in told for text in (*mine.values(), request.code)] == [True] * 4
    check_axe(page)
    with page.expect_navigation():
        page.locator('button[form="conflict-form"].btn--primary').click()
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.name, stored.short_name) == (customer.name, "简称")
    assert CustomerChange.objects.get().asks == request.asks


def test_a_double_click_makes_one_customer(as_user, world, clerk, script):
    page = as_user(clerk, script=script)
    page.goto("/customers/add/")
    steps.fill(page, {"name": "上海博远贸易有限公司"}, within=steps.FORM)

    page.locator('button[name="action"][value="draft"]').dblclick()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))

    assert Customer.objects.count() == 1
    assert steps.actions_of(Customer.objects.get().pk) == ["create"]
