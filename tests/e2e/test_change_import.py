"""A file renames what is in use: thirty requests, decided together by somebody else."""

import pytest

from customers.models import Customer, CustomerChange, ImportBatch
from tests.customers.asking import ask
from tests.customers.imports.filled import workbook
from tests.e2e import steps
from tests.e2e.test_import import upload, written
from tests.e2e.watch import check_axe

pytestmark = pytest.mark.e2e
COUNT = 30


def names():
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


def test_thirty_names_of_a_file_are_approved_together(as_user, make_customer, admin, reviewer):
    customers = [make_customer("enabled") for _ in range(COUNT)]
    old, new = names(), [f"更名{number:02d}有限公司" for number in range(COUNT)]
    rows = [[one.code, name] for one, name in zip(customers, new, strict=True)]
    page = as_user(admin)
    upload(page, workbook({"客户": [["客户编码", "客户名称"], *rows]}))
    assert "30 家转为变更申请" in page.locator("#write-bar").inner_text()
    steps.fill(page, {"reason": "年度更名"})
    written(page)
    assert names() == old
    link = page.get_by_role("link", name="查看 30 条变更申请").get_attribute("href")
    assert link.endswith(f"/changes/?import={ImportBatch.objects.get().number}")

    other = ask(make_customer("enabled"), admin, {"name": "别处更名有限公司"})
    desk = as_user(reviewer)
    desk.goto(link)
    assert "别处更名有限公司" not in desk.locator("main").inner_text()
    desk.locator('[name="pks"]').first.check()
    desk.locator('[name="all"]').check()
    steps.press(desk, "action", "approve")
    check_axe(desk)
    with desk.expect_navigation():
        desk.locator('button[form="confirm"]').click()

    assert "30 成功" in desk.locator("main").inner_text()
    assert names()[:-1] == new
    waiting = CustomerChange.objects.exclude(state="approved")
    assert [one.pk for one in waiting] == [other.pk]
    desk.goto(f"/customers/{customers[-1].pk}/")
    assert desk.locator("main h1").inner_text() == new[-1]
