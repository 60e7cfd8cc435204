"""The list under the hands: one click to a state, rows opened by click and by keys."""

import pytest

from tests.e2e.watch import check_axe

pytestmark = pytest.mark.e2e


@pytest.fixture
def three(make_customer):
    """A draft, a submitted and an enabled customer; the newest is the last."""
    return [make_customer(state) for state in ("draft", "submitted", "enabled")]


def test_the_list_of_a_state_is_one_click(as_user, three, clerk, script):
    page = as_user(clerk, script=script)
    page.goto("/customers/")

    with page.expect_navigation():
        page.get_by_role("link", name="待审核 1").click()

    titles = page.locator("tbody .cell-title").all_inner_texts()
    assert titles == [str(three[1])]
    assert page.locator(".tabs [aria-current]").inner_text().startswith("待审核")


def test_a_click_on_free_space_opens_the_row(as_user, three, clerk):
    page = as_user(clerk)
    page.goto("/customers/")

    with page.expect_navigation():
        page.locator("tbody tr").first.locator("td").last.click()

    assert page.url.split("?")[0].endswith(f"/customers/{three[2].pk}/")


def test_a_click_beside_a_box_ticks_it(as_user, three, clerk):
    page = as_user(clerk)
    page.goto("/customers/")

    page.locator("tbody .check-cell").first.click(position={"x": 3, "y": 3})

    assert page.locator("tbody [name=pks]").first.is_checked()


def test_rows_are_walked_by_keys_and_opened_by_enter(as_user, three, clerk):
    page = as_user(clerk)
    page.goto("/customers/")

    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == str(three[2])
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.split("?")[0].endswith(f"/customers/{three[1].pk}/")

    page.goto("/customers/")
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith("/customers/add/")


def test_actions_wait_for_a_selection_and_say_so(as_user, three, clerk):
    page = as_user(clerk)
    page.goto("/customers/")
    submit = page.locator('.toolbar button[name="action"][value="submit"]')

    assert submit.get_attribute("title") == "请先勾选客户"
    submit.click(force=True)
    page.wait_for_timeout(200)
    assert page.url.endswith("/customers/")
    check_axe(page)

    page.locator("tbody [name=pks]").first.check()
    assert submit.get_attribute("aria-disabled") is None
    with page.expect_navigation():
        submit.click()
    assert "/customers/bulk/" in page.url


def test_a_condition_is_found_by_typing(as_user, three, clerk):
    page = as_user(clerk)
    page.goto("/customers/")
    page.locator(".filterbar summary").first.click()
    page.wait_for_function("document.activeElement.matches('[data-menu-search]')")

    page.keyboard.type("简称")
    shown = page.locator(".filterbar .menu__item:visible").all_inner_texts()
    assert shown == ["客户简称"]
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "add=short_name" in page.url
