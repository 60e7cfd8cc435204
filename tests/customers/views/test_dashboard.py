"""The dashboard: what each role finds there, and what it costs."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.views.record_list import STATE
from customers.lifecycle import LIFE
from tests.customers.asking import ask, decide

DASHBOARD = "/"
CUSTOMERS = reverse("customers:customer-list")


def page(client, user):
    client.force_login(user)
    response = client.get(DASHBOARD)
    assert response.status_code == 200
    return response.content.decode()


def tiles(client):
    return client.get(DASHBOARD).context["tiles"]


TILES = {
    "clerk": {"退回给我", "我的草稿", "待复核", "本月新增"},
    "reviewer": {"待我审核", "待启用", "待复核", "本月新增"},
    "finance": {"退回给我", "我的草稿", "待复核", "本月新增"},
    "admin": {"待我审核", "退回给我", "我的草稿", "待启用", "待复核", "本月新增"},
    "viewer": {"待复核", "本月新增"},
}


@pytest.mark.parametrize("who", TILES)
def test_tiles_follow_the_role(client, cast, who):
    client.force_login(cast[who])

    assert {str(tile["label"]) for tile in tiles(client)} == TILES[who]


@pytest.mark.parametrize("who", TILES)
def test_every_tile_leads_to_a_page_that_understands_it(client, cast, make_customer, who):
    for state in ("draft", "submitted", "returned", "approved", "enabled"):
        make_customer(state)
    client.force_login(cast[who])

    for tile in tiles(client):
        response = client.get(tile["url"], follow=True)
        assert response.status_code == 200
        assert not response.context["asked"].notices if "asked" in response.context else True


def test_dashboard_sends_strangers_to_the_login(client, db):
    assert client.get(DASHBOARD).url.startswith(reverse("core:login"))


def test_dashboard_refuses_people_without_a_role(client, nobody):
    client.force_login(nobody)

    assert client.get(DASHBOARD).status_code == 403


def test_reviewer_starts_with_the_oldest(client, make_customer, reviewer):
    customer = make_customer("submitted")

    shown = page(client, reviewer)

    assert reverse("customers:review-show", args=[customer.pk]) in shown
    assert "开始审核" in shown
    assert "新增客户" not in shown.split('class="stats"')[0].split("<main")[1]


def test_clerk_finds_returned_records_and_drafts(client, make_customer, clerk):
    returned = make_customer("returned")
    draft = make_customer(registered_address="")

    shown = page(client, clerk)

    assert f"/customers/{returned.pk}/edit/" in shown
    assert "资料有误" in shown
    assert f"/customers/{draft.pk}/edit/" in shown
    assert "还差 1 项：注册地址" in shown


def test_whoever_asked_finds_returned_changes(client, make_enabled, clerk, colleague, reviewer):
    names = "北京改名有限公司", "北京又名有限公司"
    asked = [ask(make_enabled(), clerk, {"name": name}) for name in names]
    back = decide(asked[0], "return", reviewer, "附变更函，账号 6222020200112233445")

    shown = page(client, clerk)

    assert (
        f'<a href="/customers/{back.record_id}/edit/?change={back.pk}">{back.record}</a>' in shown
    )
    assert f"变更申请 {back} · 附变更函" in shown
    assert "6222020200112233445" not in shown
    assert str(asked[1]) not in shown
    [tile] = [tile for tile in tiles(client) if tile["label"] == "退回给我的变更"]
    assert tile["number"].value == 1
    listed = client.get(tile["url"]).content.decode()
    assert (str(back) in listed, str(asked[1]) in listed) == (True, False)
    assert str(back) not in page(client, colleague)


def test_clerk_sees_nothing_of_other_departments(client, make_customer, outsider):
    customer = make_customer("enabled")

    shown = page(client, outsider)

    assert customer.name not in shown
    assert "还没有客户" in shown


@pytest.mark.parametrize(
    ("hour", "words"), [(2, "晚上好"), (5, "上午好"), (12, "下午好"), (18, "晚上好")]
)
def test_dashboard_greets_by_the_hour(client, viewer, monkeypatch, hour, words):
    now = timezone.localtime().replace(hour=hour)
    monkeypatch.setattr(timezone, "localtime", lambda *_given: now)

    assert f"{words}，周子昂" in page(client, viewer)


def test_dashboard_counts_one_record_as_one(client, make_customer, clerk):
    clerk.language = "en"
    clerk.save()
    make_customer()
    client.force_login(clerk)

    units = {str(tile["label"]): (tile["number"].value, tile["unit"]) for tile in tiles(client)}

    assert units["My drafts"] == (1, "record")
    assert units["New this month"] == (1, "customer")
    assert units["Returned to me"] == (0, "records")


def test_dashboard_is_whole_in_english(client, admin):
    admin.language = "en"
    admin.save()

    shown = page(client, admin)

    assert "Customers by state" in shown
    assert "To review" in shown


@pytest.mark.parametrize("who", ["clerk", "admin", "viewer"])
def test_dashboard_costs_the_same_for_few_and_many(client, cast, make_customer, who):
    def queries():
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            client.get(DASHBOARD)
        return len(found)

    states = ("draft", "submitted", "returned", "approved", "enabled")
    for state in states:
        make_customer(state)
    client.force_login(cast[who])
    client.get(DASHBOARD)
    few = queries()
    for state in states * 4:
        make_customer(state)

    assert queries() == few <= 30


def test_the_chart_of_the_dashboard_counts_every_state(client, make_customer, clerk):
    for state in LIFE.states:
        make_customer(state.name)
    client.force_login(clerk)

    answer = client.get(DASHBOARD)

    charted = re.findall(rf'href="{CUSTOMERS}\?{STATE}=(\w+)">', answer.context["states_chart"])
    assert charted == [state.name for state in LIFE.furthest_first]
    assert answer.context["total"] == len(LIFE.states)
