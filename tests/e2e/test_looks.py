"""Language, theme and density: chosen once, right from the first byte, without a flash."""

import pytest

from tests.cast import PASSWORD
from tests.e2e import steps
from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.e2e


def html(page, name):
    return page.locator("html").get_attribute(name)


def in_first_bytes(page, path, words):
    return words in page.goto(path).text()[:400]


def test_the_theme_is_in_the_page_before_any_script(as_user, clerk, script):
    page = as_user(clerk, script=script, color_scheme="light")
    page.goto("/customers/")
    assert html(page, "data-theme") is None
    toggle = page.locator("[data-theme-toggle]")

    if script:
        with page.expect_response("**/display/"):
            toggle.click()
    else:
        with page.expect_navigation():
            toggle.click()

    assert html(page, "data-theme") == "dark"
    assert in_first_bytes(page, "/customers/", 'data-theme="dark"')
    clerk.refresh_from_db()
    assert clerk.theme == "dark"


def test_the_login_page_remembers_language_and_theme(open_page, clerk, script):
    clerk.theme = "dark"
    clerk.save(update_fields=["theme"])
    page = open_page(script=script)
    page.goto("/login/")
    assert html(page, "lang") == "zh-Hans"

    with page.expect_navigation():
        page.locator('button[name="language"][value="en"]').click()
    assert html(page, "lang") == "en"
    steps.fill(page, {"username": "clerk", "password": PASSWORD})
    with page.expect_navigation():
        page.locator("main form button.btn--primary").click()

    assert (html(page, "lang"), html(page, "data-theme")) == ("en", "dark")
    page.locator(".topbar details.menu summary").click()
    with page.expect_navigation():
        page.locator('form[action="/logout/"] button').click()
    assert (html(page, "lang"), html(page, "data-theme")) == ("en", "dark")


def test_the_language_is_switched_in_the_menu_and_the_page_stays(as_user, clerk, script):
    page = as_user(clerk, script=script)
    page.goto("/customers/?q=x")
    assert page.locator("h1").inner_text() == "客户列表"

    page.locator(".topbar details.menu summary").click()
    with page.expect_navigation():
        page.locator('.topbar button[name="language"]').click()

    assert page.url.endswith("/customers/?q=x")
    assert (html(page, "lang"), page.locator("h1").inner_text()) == ("en", "Customer list")


def test_the_browsers_language_does_not_choose(open_page, db):
    page = open_page(locale="en-US")

    page.goto("/login/")

    assert html(page, "lang") == "zh-Hans"


def test_density_is_stored_and_shown(as_user, make_customer, clerk, script):
    make_customer()
    page = as_user(clerk, script=script)
    page.goto("/customers/")
    tall = page.locator("tbody tr").first.bounding_box()["height"]

    steps.press(page, "density", "compact")

    assert html(page, "data-density") == "compact"
    assert page.locator("tbody tr").first.bounding_box()["height"] < tall
    assert in_first_bytes(page, "/customers/", 'data-density="compact"')


def test_the_navigation_of_a_phone_opens_without_script(as_user, clerk, script):
    page = as_user(clerk, script=script, size=PHONE)
    page.goto("/customers/")
    assert not page.locator("#nav").is_visible()

    page.locator(".topbar__menu").click()
    with page.expect_navigation():
        page.locator("#nav a[href='/']").last.click()

    assert page.url.endswith(":" + page.url.rsplit(":", 1)[1])
    assert page.locator("h1").count() == 1
