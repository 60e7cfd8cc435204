"""The page of one customer: what it shows to whom, and what it offers."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from core.aggregate import RowInput
from core.records import coding
from core.records.record import Record
from customers.lifecycle import LIFE
from customers.models import UsedCode
from customers.services import customer as customer_service
from customers.services.kinds import KIND
from tests.cast import act_by, move

ACCOUNT = "11090334500120109"
TABS = ("overview", "basic", "contacts", "finance", "other")


def address(customer, **params):
    return reverse("customers:customer-detail", args=[customer.pk], query=params)


def account(world):
    return {"account_name": "恒信", "bank": world.bank, "account_number": ACCOUNT}


def page(client, user, customer, **params):
    client.force_login(user)
    response = client.get(address(customer, **params))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("state", [state.name for state in LIFE.states])
def test_detail_shows_every_part_in_every_state(client, make_customer, admin, world, state):
    customer = make_customer(state, accounts=[account(world)], tags=[world.tag])

    for tab in TABS:
        shown = page(client, admin, customer, tab=tab)
        assert customer.name in shown
        assert f'data-state="{state}"' in shown


def test_detail_sends_strangers_to_the_login(client, make_customer):
    response = client.get(address(make_customer()))

    assert response.status_code == 302
    assert response.url.startswith(reverse("core:login"))


def test_detail_refuses_people_without_a_role(client, make_customer, nobody):
    client.force_login(nobody)

    assert client.get(address(make_customer())).status_code == 403


def test_detail_of_another_department_does_not_exist(client, make_customer, outsider):
    client.force_login(outsider)

    assert client.get(address(make_customer())).status_code == 404


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**30])
def test_detail_of_nothing_does_not_exist(client, admin, pk):
    client.force_login(admin)

    assert client.get(f"/customers/{pk}/").status_code == 404


@pytest.mark.parametrize(
    "params",
    [
        {"tab": "x"},
        {"kind": "<script>"},
        {"before": "1e309"},
        {"before": "9" * 50},
        {"before": "-1"},
        {"before": "٣"},
    ],
)
def test_detail_ignores_nonsense_in_the_address(client, make_customer, admin, params):
    page(client, admin, make_customer(), **params)


def test_account_numbers_are_shown_by_right_only(client, make_customer, finance, viewer, world):
    customer = make_customer("enabled", accounts=[account(world)])

    for tab in TABS:
        hidden = page(client, viewer, customer, tab=tab)
        assert ACCOUNT not in hidden
        assert "1109 0334 5001 2010 9" not in hidden
    assert "1109 0334 5001 2010 9" in page(client, finance, customer, tab="finance")
    assert ACCOUNT in page(client, finance, customer)


def test_names_cannot_bring_markup(client, make_customer, admin):
    customer = make_customer(name="<script>alert(1)</script>公司", remark="<b>x</b>")

    for tab in TABS:
        shown = page(client, admin, customer, tab=tab)
        assert "<script>alert(1)" not in shown
        assert "<b>x</b>" not in shown


def test_next_move_is_the_primary_button(client, make_customer, clerk, admin):
    draft = page(client, clerk, make_customer())
    approved = page(client, admin, make_customer("approved"))

    assert "/do/submit/" in draft.split("btn--primary")[0].rsplit("<form", 1)[1]
    assert "/do/enable/" in approved.split("btn--primary")[0].rsplit("<form", 1)[1]
    assert draft.count("btn btn--primary") == 1


def test_incomplete_draft_names_what_is_missing_and_does_not_offer_to_submit(
    client, make_customer, clerk
):
    customer = make_customer(registered_address="")

    shown = page(client, clerk, customer)

    assert "提交前还差" in shown
    assert "注册地址" in shown
    assert f"/customers/{customer.pk}/edit/#id_registered_address" in shown
    assert "还差 1 项" in shown
    assert "/do/submit/" not in shown


def test_what_comes_next_stays_visible_with_its_reason_and_nothing_else(
    client, make_customer, admin
):
    shown = page(client, admin, make_customer("enabled"))

    after = [move for move in LIFE.transitions if move.first == "disable"]
    assert shown.count('aria-disabled="true" title=') == len(after)
    assert "反审核<small>先禁用，才能反审核。" in shown
    assert "/do/reopen/" not in shown


def test_the_menu_of_a_draft_offers_what_comes_next(client, make_customer, admin):
    shown = page(client, admin, make_customer())

    assert "审核<small>先提交，才能审核。" in shown
    for words in ("撤销<small>", "退回<small>", "启用<small>", "禁用<small>"):
        assert words not in shown


def test_moves_without_right_are_not_shown(client, make_customer, viewer):
    shown = page(client, viewer, make_customer("approved"))

    assert "/do/" not in shown
    assert "反审核" not in shown
    assert "/edit/" not in shown


def test_approving_leads_to_the_evidence(client, make_customer, reviewer):
    customer = make_customer("submitted")

    shown = page(client, reviewer, customer)

    assert reverse("customers:review-show", args=[customer.pk]) in shown
    assert "/do/approve/" not in shown


def test_returned_record_says_why(client, make_customer, clerk):
    shown = page(client, clerk, make_customer("returned"))

    assert "资料有误" in shown.split('id="history"')[0]
    assert 'data-step="error"' in shown


@pytest.mark.parametrize(
    ("state", "has_seal"),
    [
        ("draft", False),
        ("submitted", False),
        ("returned", False),
        ("approved", True),
        ("enabled", True),
    ],
)
def test_seal_stands_on_approved_records_only(client, make_customer, admin, state, has_seal):
    assert ('class="seal"' in page(client, admin, make_customer(state))) is has_seal


def test_enabled_record_offers_the_regular_check(client, make_customer, admin, viewer):
    customer = make_customer("enabled")

    assert "/checked/" in page(client, admin, customer)
    assert "定期复核" in page(client, viewer, customer)
    assert "/checked/" not in page(client, viewer, customer)


def test_group_customer_out_of_sight_is_masked(
    client, make_customer, clerk, outsider, admin, units
):
    secret = make_customer(by=outsider, name="上海澜舟精密仪器有限公司", department=units.second)
    customer = make_customer(by=clerk, parent=secret)

    assert secret.name not in page(client, clerk, customer, tab="basic")
    assert secret.name in page(client, admin, customer, tab="basic")


def test_history_is_filtered_and_paged(client, make_customer, clerk):
    customer = make_customer()
    for number in range(22):
        customer = customer_service.save(
            customer.pk,
            Record({"remark": f"备注{number}"}),
            version=customer.version,
            submit=False,
            act=act_by(clerk),
        )

    first = page(client, clerk, customer)
    second = page(client, clerk, customer, before=4)
    moves = page(client, clerk, customer, kind="state")

    assert "before=4" in first
    assert "已录入" not in first
    assert "已录入" in second
    assert "还没有这类记录" in moves


def test_detail_costs_the_same_with_many_rows(client, make_customer, admin, world, clerk):
    small = make_customer("enabled")
    rows = [
        {"name": f"联系人{n}", "mobile": f"138001322{n:02}", "is_primary": n == 0}
        for n in range(30)
    ]
    accounts = [{**account(world), "account_number": f"110903345001{n:05}"} for n in range(30)]
    large = make_customer("enabled", contacts=rows, accounts=accounts, tags=[world.tag])
    for _number in range(20):
        large = move(move(large, "disable", admin), "enable", admin)
    client.force_login(admin)

    def queries(customer):
        with CaptureQueriesContext(connection) as found:
            client.get(address(customer))
        return sum(query["sql"].startswith("SELECT") for query in found)

    queries(small)
    assert queries(large) == queries(small) <= 14


def test_code_leads_to_its_customer(client, make_customer, clerk):
    customer = make_customer("submitted")
    client.force_login(clerk)

    response = client.get(f"/c/{customer.code.lower()}")

    assert response.status_code == 302
    assert response.url == reverse("customers:customer-detail", args=[customer.pk])


def test_former_code_leads_to_its_customer(client, make_customer, clerk):
    customer = make_customer()
    former = customer.code
    customer_service.redraw_code(customer.pk, version=customer.version, act=act_by(clerk))
    client.force_login(clerk)

    assert UsedCode.objects.filter(code=former).exists()
    assert client.get(f"/c/{former}").url == reverse(
        "customers:customer-detail", args=[customer.pk]
    )


@pytest.mark.parametrize("code", ["NONE-1", "%00", "%20", "a" * 3000, "%ED%A0%80", "a/b/c"])
def test_unknown_code_does_not_exist(client, admin, code):
    client.force_login(admin)

    assert client.get(f"/c/{code}").status_code == 404


def test_code_of_another_department_does_not_exist(client, make_customer, outsider):
    customer = make_customer("submitted")
    client.force_login(outsider)

    assert client.get(f"/c/{customer.code}").status_code == 404


def test_page_is_whole_in_english(client, make_customer, admin, world):
    admin.language = "en"
    admin.save()
    customer = make_customer("enabled", name="Hengxin Technology", accounts=[account(world)])

    shown = page(client, admin, customer, tab="finance")

    assert "Tax number" in shown
    assert "Bank accounts" in shown


def test_rows_of_the_history_carry_their_sign(client, make_customer, clerk):
    customer = make_customer()
    customer_service.save(
        customer.pk,
        Record({}, {"contacts": [RowInput(None, {"name": "高敏", "phone": "010-62500001"})]}),
        version=customer.version,
        submit=False,
        act=act_by(clerk),
    )

    history = page(client, clerk, customer).split('id="history"')[1]

    assert "联系人 高敏" in history
    assert "联系人 刘洋" in history


# The way from one record of a list to the next


def steps(html):
    """The addresses of the previous and the next record, "" where there is none."""
    found = {
        way: re.search(rf'href="([^"]*)" rel="{way}" data-key', html) for way in ["prev", "next"]
    }
    return [unescape(one.group(1)) if one else "" for one in found.values()]


def test_neighbours_follow_the_list_a_record_was_opened_from(client, make_customer, admin):
    first, other, second = (
        make_customer(state, name=f"{letter}公司")
        for letter, state in zip("甲乙丙", ("draft", "submitted", "draft"), strict=True)
    )
    listed = urlencode({"list": "state=draft&sort=-name"})

    client.force_login(admin)
    rows = client.get("/customers/?state=draft&sort=-name&per=100").content.decode()
    assert f'href="/customers/{first.pk}/?{listed}"' in rows

    order = sorted([first, second], key=lambda one: one.name_sort, reverse=True)
    html = page(client, admin, order[0], list="state=draft&sort=-name")
    assert steps(html) == ["", f"/customers/{order[1].pk}/?{listed}"]
    assert 'href="/customers/?state=draft&amp;sort=-name"' in html
    assert f'href="?tab=basic&amp;{listed}"' in html


@pytest.mark.parametrize("who", ["admin", "clerk"])
def test_neighbours_without_a_list_are_those_of_the_plain_one(
    client, make_customer, admin, clerk, units, who
):
    user = {"admin": admin, "clerk": clerk}[who]
    older, middle, newer = make_customer(), make_customer(), make_customer()
    elsewhere = make_customer(by=admin, department=units.second)
    newest = f"/customers/{elsewhere.pk}/" if who == "admin" else ""

    assert steps(page(client, user, older)) == [f"/customers/{middle.pk}/", ""]
    assert steps(page(client, user, middle)) == [
        f"/customers/{newer.pk}/", f"/customers/{older.pk}/",
    ]  # fmt: skip
    assert steps(page(client, user, newer)) == [newest, f"/customers/{middle.pk}/"]


def test_neighbours_out_of_sight_are_not_named(
    client, make_customer, clerk, colleague, admin, units
):
    mine = make_customer(by=clerk)
    make_customer(by=admin, department=units.second)

    assert steps(page(client, colleague, mine)) == ["", ""]


@pytest.mark.parametrize("given", ["state=nope&sort=zzz&after=1~1", "%00", "list=list", "a" * 5000])
def test_a_list_that_makes_no_sense_is_taken_for_the_plain_one(client, make_customer, admin, given):
    html = page(client, admin, make_customer(), list=given)

    assert steps(html) == ["", ""]


def test_a_returned_record_whose_region_changed_says_that_its_code_stays(
    client, clerk, make_customer, world
):
    customer = make_customer("returned")
    client.force_login(clerk)
    told = _("The code does not fit %(fields)s; it stays as it was given.")
    sentence = told % {"fields": coding.sources(KIND)}
    before = client.get(f"/customers/{customer.pk}/").content.decode()
    customer_service.save(
        customer.pk,
        Record({"region": world.shanghai}),
        version=customer.version,
        submit=False,
        act=act_by(clerk),
    )

    pages = [
        client.get(f"/customers/{customer.pk}/{page}").content.decode() for page in ("", "edit/")
    ]

    assert sentence not in before
    assert all(sentence in page for page in pages)
