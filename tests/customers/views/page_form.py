"""Reads a form of a page as a browser would send it, so that tests type into the real page."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from customers.models import Customer

ADD = "/customers/add/"
Page = dict[str, Any]

_VOID_TYPES = ("checkbox", "radio")


class _Reader(HTMLParser):
    """Collects what the controls of one form would send."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside, self.in_template = form_id, False, 0
        self.sent: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.choices: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        elif tag == "template":
            self.in_template += 1
        if not self.inside or self.in_template:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            is_off = given.get("type") in _VOID_TYPES and "checked" not in given
            if not is_off:
                blank = "on" if given.get("type") in _VOID_TYPES else ""
                self.sent.setdefault(name, []).append(given.get("value", blank))
        elif tag == "select":
            self.select, self.choices = name, []
        elif tag == "option" and self.select:
            self.choices.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.area = name
            self.sent.setdefault(name, [""])

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "template":
            self.in_template -= 1
        elif tag == "select" and self.select:
            chosen = [value for value, is_chosen in self.choices if is_chosen]
            self.sent[self.select] = chosen[-1:] or [self.choices[0][0]]
            self.select = ""
        elif tag == "textarea" and self.area:
            self.sent[self.area][0] = self.sent[self.area][0].removeprefix("\n")
            self.area = ""


def sent_by(html: str, form_id: str = "customer-form") -> dict[str, list[str]]:
    """Give what a browser would send for the form of a page that nobody touched."""
    reader = _Reader(form_id)
    reader.feed(html)
    assert reader.sent, f"no form {form_id} on the page"
    return reader.sent


def edit_url(customer: Customer) -> str:
    return f"/customers/{customer.pk}/edit/"


def opened(client: Client, url: str = ADD) -> Page:
    """What an untouched form of the page would send."""
    answer = client.get(url)
    assert answer.status_code == 200
    return sent_by(answer.content.decode())
