"""Entering customers in the browser: who may, what is written, what is said when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import Change
from customers.models import BankAccount, Contact, Customer
from customers.services import customer as service
from customers.services.customer import Record
from tests.cast import act_by, move, valid_uscc
from tests.customers.views.page_form import sent_by

ADD = "/customers/add/"
Page = dict[str, Any]


def edit_url(customer: Customer) -> str:
    return f"/customers/{customer.pk}/edit/"


def opened(client: Client, url: str = ADD) -> Page:
    """What an untouched form of the page would send."""
    answer = client.get(url)
    assert answer.status_code == 200
    return sent_by(answer.content.decode())


@pytest.fixture
def desk(client: Client, clerk: Any, world: Any) -> Client:
    """The browser of the clerk."""
    client.force_login(clerk)
    return client


@pytest.fixture
def full(world: Any) -> Page:
    """What a clerk types so that a customer can be submitted."""
    return {
        "name": "北京恒信科技有限公司",
        "customer_type": world.dealer.pk,
        "region": world.beijing.pk,
        "registered_address": "北京市海淀区中关村南大街 12 号",
        "uscc": valid_uscc(900001),
        "salesperson": world.salesperson.pk,
        "contacts-0-name": "刘洋",
        "contacts-0-mobile": "138 0013 2207",
    }


# Who may


@pytest.mark.parametrize("url", [ADD, "/customers/1/edit/"])
def test_anonymous_is_sent_to_login(client: Client, db: None, url: str) -> None:
    assert client.get(url).url.startswith("/login/")


@pytest.mark.parametrize("name", ["reviewer", "viewer", "nobody"])
def test_who_may_not_enter_is_refused(
    client: Client, cast: Any, make_customer: Callable[..., Customer], name: str
) -> None:
    customer = make_customer()
    client.force_login(cast[name])

    answers = [client.get(ADD), client.get(edit_url(customer)), client.post("/customers/hints/")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_foreign_record_is_not_found(
    client: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    client.force_login(outsider)

    assert client.get(edit_url(customer)).status_code == 404
    assert client.post(f"/customers/{customer.pk}/hints/").status_code == 404
    assert client.post(f"/customers/{customer.pk}/redraw/").status_code == 404


def test_foreign_record_is_not_written(
    client: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    client.force_login(outsider)
    page = opened(client) | {"name": "别人的客户", "version": "1"}

    answer = client.post(edit_url(customer), page)

    customer.refresh_from_db()
    assert answer.status_code == 404
    assert customer.version == 1
    assert "别人的客户" in answer.content.decode()


@pytest.mark.parametrize("url", ["/customers/hints/", "/customers/1/redraw/"])
def test_get_is_refused_where_only_post_acts(desk: Client, url: str) -> None:
    assert desk.get(url).status_code == 405


# Saving


def test_draft_needs_one_field_only(desk: Client, clerk: Any) -> None:
    page = opened(desk) | {"phone": "010-62587731", "action": "draft"}

    answer = desk.post(ADD, page)

    customer = Customer.objects.get()
    assert answer.url == f"/customers/{customer.pk}/"
    assert (customer.phone, customer.state) == ("010-62587731", "draft")
    assert (customer.department, customer.created_by) == (clerk.unit, clerk)


def test_empty_form_is_no_customer(desk: Client) -> None:
    answer = desk.post(ADD, opened(desk) | {"action": "draft"})

    assert answer.status_code == 422
    assert not Customer.objects.exists()
    assert "至少填写一项" in answer.content.decode()


def test_submit_from_the_new_form(desk: Client, full: Page) -> None:
    answer = desk.post(ADD, opened(desk) | full | {"action": "submit"})

    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert (customer.state, customer.code) == ("submitted", "BJ-JS-001")
    assert customer.contacts.get().mobile == "13800132207"
    assert customer.contacts.get().is_primary
    assert customer.tax_number == customer.uscc


def test_incomplete_submit_writes_nothing_and_keeps_the_typing(desk: Client, full: Page) -> None:
    typed = full | {"registered_address": "", "phone": "12", "remark": "展会认识"}

    answer = desk.post(ADD, opened(desk) | typed | {"action": "submit"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Customer.objects.exists()
    assert 'href="#id_registered_address"' in page
    assert 'href="#id_phone"' in page
    assert "展会认识" in page
    assert sent_by(page)["contacts-0-name"] == ["刘洋"]


def test_save_and_add_another_opens_a_new_form(desk: Client, full: Page) -> None:
    answer = desk.post(ADD, opened(desk) | full | {"action": "another"})

    assert answer.url == ADD
    assert Customer.objects.get().state == "draft"


def test_same_form_five_times_makes_one_customer(desk: Client, full: Page) -> None:
    page = opened(desk) | full | {"action": "submit"}

    answers = [desk.post(ADD, page) for _time in range(5)]

    customer = Customer.objects.get()
    assert {answer.url for answer in answers} == {f"/customers/{customer.pk}/"}


def test_same_key_with_other_content_is_asked_again(desk: Client, full: Page) -> None:
    page = opened(desk) | full
    desk.post(ADD, page)

    answer = desk.post(ADD, page | {"name": "另一家公司"})

    again = sent_by(answer.content.decode())
    assert answer.status_code == 409
    assert Customer.objects.count() == 1
    assert again["name"] == ["另一家公司"]
    assert again["key"] != page["key"]


def test_taken_number_is_named_at_its_field_on_submit(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    other = make_customer("submitted")

    answer = desk.post(ADD, opened(desk) | full | {"uscc": other.uscc, "action": "submit"})

    assert answer.status_code == 422
    assert other.code in answer.content.decode()
    assert Customer.objects.count() == 1


def test_equal_name_needs_a_reason_to_submit(
    desk: Client, full: Page, make_customer: Callable[..., Customer]
) -> None:
    make_customer("submitted", name=full["name"])
    refused = desk.post(ADD, opened(desk) | full | {"action": "submit"})
    page = sent_by(refused.content.decode()) | {"same_name_reason": "另一家分公司"}

    answer = desk.post(ADD, page | {"action": "submit"})

    assert refused.status_code == 422
    assert 'href="#id_same_name_reason"' in refused.content.decode()
    assert answer.status_code == 302
    assert Customer.objects.get(same_name_reason="另一家分公司").state == "submitted"


def test_edit_changes_header_rows_and_tags(
    desk: Client, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=[{"name": "甲"}, {"name": "乙"}])
    page = opened(desk, edit_url(customer))
    page |= {"short_name": "恒信", "tags": [world.tag.pk], "contacts-0-DELETE": "on"}
    page |= {"contacts-2-name": "丙", "contacts-primary": "2", "contacts-2-line": "0"}

    answer = desk.post(edit_url(customer), page)

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert (customer.short_name, customer.version) == ("恒信", 2)
    assert list(customer.tags.all()) == [world.tag]
    rows = customer.contacts.order_by("line").values_list("name", "is_primary")
    assert list(rows) == [("丙", True), ("乙", False)]


def test_untouched_form_writes_nothing(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("returned", accounts=[{"account_number": "0109033450012"}])

    answer = desk.post(edit_url(customer), opened(desk, edit_url(customer)))

    before, version = customer.version, Customer.objects.get(pk=customer.pk).version
    assert answer.status_code == 302
    assert version == before


# Rights of single fields


@pytest.mark.parametrize("state", ["approved", "enabled", "disabled"])
def test_controlled_fields_are_text_after_approval(
    desk: Client, make_customer: Callable[..., Customer], state: str
) -> None:
    customer = make_customer(state)
    page = opened(desk, edit_url(customer))

    answer = desk.post(
        edit_url(customer),
        page | {"short_name": "恒信", "name": "偷改的名称", "state": "draft", "code": "X-1"},
    )

    before = customer.name, customer.code
    customer.refresh_from_db()
    assert {"name", "uscc", "tax_number", "code", "accounts-0-bank"}.isdisjoint(page)
    assert answer.status_code == 302
    assert (customer.name, customer.code) == before
    assert (customer.short_name, customer.state) == ("恒信", state)


def test_submitted_record_sends_to_its_page(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("submitted")

    assert desk.get(edit_url(customer)).url == f"/customers/{customer.pk}/"


def test_return_reason_stands_on_top(desk: Client, make_customer: Callable[..., Customer]) -> None:
    customer = make_customer("returned")

    page = desk.get(edit_url(customer)).content.decode()

    assert "资料有误" in page
    assert "审核甲" in page


def test_disabled_value_stays_but_cannot_be_chosen_anew(
    desk: Client, world: Any, system_user: Any, make_customer: Callable[..., Customer]
) -> None:
    from core import saving
    from customers.services.aggregates import REFERENCE

    own = make_customer(category=world.category)
    other = make_customer()
    saving.change(
        REFERENCE["category"], world.category.pk, {"is_active": False},
        version=world.category.version, act=act_by(system_user),
    )  # fmt: skip

    kept = desk.post(edit_url(own), opened(desk, edit_url(own)) | {"remark": "新备注"})
    chosen = desk.post(
        edit_url(other), opened(desk, edit_url(other)) | {"category": world.category.pk}
    )

    own.refresh_from_db()
    assert kept.status_code == 302
    assert own.category == world.category
    assert chosen.status_code == 422


# Group customer


def test_group_customer_by_code_or_name(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    head, by_code, by_name = make_customer("submitted"), make_customer(), make_customer()

    for customer, text in ((by_code, head.code.lower()), (by_name, head.name)):
        page = opened(desk, edit_url(customer)) | {"parent": text}
        assert desk.post(edit_url(customer), page).status_code == 302

    assert set(head.subsidiaries.all()) == {by_code, by_name}


def test_group_customer_unknown_foreign_or_circular(
    desk: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    foreign = make_customer("submitted", by=outsider, department=outsider.unit)
    customer = make_customer("submitted")
    below = make_customer(parent=customer)
    move(customer, "withdraw", customer.submitted_by)

    for text in ("没有这家", foreign.code, customer.code, below.name):
        page = opened(desk, edit_url(customer)) | {"parent": text}
        answer = desk.post(edit_url(customer), page)
        assert answer.status_code == 422, text
        assert text in answer.content.decode()

    customer.refresh_from_db()
    assert customer.parent is None


# Account numbers


def test_hidden_number_is_kept_replaced_or_removed(
    client: Client, colleague: Any, world: Any, make_customer: Callable[..., Customer]
) -> None:
    numbers = ["010903345001201", "110908123410", "622848001234567"]
    customer = make_customer(accounts=[{"account_number": number} for number in numbers])
    client.force_login(colleague)
    html = client.get(edit_url(customer)).content.decode()
    page = sent_by(html)
    page |= {"accounts-0-branch": "中关村支行", "accounts-1-DELETE": "on"}
    page |= {"accounts-2-account_number": "9558 8001 2345 678"}

    answer = client.post(edit_url(customer), page)

    stored = customer.bank_accounts.order_by("line").values_list("account_number", "branch")
    assert answer.status_code == 302
    assert not any(number in html for number in numbers)
    assert "**** 1201" in html
    assert list(stored) == [(numbers[0], "中关村支行"), ("955880012345678", "")]


def test_hidden_number_stays_hidden_in_errors_hints_and_conflicts(
    client: Client, colleague: Any, make_customer: Callable[..., Customer], clerk: Any
) -> None:
    number = "010903345001201"
    customer = make_customer(accounts=[{"account_number": number}])
    client.force_login(colleague)
    page = opened(client, edit_url(customer)) | {"phone": "12"}
    record = Record({"remark": "x"}, accounts=[])
    refused = client.post(edit_url(customer), page)
    hints = client.post(f"/customers/{customer.pk}/hints/", page)
    service.save(customer.pk, record, version=1, submit=False, act=act_by(clerk))

    stale = client.post(edit_url(customer), page | {"phone": "", "accounts-0-branch": "x"})

    assert (refused.status_code, stale.status_code) == (422, 409)
    for answer in (refused, hints, stale):
        assert number not in answer.content.decode()


# Conflicts


@pytest.fixture
def stale(
    desk: Client, colleague: Any, make_customer: Callable[..., Customer]
) -> tuple[Customer, Page]:
    """A form of the clerk, and a colleague who saved remark and short name meanwhile."""
    customer = make_customer("returned", short_name="旧简称", remark="旧备注", email="a@b.example")
    page = opened(desk, edit_url(customer))
    values = {"short_name": "同事的简称", "remark": "同事的备注"}
    service.save(
        customer.pk, Record(values), version=customer.version, submit=False, act=act_by(colleague)
    )
    return customer, page


def test_conflict_asks_field_by_field_and_writes_nothing(
    desk: Client, stale: tuple[Customer, Page]
) -> None:
    customer, page = stale

    answer = desk.post(edit_url(customer), page | {"short_name": "我的简称", "phone": "12"})
    answer = desk.post(
        edit_url(customer), page | {"short_name": "我的简称", "phone": "010-62587731"}
    )

    html = answer.content.decode()
    customer.refresh_from_db()
    assert answer.status_code == 409
    assert customer.short_name == "同事的简称"
    assert [text in html for text in ("旧简称", "同事的简称", "我的简称", "王海涛")] == [True] * 4
    again = sent_by(html, "conflict-form")
    assert again["version"] == [str(customer.version)]
    assert again["phone"] == ["010-62587731"]
    assert again["remark"] == ["同事的备注"]
    assert "take-remark" not in html


@pytest.mark.parametrize(("side", "kept"), [("mine", "我的简称"), ("current", "同事的简称")])
def test_conflict_is_resolved_as_chosen(
    desk: Client, stale: tuple[Customer, Page], side: str, kept: str
) -> None:
    customer, page = stale
    typed = page | {"short_name": "我的简称", "email": "c@d.example"}
    html = desk.post(edit_url(customer), typed).content.decode()
    chosen = sent_by(html, "conflict-form") | {"take-short_name": side, "action": "draft"}

    answer = desk.post(edit_url(customer), chosen)

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert (customer.short_name, customer.remark) == (kept, "同事的备注")
    assert customer.email == "c@d.example"


def test_conflict_can_go_back_to_the_form(desk: Client, stale: tuple[Customer, Page]) -> None:
    customer, page = stale
    html = desk.post(edit_url(customer), page | {"short_name": "我的简称"}).content.decode()
    chosen = sent_by(html, "conflict-form") | {"take-short_name": "mine", "action": "edit"}

    answer = desk.post(edit_url(customer), chosen)

    customer.refresh_from_db()
    again = sent_by(answer.content.decode())
    assert answer.status_code == 200
    assert again["short_name"] == ["我的简称"]
    assert again["version"] == [str(customer.version)]
    assert customer.short_name == "同事的简称"


def test_rows_changed_by_both_are_one_choice(
    desk: Client, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=[{"name": "甲", "mobile": "13800132207"}])
    page = opened(desk, edit_url(customer)) | {"contacts-0-position": "经理"}
    theirs = Record({}, contacts=[])
    service.save(customer.pk, theirs, version=1, submit=False, act=act_by(colleague))
    html = desk.post(edit_url(customer), page).content.decode()

    chosen = sent_by(html, "conflict-form") | {"take-contacts": "mine", "action": "draft"}
    answer = desk.post(edit_url(customer), chosen)

    assert answer.status_code == 302
    assert customer.contacts.get().position == "经理"


def test_rows_only_they_changed_are_taken_over(
    desk: Client, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=[{"name": "甲"}])
    page = opened(desk, edit_url(customer)) | {"short_name": "我的"}
    from core.aggregate import RowInput

    row = customer.contacts.get()
    theirs = [RowInput(row.pk, {"name": "甲"}), RowInput(None, {"name": "乙"})]
    service.save(
        customer.pk, Record({}, contacts=theirs), version=1, submit=False, act=act_by(colleague)
    )
    html = desk.post(edit_url(customer), page).content.decode()

    answer = desk.post(edit_url(customer), sent_by(html, "conflict-form") | {"action": "draft"})

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert customer.short_name == "我的"
    assert set(customer.contacts.values_list("name", flat=True)) == {"甲", "乙"}


def test_record_submitted_meanwhile_shows_what_was_typed(
    desk: Client, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer)) | {"short_name": "我的简称"}
    move(customer, "submit", colleague)

    answer = desk.post(edit_url(customer), page)

    customer.refresh_from_db()
    assert answer.status_code == 409
    assert "我的简称" in answer.content.decode()
    assert customer.short_name == ""


def test_record_deleted_meanwhile_keeps_the_typing(
    desk: Client, clerk: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer)) | {"short_name": "我的简称"}
    move(customer, "delete", clerk)

    answer = desk.post(edit_url(customer), page)
    saved = desk.post(ADD, sent_by(answer.content.decode()) | {"action": "draft"})

    assert answer.status_code == 404
    assert saved.status_code == 302
    assert Customer.objects.get().short_name == "我的简称"


# Codes


def test_new_code_for_a_fresh_draft(
    desk: Client, world: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer)) | {"region": world.shanghai.pk}
    desk.post(edit_url(customer), page)
    html = desk.get(edit_url(customer)).content.decode()

    answer = desk.post(f"/customers/{customer.pk}/redraw/", sent_by(html, "redraw-form"))

    customer.refresh_from_db()
    assert answer.url == edit_url(customer)
    assert customer.code == "SH-JS-001"


def test_typed_code_is_taken(desk: Client, full: Page) -> None:
    desk.post(ADD, opened(desk) | full | {"code": "vip-007"})

    assert Customer.objects.get().code == "VIP-007"


# Hints


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


# Nasty input

NASTY = [
    "a\x00b", "\u202eevil", "\ufdd0", "x" * 10_000, "<script>alert(1)</script>", "1e309",
    str(2**63), "-1", "NaN", "９" * 400, "' OR 1=1 --",
]  # fmt: skip


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_nasty_text_in_every_field_is_no_error_of_ours(
    desk: Client, make_customer: Callable[..., Customer], value: str
) -> None:
    customer = make_customer(accounts=[{"account_number": "0109033450012"}])
    for url, hints in ((ADD, "/customers/hints/"),
                       (edit_url(customer), f"/customers/{customer.pk}/hints/")):  # fmt: skip
        page = opened(desk, url)
        names = [name for name in page if name not in ("csrfmiddlewaretoken", "key")]
        for name in names:
            if not name.endswith(("-pk", "_FORMS")):
                page = page | {name: value}

        answers = [desk.post(url, page | {"action": "submit"}), desk.post(hints, page)]

        assert [answer.status_code for answer in answers] == [422, 200]
        assert b"<script>alert(1)" not in answers[0].content


@pytest.mark.parametrize(
    "name",
    ["key", "version", "region", "tags", "credit_days", "credit_limit", "founded_date", "parent",
     "contacts-primary", "contacts-0-line", "accounts-0-bank", "contacts-seen", "action"],
)  # fmt: skip
@pytest.mark.parametrize("value", ["", "a\x00", "-5", str(2**63), "1e309", "￥" * 5000])
def test_nasty_value_in_one_field(
    desk: Client, make_customer: Callable[..., Customer], name: str, value: str
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer)) | {"remark": "x", name: value}

    assert desk.post(edit_url(customer), page).status_code in (302, 409, 422)


def test_missing_management_form_is_explained_and_removes_nothing(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer))
    del page["contacts-TOTAL_FORMS"], page["accounts-INITIAL_FORMS"]

    answer = desk.post(edit_url(customer), page)
    again = desk.post(edit_url(customer), sent_by(answer.content.decode()))

    assert answer.status_code == 422
    assert again.status_code == 302
    assert customer.contacts.count() == 1


def test_everything_missing_is_explained(desk: Client) -> None:
    assert desk.post(ADD, {}).status_code == 422
    assert desk.post("/customers/hints/", {}).status_code == 200


def test_rows_of_another_customer_are_refused(
    desk: Client, make_customer: Callable[..., Customer]
) -> None:
    customer, other = make_customer(), make_customer()
    stolen = other.contacts.get()
    page = opened(desk, edit_url(customer)) | {"contacts-0-pk": str(stolen.pk)}
    new = opened(desk) | {"contacts-0-pk": str(stolen.pk), "contacts-0-name": "偷来的"}

    answers = [desk.post(edit_url(customer), page), desk.post(ADD, new)]

    stolen.refresh_from_db()
    assert [answer.status_code for answer in answers] == [400, 400]
    assert stolen.customer_id == other.pk
    assert stolen.name == "刘洋"


def test_row_given_twice_is_refused(desk: Client, make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    page = opened(desk, edit_url(customer))
    page |= {"contacts-1-pk": page["contacts-0-pk"], "contacts-1-name": "又一次"}

    assert desk.post(edit_url(customer), page).status_code == 400


@pytest.mark.parametrize(("count", "status"), [(100, 302), (101, 422), (1000, 422)])
def test_a_hundred_rows_and_no_more(desk: Client, count: int, status: int) -> None:
    page = opened(desk) | {"name": "多联系人公司", "contacts-TOTAL_FORMS": str(count)}
    for index in range(count):
        page |= {f"contacts-{index}-name": f"联系人{index}"}

    answer = desk.post(ADD, page)

    assert answer.status_code == status
    assert Contact.objects.count() == (100 if status == 302 else 0)


def test_unknown_references_are_field_errors(desk: Client, full: Page) -> None:
    page = opened(desk) | full | {"region": "999999", "tags": ["999999"], "accounts-0-bank": "77777"}

    answer = desk.post(ADD, page)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_region"' in html
    assert 'href="#id_accounts-0-bank"' in html
    assert not BankAccount.objects.exists()


def test_english_page_has_no_chinese_words_of_ours(desk: Client, clerk: Any) -> None:
    clerk.language = "en"
    clerk.save(update_fields=["language"])

    html = desk.get(ADD).content.decode()

    assert "Submit for review" in html
    assert "提交审核" not in html
