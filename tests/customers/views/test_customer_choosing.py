"""The entry form understands what is typed into it, and asks where that is not clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import saving
from customers.models import Customer, Region, Tag
from customers.parts import PARTS
from customers.services.aggregates import REFERENCE
from tests.cast import act_by
from tests.customers.views.page_form import ADD, Page, edit_url, opened, sent_by


@pytest.fixture
def page(desk: Client, full: Page) -> Page:
    return opened(desk) | full


def test_names_codes_paths_and_pinyin_are_understood(desk: Client, page: Page) -> None:
    typed = {"region": "浙江省/杭州市", "industry": "C", "customer_type": "jxs", "currency": "usd"}

    answer = desk.post(ADD, page | typed | {"action": "submit"})

    assert answer.status_code == 302
    customer = Customer.objects.get()
    assert (customer.region.code, customer.industry.code) == ("330100", "C")
    assert (customer.customer_type.code, customer.currency.code) == ("JS", "USD")


def test_an_unclear_entry_is_answered_with_what_fits(desk: Client, page: Page) -> None:
    answer = desk.post(ADD, page | {"region": "hz", "remark": "不能丢"})
    html = answer.content.decode()

    assert answer.status_code == 422
    assert '<input type="radio" name="region" value="杭州市 330100">' in html
    assert '<input type="radio" name="region" value="湖州市 330500">' in html
    again = sent_by(html)
    assert (again["region"], again["remark"]) == (["hz"], ["不能丢"])
    chosen = desk.post(ADD, again | {"region": ["hz", "湖州市 330500"]})
    assert chosen.status_code == 302
    assert Customer.objects.get().region == Region.objects.get(code="330500")


def test_what_nothing_is_called_is_told_at_the_field(desk: Client, page: Page) -> None:
    answer = desk.post(
        ADD, page | {"accounts-0-bank": "月球银行", "accounts-0-account_number": "1"}
    )
    html = answer.content.decode()

    assert answer.status_code == 422
    assert "没有这个值，请输入编码或名称。" in html
    assert 'value="月球银行"' in html


def test_rows_are_looked_up_together(desk: Client, page: Page, world: Any) -> None:
    def rows(count: int) -> Page:
        found: Page = {"accounts-TOTAL_FORMS": str(count)}
        for index in range(count):
            found |= {
                f"accounts-{index}-bank": "中国工商银行" if index % 2 else "102",
                f"accounts-{index}-account_number": f"62220202001122{index:05d}",
                f"accounts-{index}-currency": "CNY",
            }
        return found

    counts = []
    for count in (2, 40):
        with CaptureQueriesContext(connection) as queries:
            desk.post("/customers/hints/", page | rows(count))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_clerk_chooses_no_department_out_of_sight(desk: Client, page: Page, world: Any) -> None:
    html = desk.get(ADD).content.decode()
    answer = desk.post(ADD, page | {"department": "销售二部"})

    assert "销售一部 T1" in html
    assert "销售二部" not in html
    assert answer.status_code == 422
    assert not Customer.objects.exists()


def test_new_records_and_accounts_start_in_the_home_currency(desk: Client, world: Any) -> None:
    start = opened(desk)

    assert start["currency"] == start["accounts-0-currency"] == ["人民币 CNY"]


def test_a_form_of_which_nothing_was_filled_in_is_not_saved(desk: Client, world: Any) -> None:
    assert desk.post(ADD, opened(desk) | {"action": "draft"}).status_code == 422


def test_a_new_tag_is_made_by_who_may(
    client: Client, admin: Any, desk: Client, make_customer: Callable[..., Customer], world: Any
) -> None:
    customer = make_customer()
    refused = desk.post(edit_url(customer), opened(desk, edit_url(customer)) | {"tags": "新的标签"})
    client.force_login(admin)
    page = opened(client, edit_url(customer)) | {"tags": ["长期合作 T1", "新的标签、高消费"]}

    answer = client.post(edit_url(customer), page)

    assert (refused.status_code, answer.status_code) == (422, 302)
    assert {tag.name for tag in customer.tags.all()} == {"长期合作", "新的标签", "高消费"}
    assert Tag.objects.get(name="新的标签").code == "XDBQ"


def test_a_disabled_value_stays_and_is_not_chosen_anew(
    desk: Client, admin: Any, world: Any, make_customer: Callable[..., Customer]
) -> None:
    kept, other = make_customer(category=world.category), make_customer()
    category = world.category
    saving.change(
        REFERENCE["category"], category.pk, {"is_active": False}, version=1, act=act_by(admin)
    )

    page = opened(desk, edit_url(kept))
    stays = desk.post(edit_url(kept), page | {"short_name": "改"})
    anew = desk.post(edit_url(other), opened(desk, edit_url(other)) | {"category": "T1"})

    assert page["category"] == ["重点客户 T1"]
    assert (stays.status_code, anew.status_code) == (302, 422)


def test_a_group_customer_is_found_in_the_own_scope_with_code_and_state(
    desk: Client, outsider: Any, make_customer: Callable[..., Customer]
) -> None:
    mine = make_customer("submitted", name="明远集团有限公司")
    make_customer("submitted", by=outsider, department=outsider.unit, name="明远外人有限公司")

    for text in ("明远", "mingyuan", "myjt", mine.code):
        found = desk.get("/choose/customers.customer/", {"q": text}).json()["options"]
        assert [(one["text"], one["note"]) for one in found] == [
            (f"{mine.code} 明远集团有限公司", "待审核")
        ], text


def test_a_group_of_unclear_name_is_answered_with_candidates(
    desk: Client, page: Page, make_customer: Callable[..., Customer]
) -> None:
    group = make_customer("submitted", name="明远集团有限公司")

    html = desk.post(ADD, page | {"parent": "明远集"}).content.decode()

    assert f'name="parent" value="{group.code} 明远集团有限公司"' in html


def test_long_lists_weigh_nothing(
    desk: Client, admin: Any, make_customer: Callable[..., Customer], world: Any
) -> None:
    account = {"account_number": "6222020200112233445", "bank": world.bank}
    customer = make_customer(accounts=[account])
    for stem, count in (("region", 1_000), ("bank", 300)):
        drafts = [saving.Draft({"code": f"N{n}", "name": f"名称{n}"}) for n in range(count)]
        saving.bulk_create(REFERENCE[stem], drafts, act=act_by(admin))

    for url in (ADD, edit_url(customer)):
        with CaptureQueriesContext(connection) as queries:
            answer = desk.get(url)
        assert len(answer.content) <= 40_000 + 10_000 * len(PARTS)
        assert len(queries) <= 30 + len(PARTS)


def test_a_condition_takes_what_is_typed_and_asks_what_is_unclear(
    desk: Client, world: Any, make_customer: Callable[..., Customer]
) -> None:
    hangzhou = Region.objects.get(code="330100")
    make_customer(name="杭州的客户", region=hangzhou)
    make_customer(name="北京的客户")

    found = desk.get("/customers/", {"region_is": "浙江省"}).content.decode()
    both = desk.get("/customers/", {"region_is": "浙江", "region": world.beijing.pk})
    asked = desk.get("/customers/", {"region_is": "hz"}).content.decode()

    assert ("杭州的客户" in found, "北京的客户" in found) == (True, False)
    assert {"杭州的客户", "北京的客户"} <= {str(one) for one in both.context["found"].rows}
    assert '<input type="radio" name="region_is" value="杭州市 330100">' in asked


def test_a_long_condition_lists_only_what_is_chosen(desk: Client, world: Any) -> None:
    html = desk.get(f"/customers/?region={world.beijing.pk}&add=region").content.decode()

    assert html.count('type="checkbox" name="region"') == 1
    assert f'name="region" value="{world.beijing.pk}" checked' in html
    assert 'data-combo="/choose/customers.region/?every=1"' in html
