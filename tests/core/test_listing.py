"""Filters, what an address means, and the columns people choose."""

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from core import plans, saving
from core.listing import OWN, Asked
from core.models import Preference
from customers.forms.customer_filter import LISTING
from customers.models import Customer
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by


@pytest.fixture
def asked(clerk):
    def read(query) -> Asked:
        return LISTING.read(QueryDict(query), clerk)

    return read


# Filters


@pytest.fixture
def found(clerk):
    def find(query, user=None):
        asked = LISTING.read(QueryDict(query), user or clerk)
        assert asked.notices == ()
        visible = Customer.objects.visible_to(user or clerk)
        return set(LISTING.narrowed(visible, asked).values_list("name", flat=True))

    return find


@pytest.fixture
def two(make_customer, world):
    """甲 differs from 乙 in every field a filter asks for."""
    first = make_customer(
        name="甲公司",
        code="AB-1",
        nature="private",
        category=world.category,
        tags=[world.tag],
        credit_managed=False,
        credit_limit="500000.00",
        founded_date=date(2020, 5, 1),
        region=world.beijing,
    )
    make_customer(
        "submitted",
        name="乙公司",
        nature="state",
        tags=[world.other_tag],
        parent=first,
        credit_limit="900.50",
        founded_date=date(2010, 5, 1),
        region=world.shanghai,
        department=world.units.team,
    )
    return first


@pytest.mark.parametrize(
    "query",
    [
        "state=draft",
        "code=ab-",
        "name=甲",
        "nature=private&nature=foreign",
        "credit_limit_min=1000",
        "credit_limit_min=1,000&credit_limit_max=500000",
        "founded_date_from=2020-05-01",
        "founded_date_from=2020-01-01&founded_date_to=2020-05-01",
        "founded_date_from=２０２０－０５－０１&founded_date_to=2020年5月1日",
        "q=甲公",
    ],
)
def test_filter_keeps_what_fits(found, two, query):
    assert found(query) == {"甲公司"}


def test_filters_by_reference_tree_and_mark(found, two, world):
    assert found(f"tags={world.tag.pk}") == {"甲公司"}
    assert found(f"tags={world.tag.pk}&tags={world.other_tag.pk}") == {"甲公司", "乙公司"}
    assert found(f"category={world.category.pk}") == {"甲公司"}
    assert found(f"region={world.shanghai.pk}") == {"乙公司"}
    assert found(f"department={world.units.first.pk}") == {"甲公司", "乙公司"}
    assert found(f"department={world.units.team.pk}") == {"乙公司"}


def test_filter_by_person(found, two, clerk, colleague):
    assert found(f"created_by={clerk.pk}") == {"甲公司", "乙公司"}
    assert found(f"created_by={colleague.pk}") == set()


def test_filter_by_moment_takes_whole_days_here(found, two):
    today = timezone.localdate()

    assert found(f"created_at_from={today}&created_at_to={today}") == {"甲公司", "乙公司"}
    assert found(f"created_at_to={today - timedelta(days=1)}") == set()


def test_filter_by_parent_takes_what_is_chosen_or_typed(found, two):
    typed = ("ab-1", "AB-1 甲公司", "甲公司")
    for query in (f"parent={two.pk}", *(f"parent_is={words}" for words in typed)):
        assert found(query) == {"乙公司"}


def test_a_typed_part_of_a_parent_is_answered_with_those_that_fit(asked, two):
    read = asked("parent_is=甲")

    assert len(read.notices) == 1
    offered = read.filters.form["parent"].as_widget()
    assert '<input type="radio" name="parent_is" value="AB-1 甲公司"> AB-1 甲公司' in offered
    assert "<small>草稿</small>" in offered


def test_a_parent_out_of_sight_is_no_value_to_filter_by(asked, make_customer, outsider, units):
    hidden = make_customer(by=outsider, name="丙公司", code="XX-9", department=units.second)
    make_customer(name="丁公司", parent=hidden)

    for query in (f"parent={hidden.pk}", "parent_is=xx-9", "parent_is=丙"):
        read = asked(query)
        assert len(read.notices) == 1
        assert "丙公司" not in read.filters.form["parent"].as_widget()


def test_filter_by_check_due(found, make_customer, reviewer):
    enabled = make_customer("enabled", name="到期公司")
    make_customer("enabled", name="未到期公司")
    saving.change(
        AGGREGATE,
        enabled.pk,
        {"review_due_date": timezone.localdate()},
        version=enabled.version,
        act=act_by(reviewer),
    )

    assert found("review_due=1") == {"到期公司"}
    assert found("review_due=0") == {"未到期公司"}


