"""Reference values: rules of codes and trees, use, and what the history keeps."""

import pytest

from core import saving
from core.models import Change
from core.saving import Duplicate, Refused, Stale
from customers.models import Category, Tag
from customers.services import reference
from customers.services.reference import KINDS
from tests.cast import act_by

CATEGORY, TAG = KINDS["category"], KINDS["tag"]


@pytest.fixture
def act(admin):
    return act_by(admin)


def make(kind, code, act, **more):
    return reference.create(kind, {"code": code, "name": code, **more}, act=act)


def test_every_kind_of_reference_data_has_a_page():
    from customers.services.aggregates import REFERENCE

    assert set(KINDS) == set(REFERENCE)


def test_a_change_is_told_in_the_history(act):
    tag = make(TAG, "NEW", act, tone="info")

    reference.change(TAG, tag.pk, {"name": "新"}, version=1, act=act)

    entries = Change.objects.filter(subject_type="customers.tag", subject_id=tag.pk)
    told = list(entries.order_by("version").values_list("action", "changes"))
    assert told[1] == ("change", {"fields": {"name": ["NEW", "新"]}})


def test_a_code_stands_once(act):
    make(TAG, "NEW", act)

    with pytest.raises(Duplicate) as refusal:
        make(TAG, "NEW", act)

    assert "code" in refusal.value.fields


def test_codes_that_are_numbers_stand_in_their_order(act):
    for code in ("10", "2", "A10", "A2", "乙", "01"):
        make(TAG, code, act)

    tags = reference.values(TAG).filter(code__in=["10", "2", "A10", "A2", "乙", "01"])
    assert [tag.code for tag in tags] == ["01", "2", "10", "A2", "A10", "乙"]


def test_a_value_moves_to_the_place_of_its_new_code(act):
    for code in ("2", "10"):
        make(TAG, code, act)
    first = Tag.objects.get(code="2")

    reference.change(TAG, first.pk, {"code": "20"}, version=1, act=act)

    tags = reference.values(TAG).filter(code__in=["10", "20"])
    assert [tag.code for tag in tags] == ["10", "20"]
    assert "code_sort" not in Change.objects.latest("pk").changes["fields"]


def test_a_node_cannot_stand_below_itself(act):
    top = make(CATEGORY, "A", act)
    low = make(CATEGORY, "B", act, parent=top)
    top = Category.objects.get(pk=top.pk)

    with pytest.raises(Refused) as refusal:
        reference.change(CATEGORY, top.pk, {"parent": low}, version=1, act=act)

    assert "parent" in refusal.value.fields
    assert Category.objects.get(pk=top.pk).path == top.path


def test_a_moved_node_takes_along_what_stands_below(act):
    top, other = make(CATEGORY, "A", act), make(CATEGORY, "X", act)
    low = make(CATEGORY, "B", act, parent=top)
    lowest = make(CATEGORY, "C", act, parent=low)

    reference.change(CATEGORY, low.pk, {"parent": other}, version=1, act=act)

    assert Category.objects.get(pk=lowest.pk).path == f"/{other.pk}/{low.pk}/{lowest.pk}/"
    assert [
        node.code for node in reference.below(Category.objects.get(pk=other.pk)).in_order()
    ] == [
        "X",
        "B",
        "C",
    ]


def test_a_tree_has_ten_levels(act):
    node = None
    for level in range(10):
        node = make(CATEGORY, f"L{level}", act, parent=node)
    pair = make(CATEGORY, "P", act)
    make(CATEGORY, "Q", act, parent=pair)

    with pytest.raises(Refused):
        make(CATEGORY, "L10", act, parent=node)
    with pytest.raises(Refused):
        reference.change(CATEGORY, pair.pk, {"parent": node.parent}, version=1, act=act)


def test_an_unused_value_is_deleted_with_a_snapshot(act):
    tag = make(TAG, "NEW", act)

    reference.delete(TAG, tag.pk, version=1, act=act)

    last = Change.objects.filter(subject_type="customers.tag", subject_id=tag.pk).latest("version")
    assert not Tag.objects.filter(pk=tag.pk).exists()
    assert last.changes["snapshot"]["fields"]["code"] == "NEW"


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("tag", "tag"),
        ("region", "beijing"),
        ("customer-type", "dealer"),
        ("salesperson", "salesperson"),
    ],
)
def test_a_used_value_is_not_deleted(act, world, make_customer, stem, name):
    value = getattr(world, name)
    make_customer(tags=[world.tag])
    value.refresh_from_db()

    with pytest.raises(Refused) as refusal:
        reference.delete(KINDS[stem], value.pk, version=value.version, act=act)

    assert "客户" in refusal.value.problems[0]
    assert reference.used_by(value)


def test_units_are_used_by_people_and_by_units_below(act, clerk, units):
    used = reference.used_by(units.first)

    assert "用户" in used
    assert "部门" in used


def test_a_value_moved_on_is_not_deleted(act):
    tag = make(TAG, "NEW", act)
    reference.set_active(TAG, tag.pk, False, version=1, act=act)

    with pytest.raises(Stale):
        reference.delete(TAG, tag.pk, version=1, act=act)


def test_a_disabled_value_keeps_its_place(act, world, make_customer):
    customer = make_customer()

    reference.set_active(
        KINDS["region"], world.beijing.pk, False, version=world.beijing.version, act=act
    )

    customer.refresh_from_db()
    assert customer.region_id == world.beijing.pk
    assert not customer.region.is_active


def test_codes_of_the_rule_in_force_are_known(world):
    assert reference.active_code_rule_uses(KINDS["region"])
    assert not reference.active_code_rule_uses(KINDS["bank"])


def test_writing_goes_through_saving_only(act):
    from core.models.base import WriteOutsideSaving

    tag = make(TAG, "NEW", act)
    tag.name = "x"

    with pytest.raises(WriteOutsideSaving):
        tag.save()
    assert saving.change(TAG.aggregate, tag.pk, {"name": "y"}, version=1, act=act).name == "y"
