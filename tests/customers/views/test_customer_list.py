"""The list of customers: who sees what, how it is narrowed, ordered and paged, what it costs."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.pages import TooSlow
from customers.forms.customer_filter import LISTING
from customers.lifecycle import LIFE

LIST, COLUMNS = "/customers/", "/customers/columns/"


@pytest.fixture
def listed(client, admin):
    """The list as an administrator (or another user) sees it."""

    def get(query="", user=None, status=200):
        client.force_login(user or admin)
        answer = client.get(f"{LIST}{query}")
        assert answer.status_code == status
        return answer.content.decode()

    return get


def shown(html):
    """The names in the table, from top to bottom."""
    return re.findall(r'<td class="cell-title clip"><a [^>]*>([^<]*)</a>', html)


def test_anonymous_is_sent_to_the_login(client, db):
    assert client.get(LIST).url == f"/login/?next={LIST}"


def test_without_a_role_it_is_forbidden(listed, nobody):
    listed(user=nobody, status=403)


def test_lists_customers_newest_first(listed, make_customer):
    make_customer(name="甲公司")
    make_customer(name="乙公司")

    assert shown(listed()) == ["乙公司", "甲公司"]


def test_customers_of_other_departments_are_not_listed(listed, make_customer, outsider):
    make_customer(name="甲公司")

    assert shown(listed(user=outsider)) == []
    assert shown(listed("?q=甲公司", user=outsider)) == []


def test_conditions_narrow_the_list_and_stand_as_chips(listed, make_customer):
    make_customer(name="甲公司")
    make_customer("submitted", name="乙公司")

    html = listed("?state=submitted")

    assert shown(html) == ["乙公司"]
    assert "<span>状态</span>待审核" in html
    assert "第 1–1 条，共 1 条" in html


def test_nothing_found_says_so_and_offers_a_way_out(listed, make_customer):
    make_customer()

    html = listed("?code=no-such")

    assert "没有符合条件的客户" in html
    assert "清除条件" in html


def test_pages_both_ways(listed, make_customer, monkeypatch):
    monkeypatch.setattr("core.pages.SIZES", (2, 100))
    for number in range(5):
        make_customer(name=f"第 {number} 公司")

    first = listed()
    second = listed(link(first, "下一页"))
    last = listed(link(first, "末页"))

    assert shown(first) == ["第 4 公司", "第 3 公司"]
    assert "第 1–2 条，共 5 条" in first
    assert shown(second) == ["第 2 公司", "第 1 公司"]
    assert "第 3–4 条，共 5 条" in second
    assert shown(listed(link(second, "上一页"))) == shown(first)
    assert shown(last) == ["第 0 公司"]
    assert "第 5–5 条，共 5 条" in last
    assert shown(listed(link(last, "首页"))) == shown(first)


def link(html, label):
    anchor = r'<a class="btn btn--sm" href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?'
    found = re.search(anchor + label, html)
    assert found, label
    return found[1].replace("&amp;", "&")


def test_sorts_by_name_as_people_read_it(listed, make_customer):
    for name in ("张三公司", "阿里公司", "李四公司"):
        make_customer(name=name)

    html = listed("?sort=name")

    assert shown(html) == ["阿里公司", "李四公司", "张三公司"]
    assert 'aria-sort="ascending"' in html
    assert "sort=-name" in html


def test_sorts_codes_by_their_numbers_both_ways(listed, make_customer):
    for serial in ("999", "1000", "998"):
        make_customer(name=f"第{serial}公司", code=f"BJ-JS-{serial}")
    by_number = ["第998公司", "第999公司", "第1000公司"]

    assert shown(listed("?sort=code")) == by_number
    assert shown(listed("?sort=-code")) == by_number[::-1]


def test_too_slow_conditions_ask_to_be_narrowed(listed, make_customer, monkeypatch):
    make_customer(name="甲公司")
    monkeypatch.setattr("core.pages.load", stopped)

    html = listed("?name=甲")

    assert "请缩小条件" in html
    assert "<span>客户名称</span>甲" in html


def stopped(*_args):
    raise TooSlow


def test_an_unknown_condition_is_said(listed, db):
    assert "未知条件未生效：no_such" in listed("?no_such=1")


@pytest.mark.parametrize(
    "query",
    [
        "?after=%00~1",
        "?sort=--name",
        "?tags=99999999999999999999999",
        "?state=%00",
        "?add=no_such",
        "?add=region&region=x",
        "?n=99999999999999&after=x",
        "?q=%ED%A0%80",
        "?per[]=50",
        "?all=1",
        "?end=1&exact=1",
        "?add=updated_at&updated_at_from=x",
        "?%00=%00",
        "?columns=1",
        "?add=tags&tags=1&tags=2",
        "?code=%27%22%3Cscript%3E",
    ],
)
def test_a_nasty_address_is_answered(listed, make_customer, query):
    make_customer()

    assert "<script>" not in listed(query)


@pytest.mark.parametrize("name", sorted(LISTING.filters.base_filters))
def test_every_condition_has_a_form(listed, make_customer, name):
    make_customer()

    assert "应用条件" in listed(f"?add={name}")


def test_every_column_can_be_shown(listed, make_customer, admin):
    make_customer("disabled", parent=make_customer(), remark="长" * 90, credit_limit="1000.00",
                  founded_date=date(2020, 5, 1), nature="private")  # fmt: skip
    LISTING.store_columns(admin, list(LISTING.columns))

    html = listed()

    assert len(shown(html)) == 2
    for words in ("1,000.00", "2020-05-01", "民营", "长" * 40 + "…"):
        assert words in html


def test_a_parent_out_of_sight_is_masked(listed, make_customer, outsider, clerk, units):
    hidden = make_customer(by=outsider, name="华南集团科技有限公司", department=units.second)
    make_customer(name="甲公司", parent=hidden)
    LISTING.store_columns(clerk, ["code", "name", "parent"])

    html = listed(user=clerk)

    assert "华南集团" not in html
    assert "华*科技" in html


def test_buttons_follow_the_role_in_the_fixed_order(listed, make_customer, viewer, reviewer, clerk):
    make_customer()

    def actions(user):
        return re.findall(r'class="btn" form="bulk" name="action" value="(\w+)"', listed(user=user))

    assert actions(clerk) == ["submit", "withdraw"]
    assert actions(reviewer) == ["approve", "return", "reopen", "enable", "disable"]
    assert actions(viewer) == []
    assert "data-select-row" not in listed(user=viewer)
    assert "bulkbar" not in listed(user=viewer)


@pytest.mark.parametrize("columns", [LISTING.default, tuple(LISTING.columns)])
def test_queries_do_not_grow_with_the_rows(listed, admin, make_customer, world, columns):
    LISTING.store_columns(admin, columns)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            listed()
        return len(seen)

    for _number in range(3):
        make_customer(tags=[world.tag])
    listed()
    few = queries()
    for _number in range(27):
        make_customer("submitted", tags=[world.tag, world.other_tag])
    listed()  # counts are kept until something is written

    assert queries() == few
    assert few <= 22


def test_a_salesperson_stands_with_the_department(listed, make_customer, world, units):
    make_customer()

    cell = re.search(r'data-label="专属业务员"[^>]*>(.*?)</td>', listed()).group(1)

    assert cell == '李文静 <span class="muted">销售一部</span>'


def test_markup_in_names_is_escaped(listed, make_customer):
    make_customer(name="<b>甲</b>公司")

    assert "<b>甲" not in listed()


# Columns


def test_columns_are_stored_in_their_order(client, clerk):
    client.force_login(clerk)

    answer = client.post(COLUMNS, {"columns": ["name", "phone", "code"], "next": "/customers/?q=a"})

    assert answer.url == "/customers/?q=a"
    assert [one.name for one in LISTING.columns_of(clerk)] == ["name", "phone", "code"]


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        ("up:phone", ["code", "phone", "name"]),
        ("down:code", ["name", "code", "phone"]),
        ("up:code", ["code", "name", "phone"]),
        ("up:no_such", ["code", "name", "phone"]),
    ],
)
def test_columns_move_without_a_script(client, clerk, move, expected):
    client.force_login(clerk)

    client.post(COLUMNS, {"columns": ["code", "name", "phone"], "move": move, "next": LIST})

    assert [one.name for one in LISTING.columns_of(clerk)] == expected


def test_default_columns_come_back(client, clerk):
    client.force_login(clerk)
    LISTING.store_columns(clerk, ["phone"])

    client.post(COLUMNS, {"columns": ["phone"], "reset": "1"})

    assert [one.name for one in LISTING.columns_of(clerk)] == list(LISTING.default)


def tabs(html):
    """Label, count and address of the tabs of states, and the one that is shown."""
    nav = html.split('class="tabs', 1)[1].split("</nav>")[0]
    found = re.findall(
        r'href="([^"]*)"( aria-current="page")?>([^<]*?)'
        r'(?: <span class="badge">([^<]*)</span>)?</a>',
        nav,
    )
    return {label: (url, count, bool(now)) for url, now, label, count in found}


def test_tabs_lead_to_each_state_with_its_count(listed, make_customer):
    make_customer("draft"), make_customer("draft"), make_customer("approved")

    plain, narrowed = tabs(listed()), tabs(listed("?state=draft&per=100&after="))

    assert list(plain) == ["全部", *(state.label for state in LIFE.states)]
    assert list(plain)[:3] == ["全部", "草稿", "待审核"]
    assert plain["全部"] == ("?", "3", True)
    assert plain["草稿"] == ("?state=draft", "2", False)
    assert plain["待审核"] == ("?state=submitted", "0", False)
    assert narrowed["草稿"] == ("?per=100&amp;state=draft", "2", True)
    assert narrowed["全部"] == ("?per=100", "3", False)


def test_tabs_beside_another_condition_keep_it_and_count_nothing(listed, make_customer):
    make_customer("draft")

    found = tabs(listed("?q=a&state=draft&state=enabled"))

    assert {count for _url, count, _now in found.values()} == {""}
    assert not any(now for _url, _count, now in found.values())
    assert found["已审核"][0] == "?q=a&amp;state=approved"


def test_an_unknown_value_in_the_address_is_said(listed, make_customer):
    make_customer("draft")

    page = listed("?state=zzz")

    assert re.search(
        r'class="alert" data-tone="warn"[^>]*>.*?条件“状态”未生效：没有“zzz”这个选项', page, re.S
    )


def test_conditions_stand_in_the_order_of_the_form_under_its_sections(listed):
    menu = listed().split("data-menu-search", 1)[1].split("</form>")[0]

    heads = re.findall(r'menu__head">([^<]*)<', menu)
    names = re.findall(r'name="add" value="([^"]*)"', menu)

    assert heads[0] == "基本信息"
    assert heads[-1] == "更多"
    assert names[-3:] == ["review_due", "import", "opportunities"]
    places = {row.name: place for place, row in enumerate(LISTING.catalog)}
    within = [
        name
        for name in names
        if name in places and LISTING.catalog.by_name[name].section == "basic"
    ]
    assert within == sorted(within, key=places.get)


def test_columns_are_only_posted(client, clerk, nobody):
    client.force_login(clerk)
    assert client.get(COLUMNS).status_code == 405
    client.force_login(nobody)
    assert client.post(COLUMNS).status_code == 403


def test_the_list_stands_at_its_address():
    assert reverse("customers:customer-list") == LIST
    assert reverse("customers:customer-columns") == COLUMNS
