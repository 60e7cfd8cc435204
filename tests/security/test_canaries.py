"""Planted bank numbers: who may not read them never receives them, on no way at all.

Pages, headers, redirects, error pages, answers to forms and the log are searched.
"""

import io
import logging
import re

import pytest
from django.test import Client

from core.forms.keyed import new_key
from core.log import LineFormatter
from core.saving import change
from customers.lifecycle import LIFE
from customers.models import BankAccount
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by, enter, walk
from tests.security.page import Page
from tests.security.walk import client_of

OLD, NOW, HIDDEN = "62220215558880001234", "62220219997770005678", "62220213331110009012"
NUMBERS = (OLD, NOW, HIDDEN)
STATES = tuple(state.name for state in LIFE.states)

# Who reads a number in full where (PRODUCT.md, the table of roles); nobody else ever does.
READS_ALL = {"finance", "admin"}
READS = {"clerk": {"draft", "returned"}, "reviewer": {"submitted"}}


def account(number, world):
    return {"account_name": "金丝雀", "bank": world.bank, "account_number": number}


@pytest.fixture(scope="module")
def planted_town(standing_town, for_all):
    """Customers of the clerk in every state whose account number was changed once."""
    with for_all():
        plant(standing_town)
    return standing_town


@pytest.fixture
def planted(planted_town, db):
    """The planted town, for one test."""
    return planted_town


def plant(town):
    clerk, finance, outsider = (town.people[name] for name in ("clerk", "finance", "outsider"))
    for state in STATES:
        customer = enter(town.world, clerk, accounts=[account(OLD, town.world)])
        row = BankAccount.objects.get(customer=customer)
        customer = change(
            AGGREGATE, customer.pk, {}, {"bank_accounts": [_row(row, town.world)]},
            version=customer.version, act=act_by(finance),
        )  # fmt: skip
        town.customers[state] = walk(customer, state, town.world, clerk)
    town.hidden = enter(
        town.world, outsider, "submitted", department=town.world.units.second,
        accounts=[account(HIDDEN, town.world)],
    )  # fmt: skip
    records = [*town.customers.items(), ("hidden", town.hidden)]
    others = [one for one in town.subjects["customer"] if "pk" not in one[1]]
    town.subjects["customer"] = [*((about, {"pk": one.pk}) for about, one in records), *others]
    town.subjects["review"] = [(about, {"pk": one.pk}) for about, one in records]


def _row(row, world):
    from core.aggregate import RowInput

    return RowInput(row.pk, account(NOW, world))


def leaks(answer):
    """Give the planted numbers that an answer carries anywhere, spaced or not."""
    html = answer.content.decode(errors="replace")
    shown = " ".join(Page(html).text) if "<html" in html else html
    raw = f"{html} {shown} {dict(answer.items())} {answer.cookies}"
    return [number for number in NUMBERS if number in re.sub(r"[\s\-]", "", raw)]


def may_read(who, state):
    return who in READS_ALL or state in READS.get(who, ())


@pytest.mark.parametrize("who", ["clerk", "colleague", "outsider", "reviewer", "viewer", "nobody"])
def test_no_page_shows_a_number_to_who_may_not_read_it(planted, who):
    client = client_of(planted, who)
    found = []
    for address in planted.addresses():
        readable = who == "outsider" and address.about == "hidden"
        if not may_read(who, address.about) and not readable:
            answer = client.get(address.path)
            allowed = {HIDDEN} if who in ("outsider", "reviewer") else set()
            allowed |= set(NUMBERS) if _opens_what_may_be_read(planted, who, address) else set()
            found += [(str(address), number) for number in leaks(answer) if number not in allowed]

    assert found == []


def _opens_what_may_be_read(planted, who, address):
    """The queue opens its first record by itself, and a submitted one may be read there."""
    return who == "reviewer" and address.name.startswith("customers:review")


def test_who_may_read_a_number_does(planted):
    def shown(who, state, place=""):
        path = f"/customers/{planted.customers[state].pk}/{place}"
        return NOW in re.sub(r"\s", "", client_of(planted, who).get(path).content.decode())

    assert shown("finance", "enabled")
    assert shown("clerk", "draft", "edit/")
    assert shown("reviewer", "submitted")
    assert not shown("reviewer", "enabled")
    assert not shown("colleague", "draft", "edit/")


@pytest.mark.parametrize("who", ["clerk", "colleague", "viewer", "reviewer"])
def test_searching_for_a_number_finds_nothing(planted, who):
    client = client_of(planted, who)

    for query in ({"q": NOW}, {"q": NOW[-4:]}, {"account_number": NOW}, {"bank_accounts": NOW}):
        answer = client.get("/customers/", query)
        without_echo = answer.content.decode().replace(NOW, "")
        assert [number for number in NUMBERS if number in without_echo] == []


def test_a_form_that_comes_back_does_not_bring_the_stored_number(planted):
    client = client_of(planted, "colleague")
    path = f"/customers/{planted.customers['draft'].pk}/edit/"
    page = Page(client.get(path).content.decode(), path)
    form = next(form for form in page.forms if "version" in form.fields and "name" in form.fields)

    invalid = client.post(path, {**form.fields, "email": "a" * 400, "action": "draft"})
    stale = client.post(path, {**form.fields, "version": "1", "short_name": "x", "key": new_key()})
    hints = client.post(path.replace("edit", "hints"), form.fields)

    assert (invalid.status_code, stale.status_code) == (422, 409)
    assert [leaks(answer) for answer in (invalid, stale, hints)] == [[], [], []]


def test_a_masked_number_that_is_sent_back_keeps_the_stored_one(planted):
    client = client_of(planted, "colleague")
    customer = planted.customers["draft"]
    path = f"/customers/{customer.pk}/edit/"
    page = Page(client.get(path).content.decode(), path)
    form = next(form for form in page.forms if "version" in form.fields and "name" in form.fields)

    answer = client.post(path, {**form.fields, "short_name": "新简称", "action": "draft"})

    assert answer.status_code == 302
    customer.refresh_from_db()
    assert customer.short_name == "新简称"
    assert BankAccount.objects.get(customer=customer).account_number == NOW


@pytest.fixture
def log():
    """Everything the site writes to its log, as it writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(LineFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield out
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_neither_the_log_nor_the_page_of_a_bug_shows_a_number(planted, log, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError(f"cannot store {NOW} with {args} {kwargs}")

    monkeypatch.setattr("core.records.save.save", broken)
    client = Client(raise_request_exception=False)
    client.force_login(planted.people["clerk"])
    path = f"/customers/{planted.customers['draft'].pk}/edit/"
    page = Page(client.get(path).content.decode(), path)
    form = next(form for form in page.forms if "version" in form.fields and "name" in form.fields)

    answer = client.post(path, {**form.fields, "action": "draft"})
    client.get(f"/customers/?q={NOW}&x={OLD}")
    client.get(f"/no/such/page/{NOW}/")

    assert answer.status_code == 500
    assert leaks(answer) == []
    assert "RuntimeError" in log.getvalue()
    assert [number for number in NUMBERS if number in log.getvalue()] == []