def test_filter_by_import_asks_for_its_number(found, two):
    assert found("import=YR-20260101-99") == set()
    assert found("import=") == {"甲公司", "乙公司"}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("科技", True), ("kehu 科", True), ("KEHU", True), ("（北京）", True), ("2号", True),
        ("É店", True), ("100%", True), ("10_%", False), ("技科", False),
    ],
)  # fmt: skip
def test_a_part_of_a_text_is_found_whatever_its_case(make_customer, text, fits):
    customer = make_customer(name="Kehu 科技（北京）É店100%公司2号")

    found = Customer.objects.filter(plans.containing(text, "remark", "name"))

    assert list(found) == [customer] * fits


@pytest.mark.parametrize(("text", "how"), [("科技 2号", "contains"), ("科k", "icontains")])
def test_only_what_has_a_case_is_compared_without_it(text, how):
    assert plans.containing(text, "name") == Q(**{f"name__{how}": text})


def test_search_finds_code_name_contact_and_phone(found, make_customer):
    make_customer(
        name="天津海河物流", code="TJ-77", contacts=[{"name": "欧阳雪", "mobile": "13912345678"}]
    )
    make_customer(name="其他公司")

    for text in ("tj-77", "海河", "欧阳", "2345678"):
        assert found(f"q={text}") == {"天津海河物流"}


# What an address means


@pytest.mark.parametrize(
    "query",
    [
        "no_such=1",
        "state=no_such",
        "sort=no_such",
        "sort=remark",
        "per=7",
        "after=x",
        "before=x~1",
        "tags=999999999999999999999",
        "tags=0",
        "tags=-1",
        "tags=abc",
        "region=99999999999999999999",
        "region=x",
        "created_by=88888888",
        "credit_limit_min=1e309",
        "credit_limit_min=NaN",
        "credit_days_min=99999999999",
        "credit_limit_min=5&credit_limit_max=1",
        "founded_date_from=x",
        "created_at_from=0001-01-01",
        "created_at_to=9999-12-31",
        "credit_managed=maybe",
        "name=%00",
        "q=%00",
        "q=" + "x" * 101,
        "name=" + "x" * 101,
        "q=%E2%80%AEabc",
        "review_due=7",
        "parent=x",
        "parent_is=" + "x" * 201,
        "parent_is=%00",
    ],
)
def test_nonsense_is_left_out_and_said(asked, query):
    read = asked(query)

    assert len(read.notices) == 1
    assert read.pairs == ()
    assert list(LISTING.narrowed(Customer.objects.all(), read)) == []


def test_hundreds_of_values_are_refused(asked):
    assert asked("&".join(f"tags={number}" for number in range(1, 300))).notices


def test_url_keeps_what_narrows_and_drops_the_position(asked):
    read = asked("q=a&state=draft&state=returned&per=100&after=&n=5")

    assert read.url() == "?q=a&state=draft&state=returned&per=100"
    assert read.url("state", after="x~1") == "?q=a&per=100&after=x~1"


def test_chip_says_label_and_words_and_drops_its_own_condition(asked):
    read = asked("state=draft&state=submitted&credit_limit_min=1000")

    chips = {chip["label"]: chip for chip in read.chips()}

    assert chips["状态"]["words"] == "草稿、待审核"
    assert chips["状态"]["remove"] == "?credit_limit_min=1000"
    assert chips["信用额度"]["remove"] == "?state=draft&state=submitted"


def test_only_the_filters_asked_for_are_built(asked):
    assert set(asked("state=draft&add=region").filters.filters) == {"state", "region"}
    assert asked("").filters is None


# Columns


def test_columns_are_the_default_until_somebody_chooses(clerk):
    assert [one.name for one in LISTING.columns_of(clerk)] == list(LISTING.default)


def test_chosen_columns_keep_their_order_and_the_fixed_ones(clerk, colleague):
    LISTING.store_columns(clerk, ["phone", "name", "no_such", "code", "phone"])

    assert [one.name for one in LISTING.columns_of(clerk)] == ["phone", "name", "code"]
    assert [one.name for one in LISTING.columns_of(colleague)] == list(LISTING.default)


def test_no_columns_restore_the_default(clerk):
    LISTING.store_columns(clerk, ["phone"])
    LISTING.store_columns(clerk, [])

    assert [one.name for one in LISTING.columns_of(clerk)] == list(LISTING.default)


@pytest.mark.parametrize("junk", [{"a": 1}, 7, "name", [7, None, ["x"]]])
def test_a_damaged_choice_does_no_harm(clerk, junk):
    Preference.objects.create(user=clerk, name="columns:customers.customer", value=junk)

    assert [one.name for one in LISTING.columns_of(clerk)] == ["code", "name"]


def test_no_parameter_of_a_filter_collides_with_the_lists_own():
    assert OWN.isdisjoint(LISTING.filters.owners())
