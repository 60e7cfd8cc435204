"""Two people change one customer: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.aggregate import RowInput
from core.records.record import Record
from customers.models import Customer
from customers.services import customer as service
from tests.cast import act_by, move
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by


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


def test_a_choice_of_controlled_data_is_marked(
    desk: Client, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer("returned")
    page = opened(desk, edit_url(customer))
    theirs = Record({"name": "同事的名称有限公司", "short_name": "同事的简称"})
    version = customer.version
    service.save(customer.pk, theirs, version=version, submit=False, act=act_by(colleague))

    mine = {"name": "我的名称有限公司", "short_name": "我的简称"}
    answer = desk.post(edit_url(customer), page | mine)

    marked = {one.name: one.is_controlled for one in answer.context["conflict"].choices}
    assert marked == {"name": True, "short_name": False}


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
    theirs = Record({}, {"contacts": []})
    service.save(customer.pk, theirs, version=1, submit=False, act=act_by(colleague))
    html = desk.post(edit_url(customer), page).content.decode()

    assert 'name="take-contacts"' in html
    chosen = sent_by(html, "conflict-form") | {"take-contacts": "mine", "action": "draft"}
    answer = desk.post(edit_url(customer), chosen)

    assert answer.status_code == 302
    assert customer.contacts.get().position == "经理"


def test_rows_of_a_side_are_parted_as_the_language_does(
    desk: Client, clerk: Any, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    clerk.language = "en"
    clerk.save(update_fields=["language"])
    rows = [{"name": name, "mobile": "13800132207"} for name in "甲乙"]
    customer = make_customer(contacts=rows)
    page = opened(desk, edit_url(customer))
    page |= {"contacts-0-position": "经理", "contacts-1-position": "经理"}
    theirs = Record({}, {"contacts": []})
    service.save(customer.pk, theirs, version=1, submit=False, act=act_by(colleague))

    html = desk.post(edit_url(customer), page).content.decode()

    assert "; 乙" in html


def test_rows_only_they_changed_are_taken_over(
    desk: Client, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(contacts=[{"name": "甲"}])
    page = opened(desk, edit_url(customer)) | {"short_name": "我的"}
    row = customer.contacts.get()
    theirs = [RowInput(row.pk, {"name": "甲"}), RowInput(None, {"name": "乙"})]
    service.save(
        customer.pk,
        Record({}, {"contacts": theirs}),
        version=1,
        submit=False,
        act=act_by(colleague),
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


def test_current_references_and_tags_can_be_taken(
    desk: Client, world: Any, colleague: Any, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(category=None)
    page = opened(desk, edit_url(customer))
    page |= {"category": str(world.category.code), "tags": [world.tag.code], "region": ""}
    record = Record(
        {"category": None, "region": world.shanghai, "founded_date": date(2020, 2, 29)},
        marks={"tags": [world.other_tag]},
    )
    service.save(customer.pk, record, version=1, submit=False, act=act_by(colleague))
    html = desk.post(edit_url(customer), page).content.decode()
    chosen = sent_by(html, "conflict-form") | {"action": "draft"}

    answer = desk.post(
        edit_url(customer), chosen | {"take-region": "current", "take-tags": "current"}
    )

    customer.refresh_from_db()
    assert answer.status_code == 302
    assert list(customer.tags.all()) == [world.other_tag]
    assert (customer.region, customer.category) == (world.shanghai, world.category)
    assert customer.founded_date == date(2020, 2, 29)
