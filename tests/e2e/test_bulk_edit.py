"""Somebody leaves: all customers of a salesperson go to another one, and come back."""

import re

import pytest

from core import jobs, saving
from core.aggregate import Draft
from core.models import Change
from customers.models import Customer
from customers.services.aggregates import AGGREGATE, REFERENCE
from tests.cast import act_by, complete_record
from tests.e2e import steps
from tests.e2e.conftest import SMALL_PHONE
from tests.e2e.watch import check_axe

pytestmark = pytest.mark.e2e

HANDED_OVER, OTHERS = 700, 3


@pytest.fixture
def successor(world, system_user):
    """Who takes over."""
    values = {"code": "T3", "name": "王海涛", "unit": world.units.first}
    return saving.create(REFERENCE["salesperson"], values, act=act_by(system_user))


@pytest.fixture
def customers(world, clerk, reviewer):
    """Enabled customers of who leaves, and some of another salesperson."""
    act = act_by(clerk)
    people = [world.salesperson] * HANDED_OVER + [world.other_salesperson] * OTHERS
    drafts = []
    for number, person in enumerate(people):
        values = complete_record(world, salesperson=person).values
        more = {
            "code": f"BJ-JS-{number:05d}", "scope_unit": world.units.first, "state": "enabled",
            "approved_at": act.at, "approved_by": reviewer,
        }  # fmt: skip
        drafts.append(Draft({**values, **more}))
    return saving.bulk_create(AGGREGATE, drafts, act=act)


def held_by(person):
    return Customer.objects.filter(salesperson=person).count()


def press(page, selector):
    with page.expect_navigation():
        page.locator(selector).click()


def worker_comes(page):
    """Let what waits be done, and the page tell it."""
    jobs.run_waiting()
    page.goto(page.url)


def test_700_customers_are_handed_over_and_taken_back(
    as_user, customers, clerk, world, successor, script
):
    page = as_user(clerk, script=script)
    page.goto(f"/customers/?salesperson={world.salesperson.pk}")
    page.locator('[name="pks"]').first.check()
    page.get_by_role("checkbox", name=re.compile("全部 700 条")).check()
    steps.press(page, "action", "edit")

    steps.fill(page, {"salesperson": successor.words, "reason": "李文静离职"})
    press(page, 'button[form="choose"]')
    worker_comes(page)
    assert "修改 700 条记录" in page.locator('button[form="write"]').inner_text()
    assert page.locator("main tbody tr").count() == 50
    assert held_by(successor) == 0

    press(page, 'button[form="write"]')
    assert "0 / 700" in page.locator("main").inner_text()
    worker_comes(page)

    assert (held_by(successor), held_by(world.other_salesperson)) == (HANDED_OVER, OTHERS)
    assert "已修改 700 条记录" in page.locator("main").inner_text()
    assert Change.objects.filter(reason="李文静离职").values("operation").distinct().count() == 1

    page.locator("main details summary").last.click()
    press(page, 'main form:has([value="undo"]) button')
    worker_comes(page)

    assert (held_by(successor), held_by(world.salesperson)) == (0, HANDED_OVER)
    assert "已恢复 700 条记录的原值" in page.locator("main").inner_text()


def test_every_step_is_sound_on_a_small_phone(as_user, make_customer, clerk, world):
    customer, held = make_customer("enabled"), make_customer("submitted")
    page = as_user(clerk, size=SMALL_PHONE)
    page.goto("/customers/")
    for one in (customer, held):
        page.locator(f'[name="pks"][value="{one.pk}"]').check()
    steps.press(page, "action", "edit")
    check_axe(page)

    steps.fill(page, {"nature": "民营"})
    page.locator('input[name="tags"]').last.fill(world.tag.words)
    press(page, 'button[form="choose"]')
    check_axe(page)
    press(page, 'button[form="write"]')
    check_axe(page)

    customer.refresh_from_db()
    assert customer.nature == "private"
    assert customer.tags.count() == 1
    page.goto("/customers/bulk/edits/")
    check_axe(page)
    assert page.locator("main tbody tr").count() == 1
