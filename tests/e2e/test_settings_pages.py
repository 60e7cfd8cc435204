"""What an administrator keeps: people, reference data, the rule of codes."""

import pytest

from core.models import User
from customers.models import CodeRule, CodeSegment, Tag
from tests.cast import PASSWORD
from tests.e2e import steps

pytestmark = pytest.mark.e2e


def save(page):
    with page.expect_navigation():
        page.locator("main .actionbar .btn--primary").click()


def test_a_new_person_can_sign_in_with_the_role_given(as_user, open_page, admin, units, script):
    page = as_user(admin, script=script)
    page.goto("/settings/users/add/")
    new = "sunny horse battery"
    steps.fill(page, {
        "username": "wangwei", "display_name": "王伟", "unit": "销售二部",
        "password1": new, "password2": new,
    })  # fmt: skip
    page.locator('[name="roles"][value="clerk"]').check()
    save(page)
    assert "王伟" in page.locator("main").inner_text()

    other = open_page(script=script)
    other.goto("/login/")
    steps.fill(other, {"username": "wangwei", "password": new})
    with other.expect_navigation():
        other.locator("main form button.btn--primary").click()

    steps.fill(other, {
        "old_password": new, "new_password1": "rainy mule stapler",
        "new_password2": "rainy mule stapler",
    })  # fmt: skip
    with other.expect_navigation():
        other.locator('button[form="password-form"]').click()

    assert "王伟" in other.locator(".topbar").inner_text()
    assert User.objects.get(username="wangwei").unit == units.second
    assert other.goto("/settings/users/").status == 403


def test_a_person_shut_out_is_out_at_once(as_user, admin, clerk, script):
    page, theirs = as_user(admin, script=script), as_user(clerk, script=script)
    assert theirs.goto("/customers/").status == 200
    page.goto(f"/settings/users/{clerk.pk}/")
    with page.expect_navigation():
        page.locator('form[action$="/toggle/"] button').first.click()

    theirs.goto("/customers/")

    assert "/login/" in theirs.url


def test_a_new_tag_can_be_chosen_for_a_customer(as_user, admin, clerk, world, script):
    page = as_user(admin, script=script)
    page.goto("/settings/reference/tag/add/")
    steps.fill(page, {"code": "VIP", "name": "重点扶持"})
    page.locator('main [name="tone"]').last.evaluate("element => element.tagName")
    save(page)
    tag = Tag.objects.get(code="VIP")

    desk = as_user(clerk, script=script)
    desk.goto("/customers/add/")

    if not script:
        assert desk.locator('[name="tags"][value="重点扶持 VIP"]').count() == 1
        return
    desk.locator("#id_tags").press_sequentially("zdfc")
    desk.locator("#combo-list [role=option]").filter(has_text=tag.code).click()
    assert desk.locator('[name="tags"][value="重点扶持 VIP"]').is_checked()


def test_the_rule_of_codes_is_seen_before_it_is_saved(
    as_user, admin, clerk, world, make_customer, script
):
    page = as_user(admin, script=script)
    rule = CodeRule.objects.active().get(subject="customers.customer")
    serial = list(rule.segments.order_by("line").values_list("kind", flat=True)).index("serial")
    page.goto(f"/settings/code-rules/{rule.pk}/")
    before = page.locator('[data-hint-html="preview"]').inner_text()

    page.locator(f'[name="segments-{serial}-width"]').fill("5")
    if script:
        page.wait_for_function(
            "old => document.querySelector('[data-hint-html=preview]').innerText !== old",
            arg=before,
        )
    else:
        with page.expect_navigation():
            page.locator('button[name="preview"]').click()
    assert "00001" in page.locator('[data-hint-html="preview"]').inner_text()
    assert CodeSegment.objects.get(rule=rule, kind="serial").width == 3
    save(page)

    assert CodeSegment.objects.get(rule=rule, kind="serial").width == 5
    assert make_customer().code == "BJ-JS-00001"


def test_a_wrong_password_is_told_in_words_and_the_fifth_locks(open_page, clerk, settings, script):
    settings.AXES_ENABLED = True
    page = open_page(script=script)
    page.goto("/customers/")
    for _ in range(5):
        steps.fill(page, {"username": "clerk", "password": "falsch"})
        with page.expect_navigation():
            page.locator("main form button.btn--primary").click()

    steps.fill(page, {"username": "clerk", "password": PASSWORD})
    with page.expect_navigation():
        page.locator("main form button.btn--primary").click()

    assert "密码错误次数过多" in page.locator(".alert").inner_text()
    assert page.locator('[name="username"]').input_value() == "clerk"
