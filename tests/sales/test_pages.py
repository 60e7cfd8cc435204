"""The pages of opportunities, made from their kind: list, page, selection, files, seams."""

import csv
import datetime
import io
import re

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from core.models.base import writing
from core.records import timeline
from core.views.record_detail import ASK, tabs
from sales.lifecycle import LIFE
from sales.models import Opportunity
from sales.services.kinds import KIND
from tests.cast import move as move_customer
from tests.sales.conftest import move

LIST = reverse("sales:opportunity-list")


def page_of(opportunity):
    return reverse("sales:opportunity-detail", args=[opportunity.pk])


def names(answer):
    return [row.name for row in answer.context["found"].rows]


def test_the_list_shows_what_a_clerk_sees_with_a_tab_for_each_stage(
    desk, make_opportunity, outsider, units
):
    for state in LIFE.states:
        make_opportunity(state.name, name=f"改造 {state.name}")
    make_opportunity(by=outsider, name="别的部门")

    answer = desk.get(LIST)

    assert names(answer) == [f"改造 {state.name}" for state in reversed(LIFE.states)]
    told = [(label, count) for label, count, _url, _is_shown in answer.context["tabs"]]
    assert told == [("全部", "6"), *((str(state.label), "1") for state in LIFE.states)]
    assert names(desk.get(LIST, {"state": "won"})) == ["改造 won"]


@pytest.mark.parametrize("sort", ["amount", "expected_date", "probability", "name", "code"])
def test_the_list_is_sorted_by_what_people_plan_with(desk, make_opportunity, make_customer, sort):
    customer, day = make_customer("enabled"), datetime.date(2026, 12, 1)
    for number in range(3):
        make_opportunity(
            customer=customer, name=f"第{'一二三'[number]}个", amount=number * 1000,
            probability=number, expected_date=day + datetime.timedelta(number),
        )  # fmt: skip

    shown = names(desk.get(LIST, {"sort": sort}))

    assert names(desk.get(LIST, {"sort": f"-{sort}"})) == shown[::-1]
    assert shown == (
        ["第二个", "第三个", "第一个"] if sort == "name" else ["第一个", "第二个", "第三个"]
    )


def test_conditions_and_search_find_by_the_customer_and_by_numbers(
    desk, make_opportunity, make_customer
):
    first, second = make_customer("enabled", name="海通电力有限公司"), make_customer("enabled")
    make_opportunity(customer=first, name="大单", amount=900_000)
    make_opportunity(customer=second, name="小单", amount=1_000)

    assert names(desk.get(LIST, {"customer": first.pk})) == ["大单"]
    assert names(desk.get(LIST, {"q": "海通"})) == ["大单"]
    assert names(desk.get(LIST, {"amount_max": "5000"})) == ["小单"]


def test_every_page_opens_in_every_stage_for_everybody(client, make_opportunity, cast):
    found = [make_opportunity(state.name) for state in LIFE.states]
    queries = [
        *(f"?tab={tab}" for tab in tabs(KIND)),
        *(f"?kind={kind}" for kind, _label in timeline.KINDS),
        *(f"?{ASK}={one.name}" for one in LIFE.transitions),
    ]
    for who in ("clerk", "finance", "admin"):
        client.force_login(cast[who])
        for one in found:
            answers = {query: client.get(page_of(one) + query).status_code for query in queries}
            assert set(answers.values()) == {200}, (who, one.state)


@pytest.mark.parametrize(
    ("stage", "primary"),
    [("first", "needs"), ("needs", "offer"), ("offer", "talks"), ("talks", "win"), ("won", None)],
)
def test_the_move_to_make_next_leads_further(desk, make_opportunity, stage, primary):
    found = desk.get(page_of(make_opportunity(stage))).context["primary"]

    assert (found.move.name if found else None) == primary


def test_the_page_names_the_customer_and_the_products(desk, make_opportunity):
    one = make_opportunity()

    shown = desk.get(page_of(one)).content.decode()

    for text in (one.code, str(one.customer), "直流屏", "12,800.00", "256,000.00", "10 %"):
        assert text in shown
    assert reverse("customers:customer-detail", args=[one.customer_id]) in shown


@pytest.mark.parametrize(
    ("stage", "marks"),
    [
        ("first", ["done", "todo", "todo", "todo", "error"]),
        ("offer", ["done", "done", "done", "todo", "error"]),
        ("talks", ["done", "done", "done", "done", "error"]),
    ],
)
def test_a_lost_one_ends_its_steps_lost_and_tells_the_stage_it_was_lost_in(
    desk, make_opportunity, clerk, stage, marks
):
    lost = move(make_opportunity(stage), "lose", clerk)

    steps = desk.get(page_of(lost)).context["steps"]

    assert [one.step for one in steps] == marks
    assert (steps[-1].label, steps[-1].who) == ("输单", clerk)


def test_numbers_stand_in_line_in_the_table_of_products(desk, make_opportunity):
    shown = desk.get(page_of(make_opportunity())).content.decode()

    assert '<th class="num">单价</th>' in shown
    assert '<td class="num nowrap" data-label="单价">12,800.00</td>' in shown


