"""What sales adds to customers and to the dashboard is told by right and by sight."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sales.queries.opportunity import MOST_NAMED, still_open


@pytest.fixture
def both(make_opportunity, admin, outsider):
    """An opportunity that the clerk sees, and one of the same customer out of sight."""
    today = timezone.localdate()
    seen = make_opportunity(name="看得见的电源", amount=7_000, expected_date=today)
    hidden = make_opportunity(
        by=admin, customer=seen.customer, department=outsider.unit, name="看不见的电缆",
        amount=900, expected_date=today,
    )  # fmt: skip
    return seen, hidden


def tab(client, customer):
    address = reverse("customers:customer-detail", args=[customer.pk])
    return client.get(f"{address}?tab=opportunities").context


def test_what_is_out_of_sight_is_neither_listed_nor_counted_nor_added_up(desk, both):
    seen, _hidden = both

    shown = tab(desk, seen.customer)

    assert shown["added_data"]["number"] == 1
    assert [found[1:] for found in shown["counted"]] == [(1, seen.amount)]
    panel = desk.get(reverse("customers:dashboard")).content.decode()
    assert seen.name in panel
    assert "看不见的电缆" not in panel
    assert "7,900.00" not in panel


@pytest.mark.parametrize(("who", "may_add"), [("clerk", True), ("viewer", False)])
def test_who_may_not_add_one_is_not_led_to_it(client, both, cast, who, may_add):
    client.force_login(cast[who])

    assert ("add_url" in tab(client, both[0].customer)["added_data"]) is may_add


def test_who_is_refused_is_told_the_names_that_the_person_may_know(both, clerk):
    seen, hidden = both

    (refused,) = still_open([seen.customer], clerk).values()

    assert seen.name in str(refused)
    assert hidden.name not in str(refused)
    assert hidden.masked in str(refused)


def test_of_many_the_first_are_named(make_opportunity, clerk):
    customer = make_opportunity().customer
    for number in range(1, MOST_NAMED):
        make_opportunity(customer=customer, name=f"第{number}个")
    told = [str(still_open([customer], clerk)[customer.pk])]
    make_opportunity(customer=customer, name="最后一个")
    told.append(str(still_open([customer], clerk)[customer.pk]))

    assert ["…" in text for text in told] == [False, True]
    assert "最后一个" not in told[1]


def test_the_dashboard_tells_of_the_month_from_its_first_day_to_its_last(desk, make_opportunity):
    first = timezone.localdate().replace(day=1)
    after = (first + timedelta(32)).replace(day=1)
    customer = make_opportunity(name="第一天签约", expected_date=first).customer
    make_opportunity(customer=customer, name="最后一天签约", expected_date=after - timedelta(1))
    make_opportunity(customer=customer, name="下个月签约", expected_date=after)

    panel = desk.get(reverse("customers:dashboard")).content.decode()

    names = ("第一天签约", "最后一天签约", "下个月签约")
    assert [name in panel for name in names] == [True, True, False]
