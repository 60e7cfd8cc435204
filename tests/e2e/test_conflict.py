"""Two people change one record: the second is asked, nothing is overwritten or lost."""

import re

import pytest

from customers.models import Customer
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


def test_a_double_click_makes_one_customer(as_user, world, clerk, script):
    page = as_user(clerk, script=script)
    page.goto("/customers/add/")
    steps.fill(page, {"name": "上海博远贸易有限公司"}, within=steps.FORM)

    page.locator('button[name="action"][value="draft"]').dblclick()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))

    assert Customer.objects.count() == 1
    assert steps.actions_of(Customer.objects.get().pk) == ["create"]