def test_a_customer_out_of_sight_is_masked_on_list_page_and_file(
    client, make_opportunity, outsider, units, clerk, add_role
):
    clerk.groups.add(add_role("exporter", KIND.right("export")))
    one = make_opportunity(by=outsider, name="跨部门")
    with writing():
        Opportunity.objects.filter(pk=one.pk).update(scope_unit=units.first)
    client.force_login(clerk)

    listed, shown = client.get(LIST).content.decode(), client.get(page_of(one)).content.decode()
    file = client.post(reverse("sales:opportunity-export"), {"kind": "csv"})

    for page in (listed, shown, b"".join(file.streaming_content).decode()):
        assert "跨部门" in page
        assert str(one.customer) not in page
        assert one.customer.masked in page


def test_a_reason_is_asked_of_a_loss_and_told_in_the_history(desk, make_opportunity):
    one = make_opportunity()
    lose = reverse("sales:opportunity-do", args=[one.pk, "lose"])

    unsaid = desk.post(lose, {"version": one.version, "key": "k" * 20, "reason": ""})
    desk.post(lose, {"version": one.version, "key": "l" * 20, "reason": "预算取消"})

    assert unsaid.status_code == 422
    entry = desk.get(page_of(one)).context["history_page"].entries[0]
    assert (entry.label, entry.reason) == ("输单", "预算取消")


@pytest.mark.parametrize(("stage", "is_asked"), [("talks", True), ("won", False)])
def test_the_address_asks_only_for_a_move_that_is_possible(desk, make_opportunity, stage, is_asked):
    shown = desk.get(f"{page_of(make_opportunity(stage))}?{ASK}=lose")

    assert (shown.context["asked"] is not None) is is_asked


def test_a_selection_moves_at_once_and_says_of_each_why_not(desk, make_opportunity, make_customer):
    customer = make_customer("enabled")
    able = [make_opportunity(state, customer=customer) for state in ("first", "offer")]
    closed = make_opportunity("won", customer=customer)

    asked = desk.post(
        reverse("sales:opportunity-bulk"),
        {"action": "talks", "pks": [one.pk for one in (*able, closed)]},
    )
    result = desk.post(asked.headers["Location"], {"reason": ""}, follow=True)

    assert (result.context["done"], result.context["failed"]) == (2, 1)
    told = result.content.decode()
    assert "“赢单”不能谈判。" in told
    assert '<th scope="col">阶段</th>' in told


def test_phones_show_what_an_opportunity_may_bring(desk, make_opportunity):
    make_opportunity("offer", amount=52_000)

    shown = desk.get(LIST).content.decode()

    cell = re.search(r'<td data-label="预计金额"( class="[^"]*")?>', shown)
    assert cell is not None, shown
    assert "cell-hide" not in cell[0]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_the_list_shows_leaves_as_a_file_by_right(
    office, client, make_opportunity, clerk, kind
):
    one = make_opportunity()
    export = reverse("sales:opportunity-export")

    content = b"".join(office.post(export, {"kind": kind}).streaming_content)

    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    else:
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert rows[0][:3] == ["商机编码", "商机名称", "客户"]
    assert rows[1][:3] == [one.code, "站用电源改造", str(one.customer)]
    client.force_login(clerk)
    assert client.post(export, {"kind": kind}).status_code == 403


def test_codes_follow_the_rule_that_pages_of_code_rules_show(office, make_opportunity):
    today = timezone.localdate()

    codes = [make_opportunity(customer=None).code for _turn in range(2)]

    assert codes == [f"SJ-{today:%Y%m%d}-001", f"SJ-{today:%Y%m%d}-002"]
    assert "SJ-" in office.get(reverse("customers:code-rule-list")).content.decode()


def test_the_customer_tells_its_opportunities_and_what_they_add_up_to(
    desk, make_opportunity, make_customer, clerk
):
    customer = make_customer("enabled")
    move(make_opportunity(customer=customer, name="丢了"), "lose", clerk)
    make_opportunity(customer=customer, name="在谈", amount=5_000)

    shown = desk.get(
        reverse("customers:customer-detail", args=[customer.pk]), {"tab": "opportunities"}
    )

    [(_counter, number, added)] = shown.context["counted"]
    assert (number, added) == (1, 5_000)
    assert "丢了" in shown.content.decode()
    assert f"{LIST}?customer={customer.pk}" in shown.content.decode()


def test_the_dashboard_tells_what_is_expected_this_month(desk, make_opportunity, make_customer):
    customer, today = make_customer("enabled"), timezone.localdate()
    later = today.replace(day=28) + datetime.timedelta(10)
    make_opportunity(customer=customer, name="本月", expected_date=today, amount=7_000)
    make_opportunity(customer=customer, name="下月", expected_date=later)
    make_opportunity("won", customer=customer, name="已赢", expected_date=today)

    page = desk.get(reverse("customers:dashboard")).content.decode()

    panel = page[page.index("预计本月签约") :]
    assert ("本月" in panel, "下月" in panel, "已赢" in panel) == (True, False, False)
    assert "7,000.00" in panel
    assert '<th scope="col" class="num">预计金额</th>' in panel
    assert "cell-hide" not in panel


def test_what_may_not_be_seen_is_not_told_beside_the_customer(client, make_customer, nobody, cast):
    customer = make_customer("enabled")
    client.force_login(cast["clerk"])

    assert client.get(LIST).status_code == 200
    client.force_login(nobody)
    assert client.get(LIST).status_code == 403
    assert client.get(reverse("customers:customer-detail", args=[customer.pk])).status_code == 403


def test_a_disabled_customer_stays_on_its_opportunities(desk, make_opportunity, reviewer):
    one = make_opportunity()
    move_customer(one.customer, "disable", reviewer)

    assert str(one.customer) in desk.get(page_of(one)).content.decode()
