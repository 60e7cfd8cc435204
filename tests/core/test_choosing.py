"""Values are found as people type them: by code, name, pinyin, initials and path."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Q

from core import extend, saving
from core.choosing import MOST
from customers.models import Region, Tag
from customers.services.aggregates import REFERENCE
from tests.cast import act_by

REGION, BANK, TAG = "customers.region", "customers.bank", "customers.tag"


def make(stem: str, code: str, name: str, by: Any, **more: Any) -> Any:
    return saving.create(REFERENCE[stem], {"code": code, "name": name, **more}, act=act_by(by))


def names(source: str, user: Any, text: str, **more: Any) -> list[str]:
    return [one.name for one in extend.source(source).options(user, text, **more)]


def meant(source: str, user: Any, text: str) -> Any:
    return extend.source(source).resolve(user, [text])[text]


@pytest.mark.parametrize(
    "text",
    ["hangzhou", "HANGZHOU", "hang zhou", "hzs", "杭州", "杭州市", "330100", "ｈａｎｇｚｈｏｕ"],
)
def test_a_city_comes_first_however_it_is_typed(clerk: Any, world: Any, text: str) -> None:
    assert names(REGION, clerk, text)[0] == "杭州市"


def test_initials_find_all_that_begin_so_and_exact_ones_first(clerk: Any, world: Any) -> None:
    found = names(REGION, clerk, "hz")

    assert {"杭州市", "湖州市", "惠州市", "菏泽市", "贺州市", "汉中市"} <= set(found)
    assert names(REGION, clerk, "bj")[0] == "北京市"


def test_what_stands_below_follows_with_its_path(clerk: Any, world: Any) -> None:
    found = extend.source(REGION).options(clerk, "浙江")

    assert [one.name for one in found[:3]] == ["浙江省", "杭州市", "宁波市"]
    assert (found[0].note, found[1].note, found[1].text) == ("", "浙江省", "杭州市 330100")


def test_words_narrow_by_path(clerk: Any, world: Any) -> None:
    assert names(REGION, clerk, "浙江 hz") == ["杭州市", "湖州市"]


def test_a_list_is_cut_and_says_so_by_one_more(clerk: Any, world: Any) -> None:
    assert len(names(REGION, clerk, "")) == MOST + 1
    assert extend.source(REGION).few(clerk) is None
    assert len(extend.source("customers.customertype").few(clerk)) == 7


@pytest.mark.parametrize("who", ["clerk", "outsider", "admin"])
def test_a_short_list_is_what_may_be_chosen(cast: Any, world: Any, who: str) -> None:
    units, user = extend.source("core.unit"), cast[who]
    without = units.narrowed(~Q(code="T1"))

    for source in (units, without, extend.source("customers.salesperson")):
        expected = [source.text(row) for row in source.rows(user)]
        assert [words for words, _depth in source.few(user)] == expected
    assert all(row.code != "T1" for row in without.rows(user))


@pytest.mark.parametrize("text", ["\x00", "\ud800", "%", "_", "x" * 5000, "\\"])
def test_nonsense_finds_nothing(clerk: Any, world: Any, text: str) -> None:
    assert names(REGION, clerk, text) == []
    assert meant(REGION, clerk, text).value is None


def test_asking_costs_one_query_and_one_for_the_path(
    clerk: Any, world: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        names(REGION, clerk, "浙江 z")
    with django_assert_max_num_queries(1):
        names(BANK, clerk, "gs")


@pytest.mark.parametrize(
    "text",
    ["330100", "杭州市", "杭州市 330100", "330100 杭州市", "浙江省 / 杭州市", "浙江省/杭州市",
     "浙江省＞杭州市", " 杭州市 ", "hangzhoushi", "hangzhou", "杭州"],
)  # fmt: skip
def test_a_text_means_one_value(clerk: Any, world: Any, text: str) -> None:
    assert meant(REGION, clerk, text).value == Region.objects.get(code="330100")


def test_what_fits_several_is_asked(clerk: Any, world: Any) -> None:
    found = meant(REGION, clerk, "hzs")

    assert found.value is None
    assert {one.name for one in found.candidates} >= {"杭州市", "湖州市"}


def test_a_code_is_surer_than_a_name(clerk: Any, admin: Any, world: Any) -> None:
    odd = make("bank", "X9", "102", admin)

    assert meant(BANK, clerk, "102").value == world.bank
    assert meant(BANK, clerk, "X9").value == odd


def test_equal_names_are_told_apart_by_their_codes(clerk: Any, admin: Any, world: Any) -> None:
    one, two = make("tag", "A1", "大客户", admin), make("tag", "A2", "大客户", admin)

    assert [c.code for c in meant(TAG, clerk, "大客户").candidates] == ["A1", "A2"]
    assert meant(TAG, clerk, "大客户 A2").value == two
    assert meant(TAG, clerk, "a1").value == one


def test_one_letter_is_no_choice(clerk: Any, world: Any) -> None:
    found = meant(BANK, clerk, "中国工")

    assert (found.value, found.is_guess) == (world.bank, True)
    assert meant("customers.settlementmethod", clerk, "现").value is None


def test_what_is_disabled_is_neither_offered_nor_taken(clerk: Any, admin: Any, world: Any) -> None:
    tag = make("tag", "OFF", "已停用标签", admin)
    saving.change(REFERENCE["tag"], tag.pk, {"is_active": False}, version=1, act=act_by(admin))

    assert names(TAG, clerk, "已停用标签") == []
    assert names(TAG, clerk, "已停用标签", every=True) == ["已停用标签"]
    assert meant(TAG, clerk, "OFF").is_outside


def test_many_texts_cost_one_query(
    clerk: Any, world: Any, django_assert_max_num_queries: Any
) -> None:
    codes = [tag.code for tag in Tag.objects.in_order()]

    with django_assert_max_num_queries(1):
        found = extend.source(TAG).resolve(clerk, codes)
    assert [found[code].value.code for code in codes] == codes


def test_a_new_name_is_spelled_anew(clerk: Any, admin: Any, world: Any) -> None:
    tag = make("tag", "R1", "重庆", admin)
    assert names(TAG, clerk, "chongqing") == ["重庆"]

    saving.change(REFERENCE["tag"], tag.pk, {"name": "绿色"}, version=1, act=act_by(admin))

    assert names(TAG, clerk, "chongqing") == []
    assert names(TAG, clerk, "lvse") == names(TAG, clerk, "ls") == ["绿色"]


def test_a_clerk_finds_departments_and_salespeople_of_the_own_scope(
    clerk: Any, reviewer: Any, world: Any
) -> None:
    assert names("core.unit", clerk, "") == ["销售一部", "一组"]
    assert {"总公司", "销售二部"} <= set(names("core.unit", reviewer, ""))
    assert "赵敏" not in names("customers.salesperson", clerk, "")
    assert "赵敏" in names("customers.salesperson", reviewer, "zm")
    assert meant("core.unit", clerk, "销售二部").is_outside


def test_people_are_found_by_account_and_name(clerk: Any, admin: Any, world: Any) -> None:
    assert names("core.user", clerk, "adm") == [admin.display_name]
    assert names("core.user", clerk, "李文") == ["李文静"]
