"""Two people give one change request other content: neither is lost without a word."""

import datetime

import pytest
from django.utils import timezone

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
DAY = str(timezone.localdate() + datetime.timedelta(days=300))
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


def remarked(customer, user):
    """Let somebody save another remark."""
    record = Record({"remark": "同事"})
    service.save(customer.pk, record, version=customer.version, submit=False, act=act_by(user))


def lines(found):
    return {one.label: (one.original, one.result) for one in found}


class TestHeldMeanwhile:
    """Somebody asks for a field while another person types into it."""

    @pytest.fixture
    def answer(self, client, clerk, colleague, make_enabled):
        """What the clerk gets who typed a name that the colleague asked to change."""
        customer = make_enabled()
        client.force_login(clerk)
        self.typed = opened(client, edit_url(customer)) | {
            "name": MINE, "short_name": "我的", "change_reason": "客户更名",
            "change_holds_from": DAY,
        }  # fmt: skip
        self.customer, self.change = customer, ask(customer, colleague, {"name": THEIRS})
        return client.post(edit_url(customer), self.typed)

    def test_all_that_was_typed_is_told_and_why_it_cannot_be_asked_for(self, answer):
        found = answer.context["conflict"]
        self.customer.refresh_from_db()
        assert (answer.status_code, self.customer.short_name) == (409, "")
        assert lines(found.lost) == {"客户名称": (self.customer.name, MINE)}
        assert self.change.code in found.lost[0].reason
        assert lines(found.merged) == {
            "客户简称": ("—", "我的"), "变更理由": ("—", "客户更名"), "生效日": ("—", DAY),
        }  # fmt: skip
        html = answer.content.decode()
        assert [text in html for text in (MINE, self.change.code, DAY)] == [True] * 3

    def test_the_rest_is_saved_by_one_click(self, client, answer):
        sent = sent_by(answer.content.decode(), "conflict-form")

        again = client.post(edit_url(self.customer), sent | {"action": "draft"})

        name = self.customer.name
        self.customer.refresh_from_db()
        assert again.status_code == 302
        assert (self.customer.name, self.customer.short_name) == (name, "我的")
        assert CustomerChange.objects.get().pk == self.change.pk

    def test_it_is_told_before_a_mistake_elsewhere_is(self, client, answer):
        typed = self.typed | {"phone": "12", "action": "stay"}

        answer = client.post(edit_url(self.customer), typed)

        found = answer.context["conflict"]
        assert [one.result for one in found.lost] == [MINE]
        assert lines(found.merged)["电话"] == ("—", "12")

    def test_who_touched_nothing_there_is_told_nothing(self, client, clerk, colleague, answer):
        typed = {**self.typed, "name": self.customer.name}
        remarked(self.customer, colleague)

        stale = client.post(edit_url(self.customer), typed)

        assert stale.status_code == 409
        assert stale.context["conflict"].lost == []


def test_a_form_sent_twice_is_no_conflict_with_what_it_asked_for(client, clerk, make_enabled):
    customer = make_enabled()
    client.force_login(clerk)
    typed = opened(client, edit_url(customer)) | {"name": MINE, "change_reason": "客户更名"}

    answers = [client.post(edit_url(customer), typed) for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert CustomerChange.objects.count() == 1


def test_what_goes_by_request_is_marked(client, clerk, colleague, make_enabled):
    customer = make_enabled()
    client.force_login(clerk)
    more = {"name": MINE, "short_name": "我的", "change_reason": "客户更名"}
    typed = opened(client, edit_url(customer)) | more
    remarked(customer, colleague)

    stale = client.post(edit_url(customer), typed)

    marked = {one.label: one.is_asked for one in stale.context["conflict"].merged if one.by_me}
    assert marked == {"客户名称": True, "客户简称": False, "变更理由": True}
