"""What the entry form tells while it is filled in, and codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from core.models import Change
from customers.models import Customer
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by


def test_new_code_for_a_fresh_draft(
    desk: Client, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer)) | {"region": world.shanghai.code}
    desk.post(edit_url(customer), page)
    html = desk.get(edit_url(customer)).content.decode()

    answer = desk.post(f"/customers/{customer.pk}/redraw/", sent_by(html, "redraw-form"))

    customer.refresh_from_db()
    assert answer.url == edit_url(customer)
    assert customer.code == "SH-JS-001"


def test_typed_code_is_taken(desk: Client, full: Page) -> None:
    desk.post(ADD, opened(desk) | full | {"code": "vip-007"})

    assert Customer.objects.get().code == "VIP-007"


def test_a_code_that_leaps_is_told_live_and_asked_for_once_at_a_save(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    make_customer()
    page = opened(desk) | full
    slip = page | {"code": "BJ-JS-99999"}

    told = [desk.post("/customers/hints/", page | {"code": code}).json()["text"]["code-leap"]
            for code in ("BJ-JS-99999", "bj-js-99999", "BJ-JS-1001", "VIP-99999")]  # fmt: skip
    asked = desk.post(ADD, slip)
    html = asked.content.decode()

    assert told == ["编码从 1 跳到 99999，以后的编码会接着它编。"] * 2 + [""] * 2
    assert asked.status_code == 422
    assert "编码从 1 跳到 99999，以后的编码会接着它编。如无误，请再保存一次。" in html
    assert Customer.objects.count() == 1
    again = desk.post(ADD, sent_by(html) | {"code": "BJ-JS-88888"})
    assert again.status_code == 422
    assert desk.post(ADD, sent_by(html)).status_code == 302
    saved = Customer.objects.get(code="BJ-JS-99999")
    assert desk.post(edit_url(saved), opened(desk, edit_url(saved))).status_code == 302


def test_hints_say_code_pinyin_gaps_and_equal_records(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted", name=full["name"])
    page = opened(desk) | full | {"uscc": other.uscc, "registered_address": ""}
    changes = Change.objects.count()

    answer = desk.post("/customers/hints/", page).json()

    assert answer["text"]["code"].endswith("BJ-JS-002")
    assert answer["text"]["pinyin"].endswith("bjhxkjyxgs")
    assert other.code in answer["text"]["taken-uscc"]
    assert answer["blocks"]["same-name"]
    assert "注册地址" in answer["html"]["missing"]
    assert other.code in answer["html"]["matches"]
    assert Change.objects.count() == changes


def test_a_number_in_another_draft_is_no_number_that_is_taken(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    draft = make_customer()

    told = desk.post("/customers/hints/", opened(desk) | full | {"uscc": draft.uscc}).json()

    assert told["text"]["taken-uscc"] == ""
    assert draft.code in told["text"]["shared-uscc"]
    assert draft.code not in told["html"]["missing"]


def test_the_initials_of_latin_names_are_not_told(desk: Client, full: Page) -> None:
    told = desk.post("/customers/hints/", opened(desk) | full | {"name": "Siemens AG"}).json()

    assert told["text"]["pinyin"] == ""


def test_hints_mask_what_is_out_of_scope(
    client: Client, outsider: Any, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted")
    client.force_login(outsider)

    answer = client.post("/customers/hints/", opened(client) | full | {"uscc": other.uscc})

    assert other.code not in answer.content.decode()
    assert other.name not in answer.content.decode()
    assert answer.json()["text"]["taken-uscc"]


def test_hints_of_a_record_do_not_count_itself(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()

    answer = desk.post(f"/customers/{customer.pk}/hints/", opened(desk, edit_url(customer))).json()

    assert answer["text"]["taken-uscc"] == ""
    assert answer["text"]["taken-name"] == ""


def test_number_of_queries_does_not_grow_with_rows(
    desk: Client, make_customer: Callable[..., Customer], django_assert_max_num_queries: Any
) -> None:
    few = make_customer(contacts=[{"name": "甲"}])
    many = make_customer(
        contacts=[{"name": f"联系人{n}"} for n in range(30)],
        accounts=[{"account_number": f"0109033450{n:04d}"} for n in range(30)],
    )

    for customer in (few, many):
        with django_assert_max_num_queries(50):
            desk.get(edit_url(customer))


def hints_of(desk: Client, page: Page, path: str = "/customers/hints/") -> Any:
    return desk.post(path, page).json()


def test_what_is_wrong_stands_at_its_field_with_the_words_of_the_server(
    desk: Client, full: Page
) -> None:
    wrong = {
        "uscc": "91110108MA01ABCD3X", "registered_capital": "很多", "email": "info@qmxc",
        "founded_date": "2999-01-01", "contacts-0-mobile": "1380013220",
    }  # fmt: skip
    page = opened(desk) | full | wrong

    told = hints_of(desk, page)
    sent = desk.post(ADD, page | {"action": "submit"})

    assert set(told["errors"]) == {f"id_{name}" for name in wrong}
    html = sent.content.decode()
    for sentence in told["errors"].values():
        assert sentence in html
        assert sentence.split("：")[-1] in told["html"]["missing"]
    assert "要有手机或电话" not in told["html"]["missing"]


def test_sections_are_ticked_when_they_are_complete_and_never_before_a_key(
    desk: Client, full: Page
) -> None:
    assert "#i-check" not in nav_of(desk.get(ADD).content.decode())
    page = opened(desk)

    empty, complete = hints_of(desk, page), hints_of(desk, page | full)
    wrong = hints_of(desk, page | full | {"phone": "12"})

    assert not any(empty["marks"].values())
    ticked = {name for name, html in complete["marks"].items() if "#i-check" in html}
    assert ticked == {"basic", "contacts", "finance", "other"}
    assert "badge" in wrong["marks"]["reach"]
    assert "没有缺项" in complete["html"]["missing"]


def nav_of(html: str) -> str:
    return html.partition('class="section-nav')[2].partition("</nav>")[0]


def test_a_number_that_another_record_holds_is_still_to_be_mended(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted")

    told = hints_of(desk, opened(desk) | full | {"uscc": other.uscc})

    assert "#id_uscc" in told["html"]["missing"]
    assert "没有缺项" not in told["html"]["missing"]


def test_gaps_of_contacts_lead_to_the_cell(desk: Client, full: Page) -> None:
    empty = hints_of(desk, opened(desk))["html"]["missing"]
    named = hints_of(desk, opened(desk) | {"contacts-0-name": "刘洋"})["html"]["missing"]

    assert 'href="#id_contacts-0-name" data-then="#id_contacts-0-mobile"' in empty
    assert 'href="#id_contacts-0-mobile"' in named


def test_a_draft_is_saved_with_what_is_wrong_in_form_and_says_it(desk: Client, full: Page) -> None:
    wrong = {"uscc": "123", "phone": "12", "contacts-0-mobile": "1380013220"}

    answer = desk.post(ADD, opened(desk) | full | wrong, follow=True)

    saved = Customer.objects.get()
    assert (saved.uscc, saved.phone) == ("123", "12")
    assert saved.contacts.get().mobile == "1380013220"
    toast = answer.content.decode().partition('class="toasts"')[2].partition("</div>")[0]
    assert all(label in toast for label in ("统一社会信用代码", "电话", "手机"))
    again = desk.get(edit_url(saved)).content.decode()
    assert 'id="id_phone-e"' in again
    assert "1380013220" in again


def test_a_draft_is_kept_out_only_by_what_cannot_be_stored(desk: Client, full: Page) -> None:
    wrong = {"uscc": "123", "registered_capital": "很多", "website": "长" * 300}

    answer = desk.post(ADD, opened(desk) | full | wrong)

    assert answer.status_code == 422
    assert not Customer.objects.exists()
    summary = answer.content.decode().partition('id="errors"')[2].partition("</ul>")[0]
    assert "#id_registered_capital" in summary
    assert "#id_website" in summary
    assert "#id_uscc" not in summary


def test_an_approved_record_takes_nothing_wrong(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("approved")

    answer = desk.post(edit_url(customer), opened(desk, edit_url(customer)) | {"phone": "12"})

    assert answer.status_code == 422
    customer.refresh_from_db()
    assert customer.phone != "12"


def test_a_post_without_rows_is_answered(client: Client, clerk: Any, world: Any) -> None:
    client.force_login(clerk)

    assert client.post("/customers/hints/", {}).status_code == 200
