"""Text that wants to be a program stays text, on every page that shows it.

The payloads stand in every text field that takes them; the pages are read like a browser reads.
"""

import pytest

from core import people, saving
from core.people import Profile
from core.records import transition
from customers.models import BankAccount, Contact, Customer
from customers.services.aggregates import REFERENCE
from customers.services.kinds import KIND
from tests.cast import act_by, enter
from tests.security.page import MARK, Page
from tests.security.walk import client_of
from tests.town import share

PAYLOADS = (
    f"<script {MARK}>alert(1)</script>",
    f'"><img {MARK} src=x onerror=alert(1)>',
    f"' autofocus onfocus=alert(1) {MARK}='",
    f"</textarea></title><svg {MARK} onload=alert(1)>",
    "javascript:alert(1)//",
    "{{ 7|add:7 }}{% now 'Y' %}&lt;b&gt;",
)
TYPED = ("javascript:alert(1)//", "".join(PAYLOADS))
TEXTS = {
    "name": 200, "short_name": 60, "registered_address": 200, "legal_representative": 60,
    "mailing_address": 200, "invoice_title": 200, "remark": 400,
}  # fmt: skip


def fitting(payload, model, names):
    """Give the payload for every one of these fields that is long enough to hold it."""
    return {
        name: payload
        for name in names
        if len(payload) <= (model._meta.get_field(name).max_length or 10_000)
    }


@pytest.fixture(scope="module")
def poisoned_town(standing_town, for_all):
    """A town where every text is one of the payloads, in master data, records, people, reasons."""
    with for_all():
        poison(standing_town)
    return standing_town


@pytest.fixture
def poisoned(poisoned_town, db):
    """The poisoned town, for one test."""
    return poisoned_town


def poison(town):
    admin, clerk, reviewer = (town.people[name] for name in ("admin", "clerk", "reviewer"))
    for number, payload in enumerate(PAYLOADS):
        for aggregate in REFERENCE.values():
            values = {"code": f"X{number}", **fitting(payload, aggregate.root, ["name"])}
            if "name" in values:
                saving.create(aggregate, values, act=act_by(admin))
        customer = enter(
            town.world,
            clerk,
            "submitted",
            **fitting(payload, Customer, TEXTS),
            contacts=[{
                **fitting(payload, Contact, ["name", "position", "responsibilities", "remark"]),
                "mobile": f"1380013220{number}",
            }],
            accounts=[{
                **fitting(payload, BankAccount, ["account_name", "branch"]),
                "account_number": f"622202020011223344{number}",
            }],
            tags=list(REFERENCE["tag"].root.objects.filter(code__startswith="X")),
        )  # fmt: skip
        transition.perform(
            KIND, "return", customer.pk, version=customer.version, act=act_by(reviewer, payload)
        )
        town.customers[f"poisoned {number}"] = customer
        town.subjects["customer"].append((f"poisoned {number}", {"pk": customer.pk}))
    for user in (clerk, reviewer):
        profile = Profile(PAYLOADS[0][:60], user.unit, frozenset({user.username}))
        people.change(user.pk, profile, version=0, act=act_by(admin))
        user.refresh_from_db()


def injected(client, addresses, **query):
    found = []
    for address in addresses:
        answer = client.get(address.path, query)
        assert answer.status_code < 500, address
        if "html" in answer.get("Content-Type", ""):
            found += Page(answer.content.decode(), str(address)).injected
    return found


READERS = ("admin", "clerk", "reviewer", "finance", "viewer")


@pytest.mark.parametrize("who", READERS)
def test_nothing_stored_becomes_an_element(poisoned, who):
    client = client_of(poisoned, who)

    assert injected(client, share(poisoned.addresses(), who, READERS)) == []


@pytest.mark.parametrize("payload", TYPED)
def test_nothing_in_the_address_becomes_an_element(town, payload):
    client = client_of(town, "admin")
    names = ("q", "name", "state", "sort", "next", "kind", "show", "after", "per", "adding")

    found = injected(client, town.views(), **dict.fromkeys(names, payload))

    assert found + injected(client, town.views(), **{payload: payload}) == []


@pytest.mark.parametrize("payload", TYPED)
def test_nothing_typed_becomes_an_element_when_the_form_comes_back(town, payload):
    client = client_of(town, "admin")
    found = []
    for address in town.views():
        page = client.get(address.path)
        if page.status_code != 200 or "html" not in page["Content-Type"]:
            continue
        for form in Page(page.content.decode(), address.path).forms:
            if form.method != "post" or form.action in ("/logout/", "/language/", "/display/"):
                continue
            kept = {name: values for name, values in form.fields.items() if name.endswith("FORMS")}
            answer = client.post(form.action, {**dict.fromkeys(form.fields, payload), **kept})
            assert answer.status_code < 500, (form.action, payload)
            if "html" in answer.get("Content-Type", ""):
                found += Page(answer.content.decode(), f"{form.action} {address}").injected

    assert found == []


def test_what_would_run_is_seen_by_the_reader_of_pages():
    samples = (
        "<script>1</script>", "<a href=' JavaScript:x'>", "<p onclick=x>", "<p style='a'>",
        f"<b {MARK}>", "<iframe>", "<script src='https://evil.example/x.js'></script>",
        "<form action='data:x'>",
    )  # fmt: skip

    assert [len(Page(sample).injected) >= 1 for sample in samples] == [True] * len(samples)
    harmless = "<script type=module src='/static/js/app.js'></script><a href='/x?next=javascript:'>"
    assert Page(harmless).injected == []
