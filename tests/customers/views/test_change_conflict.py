"""Two people give one change request other content: neither is lost without a word."""

import pytest

from core.aggregate import RowInput
from core.records.changes.asking import Ask
from core.records.record import Record
from customers.models import CustomerChange
from customers.services import customer as service
from tests.cast import act_by, enter
from tests.customers.asking import ask, decide
from tests.customers.views.page_form import edit_url, opened, sent_by
from tests.customers.views.test_change_review import OLD, OTHER

MINE, THEIRS = "北京我的名称有限公司", "北京同事的名称有限公司"
THIRD, FOURTH = "6222020200112200000", "6222020200112299998"


@pytest.fixture
def returned(make_enabled, clerk, reviewer):
    """A request for another name that came back."""
    change = ask(make_enabled(), clerk, {"name": "北京原请有限公司"})
    return decide(change, "return", reviewer, "改")


def give(change, user, values=None, rows=None, *, submit=False, reason="客户来函"):
    """Let somebody give a request another content while the form of another one is open."""
    change = CustomerChange.objects.select_related("record").get(pk=change.pk)
    given = Ask(reason, None, change.pk, change.version, submit)
    record, customer = Record(values or {}, rows or {}), change.record
    service.save(
        customer.pk, record, version=customer.version, submit=False, act=act_by(user), ask=given
    )


def form_of(client, user, change):
    client.force_login(user)
    return opened(client, f"{edit_url(change.record)}?change={change.pk}")


def choices_in(answer):
    return {one.name: (one.current, one.mine) for one in answer.context["conflict"].choices}


def asked_in(change):
    change.refresh_from_db()
    return {one.name: one.new for one in change.asks.fields}


@pytest.mark.parametrize(("side", "name"), [("mine", MINE), ("current", THEIRS)])
def test_the_person_chooses_and_the_next_save_goes_through(
    client, clerk, colleague, returned, side, name
):
    url = edit_url(returned.record)
    typed = form_of(client, clerk, returned) | {"name": MINE, "action": "keep"}
    give(returned, colleague, {"name": THEIRS})

    stale = client.post(url, typed)
    sent = sent_by(stale.content.decode(), "conflict-form") | {"action": "keep"}
    again = client.post(url, sent | {"take-asked-name": side})

    assert stale.status_code == 409
    assert str(colleague) in stale.content.decode()
    assert choices_in(stale) == {"asked-name": (THEIRS, MINE)}
    assert again.status_code == 302
    assert asked_in(returned) == {"name": name}


def test_reason_and_what_only_the_other_asks_for_are_to_choose_too(
    client, clerk, colleague, returned
):
    url, name = edit_url(returned.record), returned.record.name
    typed = form_of(client, clerk, returned) | {"name": name, "short_name": "我"}
    give(returned, colleague, {"name": THEIRS}, reason="同事的理由")

    stale = client.post(url, typed)

    assert choices_in(stale) == {
        "asked-name": (THEIRS, name),
        "asked-change_reason": ("同事的理由", "客户来函"),
    }


@pytest.mark.parametrize(("side", "number"), [("mine", FOURTH), ("current", THIRD)])
def test_rows_are_to_choose_as_a_whole(client, finance, admin, reviewer, world, side, number):
    account = {"account_number": OLD, "account_name": "甲", "bank": world.bank}
    customer = enter(world, finance, "enabled", accounts=[account])
    [stored] = customer.bank_accounts.all()
    rows = [RowInput(stored.pk, {}), RowInput(None, {"account_number": OTHER})]
    change = ask(customer, finance, rows={"bank_accounts": rows})
    change = decide(change, "return", reviewer, "改")
    typed = form_of(client, finance, change) | {"accounts-1-account_number": FOURTH}
    rows[1] = RowInput(None, {"account_number": THIRD})
    give(change, admin, rows={"bank_accounts": rows})

    stale = client.post(edit_url(customer), typed | {"action": "keep"})
    sent = sent_by(stale.content.decode(), "conflict-form") | {"action": "keep"}
    again = client.post(edit_url(customer), sent | {"take-asked-accounts": side})

    assert (stale.status_code, again.status_code) == (409, 302)
    assert list(choices_in(stale)) == ["asked-accounts"]
    change.refresh_from_db()
    assert [one.new["account_number"] for one in change.asks.rows] == [number]


def test_a_request_that_was_submitted_meanwhile_is_said_to_be_out_of_hand(
    client, clerk, colleague, returned
):
    url = edit_url(returned.record)
    typed = form_of(client, clerk, returned) | {"name": MINE}
    give(returned, colleague, {"name": THEIRS}, submit=True)

    stale = client.post(url, typed)
    again = client.post(url, sent_by(stale.content.decode(), "conflict-form"))

    assert (stale.status_code, again.status_code) == (409, 422)
    assert MINE in again.content.decode()
    assert asked_in(returned) == {"name": THEIRS}
