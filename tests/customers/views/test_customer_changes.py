"""Asking for changes of a customer in force: the form, what its page says, another try."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.aggregate import RowInput
from core.records import transition
from core.records.changes.asking import Ask
from core.records.record import Record
from core.records.transition import Shown
from customers.models import Customer, CustomerChange
from customers.services import changes
from customers.services import customer as service
from customers.services.kinds import CHANGE
from tests.cast import act_by, enter
from tests.customers.views.page_form import edit_url, opened, sent_by

NUMBER, OTHER = "6222020200112233445", "6222020200998877665"
NEW = "北京更名后有限公司"


@pytest.fixture
def live(world: Any, clerk: Any) -> Customer:
    """An enabled customer with an account."""
    account = {"account_number": NUMBER, "account_name": "北京恒信"}
    made: Customer = enter(world, clerk, "enabled", accounts=[account])
    return made


def asked(customer: Customer, user: Any, values: Any, **ask: Any) -> CustomerChange:
    """Ask for a change as a person would."""
    saved = service.save(
        customer.pk, Record(values), version=customer.version, submit=False,
        act=act_by(user), ask=Ask(**{"reason": "来函", **ask}),
    )  # fmt: skip
    return CustomerChange.objects.get(pk=saved.requested.pk)


def returned(request: CustomerChange, user: Any) -> CustomerChange:
    """Have a request returned."""
    act = act_by(user, "再核实")
    made: CustomerChange = transition.perform(
        CHANGE, "return", request.pk, version=request.version, act=act
    )
    return made


def test_the_page_tells_both_values_until_the_change_is_decided(desk: Client, live: Any) -> None:
    page = opened(desk, edit_url(live))

    answer = desk.post(edit_url(live), page | {"name": NEW, "change_reason": "客户更名"})

    [request] = CustomerChange.objects.all()
    shown = desk.get(answer["Location"]).content.decode()
    assert (request.state, request.reason) == ("submitted", "客户更名")
    assert live.name in shown
    assert f"→ {NEW}" in shown
    assert f"/changes/{request.pk}/" in shown
    listed = desk.get("/customers/").content.decode()
    assert live.name in listed
    assert NEW not in listed


def test_finance_changes_accounts_without_meeting_other_fields(
    client: Client, finance: Any, live: Any
) -> None:
    client.force_login(finance)
    detail = client.get(f"/customers/{live.pk}/").content.decode()
    url = f"{edit_url(live)}?only=accounts"
    assert url in detail

    page = opened(client, url)
    assert {"name", "tax_number", "remark", "contacts-0-name"}.isdisjoint(page)
    answer = client.post(
        url,
        page | {"accounts-1-account_number": OTHER, "accounts-1-account_name": "北京恒信",
                "change_reason": "换行"},
    )  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    [request] = CustomerChange.objects.all()
    assert (request.area, [one.op for one in request.asks.rows]) == ("bank_accounts", ["add"])
    live.refresh_from_db()
    assert [one.account_number for one in live.bank_accounts.all()] == [NUMBER]
    assert (live.tax_number, live.contacts.count()) != ("", 0)


@pytest.mark.parametrize("sections", ["akkounts", "accounts,akkounts"])
def test_a_form_of_sections_that_are_not_there_is_refused(
    client: Client, finance: Any, live: Any, sections: str
) -> None:
    client.force_login(finance)
    page = opened(client, f"{edit_url(live)}?only=accounts")

    asked = client.get(f"{edit_url(live)}?only={sections}")
    posted = client.post(edit_url(live), page | {"only": sections, "change_reason": "换行"})

    assert (asked.status_code, posted.status_code) == (404, 404)
    assert not CustomerChange.objects.exists()
    assert Customer.objects.get(pk=live.pk).version == live.version


def test_a_returned_request_of_accounts_comes_back_without_other_fields(
    client: Client, finance: Any, reviewer: Any, live: Any
) -> None:
    [stored] = live.bank_accounts.all()
    rows = [RowInput(stored.pk, {}), RowInput(None, {"account_number": OTHER})]
    saved = service.save(
        live.pk, Record({}, {"bank_accounts": rows}), version=live.version, submit=False,
        act=act_by(finance), ask=Ask("换行"),
    )  # fmt: skip
    request = returned(CustomerChange.objects.get(pk=saved.requested.pk), reviewer)
    client.force_login(finance)

    page = opened(client, f"{edit_url(live)}?change={request.pk}&only=accounts")
    answer = client.post(edit_url(live), page | {"accounts-1-branch": "中关村支行"})

    assert "tax_number" not in page
    assert answer.status_code == 302
    request.refresh_from_db()
    assert [one.new["branch"] for one in request.asks.rows] == ["中关村支行"]


def test_the_form_marks_what_goes_by_request_and_what_that_needs(
    client: Client, finance: Any, live: Any
) -> None:
    client.force_login(finance)

    html = client.get(edit_url(live)).content.decode()

    heads = re.findall(r"<h2>(.*?)</h2>", html)
    assert [("◆" in one) for one in heads if one.startswith("银行账户")] == [True]
    assert [("◆" in one) for one in heads if one.startswith("联系人")] == [False]
    [label] = re.findall(r'<label[^>]*for="id_change_reason">.*?</label>', html)
    assert 'class="req"' in label
    [control] = re.findall(r'<textarea[^>]*name="change_reason"[^>]*>', html)
    assert 'aria-required="true"' in control


def test_a_field_of_an_open_request_is_read_only_for_all_others(
    desk: Client, live: Any, colleague: Any
) -> None:
    request = asked(live, colleague, {"name": NEW})

    html = desk.get(edit_url(live)).content.decode()

    assert "name" not in sent_by(html)
    assert request.code in html
    assert "short_name" in sent_by(html)


def test_a_returned_request_comes_back_as_it_was_asked_for(
    desk: Client, live: Any, clerk: Any, reviewer: Any
) -> None:
    request = returned(asked(live, clerk, {"name": NEW}), reviewer)
    url = f"{edit_url(live)}?change={request.pk}"

    page = opened(desk, url)
    assert page["name"] == [NEW]
    assert page["change_reason"] == ["来函"]
    answer = desk.post(edit_url(live), page | {"name": f"{NEW}二"})

    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.asks.fields[0].new) == ("submitted", f"{NEW}二")
    assert CustomerChange.objects.count() == 1


def test_whose_own_part_is_gone_leaves_the_rest_to_others(
    desk: Client, live: Any, clerk: Any, finance: Any
) -> None:
    begun = asked(live, clerk, {"name": NEW}, submit=False)
    live.refresh_from_db()
    asked(live, finance, {"invoice_title": "新抬头"}, request=begun.pk, version=1, submit=False)
    page = opened(desk, f"{edit_url(live)}?change={begun.pk}")
    assert page["name"] == [NEW]

    answer = desk.post(edit_url(live), page | {"name": live.name}, follow=True)

    begun.refresh_from_db()
    assert (begun.state, [one.name for one in begun.asks.fields]) == ("draft", ["invoice_title"])
    told = [(one.level_tag, one.message) for one in answer.context["messages"]]
    assert [level for level, _text in told] == ["success", "warning"]
    assert "由申请这些内容的人提交" in told[1][1]


def test_rows_of_a_returned_request_come_back_too(
    client: Client, finance: Any, reviewer: Any, live: Any
) -> None:
    [stored] = live.bank_accounts.all()
    added = RowInput(None, {"account_number": OTHER})
    rows = [RowInput(stored.pk, {"branch": "中关村支行"}), added]
    saved = service.save(
        live.pk, Record({}, {"bank_accounts": rows}), version=live.version, submit=False,
        act=act_by(finance), ask=Ask("换行"),
    )  # fmt: skip
    request = returned(CustomerChange.objects.get(pk=saved.requested.pk), reviewer)
    client.force_login(finance)

    page = opened(client, f"{edit_url(live)}?change={request.pk}")
    assert page["accounts-0-branch"] == ["中关村支行"]
    assert page["accounts-1-account_number"] == [OTHER]
    client.post(edit_url(live), page | {"accounts-1-account_number": "6222020200112299998"})

    request.refresh_from_db()
    assert [(one.op, one.new.get("account_number")) for one in request.asks.rows] == [
        ("mod", None),
        ("add", "6222020200112299998"),
    ]


def test_what_is_asked_for_can_be_kept_and_submitted_later(desk: Client, live: Any) -> None:
    page = opened(desk, edit_url(live))

    desk.post(edit_url(live), page | {"name": NEW, "change_reason": "更名", "action": "keep"})

    assert [one.state for one in CustomerChange.objects.all()] == ["draft"]


def test_a_day_that_is_over_is_refused_and_a_later_one_kept(desk: Client, live: Any) -> None:
    page = opened(desk, edit_url(live)) | {"name": NEW, "change_reason": "更名"}
    today, day = timezone.localdate(), datetime.timedelta(1)

    over = desk.post(edit_url(live), page | {"change_holds_from": str(today - day)})
    slip = desk.post(edit_url(live), page | {"change_holds_from": str(today + 731 * day)})
    later = desk.post(edit_url(live), page | {"change_holds_from": str(today + day)})

    assert (over.status_code, slip.status_code, later.status_code) == (422, 422, 302)
    assert [one.holds_from for one in CustomerChange.objects.all()] == [today + day]


@pytest.mark.parametrize("typed", ["{:%Y－%m－%d}", "{:%Y年%m月%d日}"])
def test_a_day_is_taken_with_full_width_digits(desk: Client, live: Any, typed: str) -> None:
    page = opened(desk, edit_url(live)) | {"name": NEW, "change_reason": "更名"}
    day = timezone.localdate() + datetime.timedelta(1)
    wide = typed.format(day).translate({ord(str(n)): "０１２３４５６７８９"[n] for n in range(10)})

    answer = desk.post(edit_url(live), page | {"change_holds_from": wide})

    assert answer.status_code == 302
    assert [one.holds_from for one in CustomerChange.objects.all()] == [day]


def test_a_conflict_keeps_what_is_asked_for(desk: Client, live: Any, colleague: Any) -> None:
    page = opened(desk, edit_url(live))
    service.save(
        live.pk, Record({"short_name": "别人"}), version=live.version, submit=False,
        act=act_by(colleague),
    )  # fmt: skip

    stale = desk.post(edit_url(live), page | {"name": NEW, "change_reason": "客户更名"})
    assert stale.status_code == 409
    sent = sent_by(stale.content.decode(), "conflict-form")
    again = desk.post(edit_url(live), sent | {"action": "draft"})

    assert again.status_code == 302, again.content.decode()
    [request] = CustomerChange.objects.all()
    live.refresh_from_db()
    assert (request.reason, request.asks.fields[0].new) == ("客户更名", NEW)
    assert live.short_name == "别人"


@pytest.mark.parametrize("who", ["clerk", "viewer", "reviewer"])
def test_numbers_in_requests_are_for_those_who_may_see_them(
    client: Client, cast: Any, live: Any, who: str, make_customer: Callable[..., Customer]
) -> None:
    service.save(
        live.pk, Record({}, {"bank_accounts": [RowInput(None, {"account_number": OTHER})]}),
        version=live.version, submit=False, act=act_by(cast["finance"]), ask=Ask("换行"),
    )  # fmt: skip
    client.force_login(cast[who])

    for url in (f"/customers/{live.pk}/", f"/customers/{live.pk}/?tab=finance", "/changes/"):
        html = client.get(url).content.decode()
        assert (OTHER in html.replace(" ", "")) is False, url


def test_an_account_says_who_asked_for_it_and_who_approved(
    client: Client, finance: Any, reviewer: Any, clerk: Any, live: Any
) -> None:
    [stored] = live.bank_accounts.all()
    rows = [RowInput(stored.pk, {}), RowInput(None, {"account_number": OTHER})]
    saved = service.save(
        live.pk, Record({}, {"bank_accounts": rows}), version=live.version, submit=False,
        act=act_by(finance), ask=Ask("换行"),
    )  # fmt: skip
    request = CustomerChange.objects.get(pk=saved.requested.pk)
    judged = changes.judgement([request], reviewer)[request.pk]
    transition.perform(
        CHANGE, "approve", request.pk, version=request.version, act=act_by(reviewer),
        shown=Shown(judged.digest),
    )  # fmt: skip
    client.force_login(finance)

    html = client.get(f"/customers/{live.pk}/?tab=finance").content.decode()

    assert html.count(f"{finance}申请，{reviewer}审核") == 1
    assert html.count(f"{clerk}申请，{live.approved_by}审核") == 1


def test_the_page_of_a_returned_request_leads_to_its_form(
    desk: Client, client: Client, live: Any, clerk: Any, reviewer: Any
) -> None:
    request = asked(live, clerk, {"name": NEW})
    link = f"/customers/{live.pk}/edit/?change={request.pk}"
    assert link not in desk.get(f"/changes/{request.pk}/").content.decode()

    returned(request, reviewer)

    assert link in desk.get(f"/changes/{request.pk}/").content.decode()
    client.force_login(reviewer)
    assert link not in client.get(f"/changes/{request.pk}/").content.decode()


def test_the_form_of_a_request_that_is_not_of_this_customer_is_404(
    desk: Client, live: Any, clerk: Any, world: Any, reviewer: Any
) -> None:
    other = returned(asked(enter(world, clerk, "enabled"), clerk, {"name": NEW}), reviewer)
    asked_here = returned(asked(live, clerk, {"name": f"{NEW}二"}), reviewer)

    keys = [other.pk, asked_here.pk + 100, "x", f"{asked_here.pk}x", "9" * 30, "²"]
    found = {key: desk.get(f"{edit_url(live)}?change={key}").status_code for key in keys}

    assert found == dict.fromkeys(keys, 404)
    assert desk.get(f"{edit_url(other.record)}?change={other.pk}").status_code == 200
    assert desk.get(f"{edit_url(live)}?change={asked_here.pk}").status_code == 200


def test_the_form_of_a_request_that_waits_or_is_over_leads_to_its_page(
    desk: Client, live: Any, clerk: Any
) -> None:
    request = asked(live, clerk, {"name": NEW})
    url, page = f"{edit_url(live)}?change={request.pk}", f"/changes/{request.pk}/"

    waits = desk.get(url, follow=True)
    act = act_by(clerk)
    transition.perform(CHANGE, "withdraw", request.pk, version=request.version, act=act)
    over = desk.get(url, follow=True)

    assert [waits.redirect_chain, over.redirect_chain] == [[(page, 302)]] * 2
    assert f"{request.code}：待审核。现在不能修改申请内容。" in waits.content.decode()
    assert f"{request.code}：已撤销。现在不能修改申请内容。" in over.content.decode()


def button_of(client: Client, url: str) -> str:
    """Give what stands on the button that sends the form."""
    html = client.get(url).content.decode()
    [button] = re.findall(r"<button[^>]*data-submit>(.*?)</button>", html, re.DOTALL)
    return re.sub(r"<svg.*?</svg>|\s", "", button, flags=re.DOTALL)


def test_the_button_says_that_saving_submits_a_change_request(
    client: Client, desk: Client, live: Any, clerk: Any, finance: Any, reviewer: Any
) -> None:
    again = f"{edit_url(live)}?change={returned(asked(live, clerk, {'name': NEW}), reviewer).pk}"
    assert button_of(desk, again) == "提交变更申请"
    assert button_of(desk, edit_url(live)) == "保存"

    client.force_login(finance)

    assert button_of(client, f"{edit_url(live)}?only=accounts") == "提交变更申请"
    assert button_of(client, edit_url(live)) == "保存"
    kept = client.get(f"{edit_url(live)}?only=accounts").content.decode()
    assert 'value="keep"' in kept
