"""What people do on the pages, in the order of their hands; the tests say what must come of it.

Fields are found by their names and buttons by what they send, so the steps work in both languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.models import Customer
from tests.cast import valid_uscc

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FORM = "form#customer-form"


def fill(page: Page, values: dict[str, str], *, within: str = "main") -> None:
    """Fill fields by name: type into inputs, choose the option that reads like the value."""
    for name, value in values.items():
        control = page.locator(f'{within} [name="{name}"]')
        if control.evaluate("element => element.tagName") == "SELECT":
            choose(control, value)
        else:
            control.fill(value)


def choose(control: Locator, words: str) -> None:
    """Choose the option whose text ends with these words (trees indent their options)."""
    option = control.locator("option").filter(has_text=words).first
    control.select_option(value=option.get_attribute("value"))


def press(page: Page, name: str, value: str) -> None:
    """Press the first button in sight that sends name=value, and wait for the page after it."""
    button = page.locator(f'main button[name="{name}"][value="{value}"]:visible').first
    with page.expect_navigation():
        button.click()


def enter_customer(page: Page, name: str, number: int) -> None:
    """Fill the form of a new customer with two contacts and a bank account."""
    page.goto("/customers/add/")
    fill(page, {
        "name": name, "customer_type": "经销商", "region": "北京市",
        "registered_address": "北京市海淀区中关村南大街 12 号", "uscc": valid_uscc(number),
        "department": "销售一部", "salesperson": "李文静",
        "contacts-0-name": "刘洋", "contacts-0-mobile": "13800132207",
        "contacts-1-name": "周敏", "contacts-1-mobile": "13900131108",
        "accounts-0-account_name": name, "accounts-0-bank": "中国工商银行",
        "accounts-0-account_number": "6222020200112233445",
    }, within=FORM)  # fmt: skip
    page.locator('[name="contacts-primary"][value="0"]').check()


def state_on(page: Page) -> str:
    """Give the state that the pill at the head of the page shows."""
    return page.locator("main .pill").first.get_attribute("data-state") or ""


def do(page: Page, name: str, reason: str = "") -> None:
    """Make a move on the detail page: its button, and the dialog where a reason is asked."""
    ask = page.locator(f'button[popovertarget="ask-{name}"]:visible').first
    form = page.locator(f'main form[action$="/do/{name}/"]')
    if reason:
        ask.click()
        form.locator('[name="reason"]').fill(reason)
    with page.expect_navigation():
        form.locator("button:not([popovertarget])").first.click()


def pk_of(page: Page) -> int:
    """Give the number of the customer in the address of the page."""
    return int(page.url.split("/customers/")[1].split("/")[0])


def actions_of(pk: int) -> list[str]:
    """Give what the history says was done with a customer, oldest first."""
    from core import history

    entries = history.of(Customer._meta.label_lower, pk)
    return [entry.action for entry in entries][::-1]
