"""What Ctrl-P makes of a page: a document without controls, every tab, absolute times."""

import re

import pytest

pytestmark = pytest.mark.e2e

CONTROLS = ".btn, button, .tabs, .menu, .sidebar, .topbar, .actionbar, .check-cell, .split__list"
SEEN = """(selector) => [...document.querySelectorAll(selector)].filter(
  (element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 80))"""
TIMES = """() => [...document.querySelectorAll("main time[title]")].filter(
  (element) => element.checkVisibility()).map((element) => {
    const shown = getComputedStyle(element, "::after").content;
    return getComputedStyle(element).fontSize === "0px" ? shown : element.textContent; })"""
PAPER = {"width": 710, "height": 1000}


def paper(page, path):
    page.goto(path)
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")


def pages_of(page):
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def customer(make_customer, world):
    """A submitted customer with an account, and some more for the list."""
    for _number in range(4):
        make_customer("approved")
    account = {"account_name": "恒信", "bank": world.bank, "account_number": "622202020011223"}
    return make_customer("submitted", accounts=[account], legal_representative="萧云")


@pytest.mark.parametrize("path", ["/customers/", "/customers/{pk}/", "/review/{pk}/"])
def test_paper_has_no_controls_and_tells_times_in_full(as_user, customer, reviewer, path):
    page = as_user(reviewer)
    paper(page, path.format(pk=customer.pk))

    assert page.evaluate(SEEN, CONTROLS) == []
    times = page.evaluate(TIMES)
    assert times
    assert all(re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", one) for one in times)


@pytest.mark.parametrize("tab", ["overview", "basic", "contacts", "finance", "other"])
def test_every_tab_of_a_record_is_printed_once(as_user, customer, reviewer, tab):
    page = as_user(reviewer)
    paper(page, f"/customers/{customer.pk}/?tab={tab}")

    heads = [text for text in page.locator("main h2").all_inner_texts() if text]
    for label in ("联系信息", "财务信息", "其他信息"):
        assert sum(label in head for head in heads) <= 1
    told = page.locator("main").inner_text()
    for words in ("萧云", "税号", "刘洋", "6222", "所属销售部门"):
        assert words in told


def test_the_table_begins_on_the_first_page(as_user, customer, reviewer):
    page = as_user(reviewer)
    paper(page, "/customers/")

    assert pages_of(page) == 1
