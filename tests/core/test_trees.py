"""Trees: a node knows its place, takes what is below along, and cannot stand below itself."""

import pytest

from core import saving
from core.trees import Loop
from customers.models import Category
from customers.services.aggregates import REFERENCE
from tests.cast import act_by

CATEGORY = REFERENCE["category"]


@pytest.fixture
def tree(clerk):
    """A with A1 (with A11) and A2; B."""

    def add(code, parent=None):
        return saving.create(
            CATEGORY, {"code": code, "name": code, "parent": parent}, act=act_by(clerk)
        )

    nodes = {"ZA": add("ZA"), "ZB": add("ZB")}
    nodes["ZA1"] = add("ZA1", nodes["ZA"])
    nodes["ZA2"] = add("ZA2", nodes["ZA"])
    nodes["ZA11"] = add("ZA11", nodes["ZA1"])
    return nodes


def change(node, clerk, **values):
    node.refresh_from_db()
    return saving.change(CATEGORY, node.pk, values, version=node.version, act=act_by(clerk))


def fresh(tree, name):
    return Category.objects.get(pk=tree[name].pk)


def path(tree, *names):
    return "/" + "".join(f"{tree[name].pk}/" for name in names)


def order(tree):
    nodes = Category.objects.filter(pk__in=[node.pk for node in tree.values()])
    return [node.code for node in nodes.in_order()]


def test_a_new_node_knows_its_place(tree):
    assert fresh(tree, "ZA").path == path(tree, "ZA")
    assert fresh(tree, "ZA11").path == path(tree, "ZA", "ZA1", "ZA11")
    assert fresh(tree, "ZA11").sort_path == "ZA!ZA011!ZA0211!"
    assert fresh(tree, "ZA11").depth == 2
    assert order(tree) == ["ZA", "ZA1", "ZA11", "ZA2", "ZB"]


def test_a_node_moves_with_everything_below_it(tree, clerk):
    change(tree["ZA1"], clerk, parent=tree["ZB"])

    assert fresh(tree, "ZA1").path == path(tree, "ZB", "ZA1")
    assert fresh(tree, "ZA11").path == path(tree, "ZB", "ZA1", "ZA11")
    assert fresh(tree, "ZA11").sort_path == "ZB!ZA011!ZA0211!"
    assert fresh(tree, "ZA2").path == path(tree, "ZA", "ZA2")
    assert order(tree) == ["ZA", "ZA2", "ZB", "ZA1", "ZA11"]


def test_several_nodes_move_in_one_call_each_with_what_is_below(tree, clerk):
    edits = [
        saving.Edit(tree["ZA"].pk, 1, {"parent": tree["ZB"]}),
        saving.Edit(tree["ZA1"].pk, 1, {"parent": None}),
        saving.Edit(tree["ZB"].pk, 1, {"code": "ZC"}),
    ]

    outcome = saving.bulk_change(CATEGORY, edits, act=act_by(clerk))

    assert outcome.changed == sorted(edit.pk for edit in edits)
    assert fresh(tree, "ZA2").path == path(tree, "ZB", "ZA", "ZA2")
    assert fresh(tree, "ZA2").sort_path == "ZC!ZA!ZA012!"
    assert fresh(tree, "ZA11").path == path(tree, "ZA1", "ZA11")
    assert order(tree) == ["ZA1", "ZA11", "ZC", "ZA", "ZA2"]


def test_a_node_becomes_a_root_with_everything_below_it(tree, clerk):
    change(tree["ZA1"], clerk, parent=None)

    assert fresh(tree, "ZA1").path == path(tree, "ZA1")
    assert fresh(tree, "ZA11").path == path(tree, "ZA1", "ZA11")


def test_below_means_the_node_and_its_descendants(tree):
    found = Category.objects.below(fresh(tree, "ZA"))

    assert {node.code for node in found} == {"ZA", "ZA1", "ZA11", "ZA2"}


@pytest.mark.parametrize("target", ["ZA", "ZA1", "ZA11"])
def test_a_node_cannot_stand_below_itself(tree, clerk, target):
    with pytest.raises(Loop):
        change(tree["ZA"], clerk, parent=fresh(tree, target))

    assert fresh(tree, "ZA").path == path(tree, "ZA")
    assert fresh(tree, "ZA").version == 1


def test_a_new_code_carries_the_order_of_everything_below_along(tree, clerk):
    change(tree["ZA"], clerk, code="ZZ")

    assert fresh(tree, "ZA").path == path(tree, "ZA")
    assert fresh(tree, "ZA11").sort_path == "ZZ!ZA011!ZA0211!"
    assert fresh(tree, "ZA11").path == path(tree, "ZA", "ZA1", "ZA11")
    assert order(tree) == ["ZB", "ZZ", "ZA1", "ZA11", "ZA2"]


def test_a_new_name_leaves_every_path_alone(tree, clerk):
    before = {name: (fresh(tree, name).path, fresh(tree, name).sort_path) for name in tree}

    change(tree["ZA"], clerk, name="新名")

    assert {n: (fresh(tree, n).path, fresh(tree, n).sort_path) for n in tree} == before


def test_a_node_whose_code_starts_like_another_is_not_taken_along(tree, clerk):
    change(tree["ZA1"], clerk, code="ZA1X")

    assert fresh(tree, "ZA2").sort_path == "ZA!ZA012!"
    assert fresh(tree, "ZA11").sort_path == "ZA!ZA011X!ZA0211!"


def test_nodes_stand_in_the_order_of_their_numbers_each_with_what_is_below(tree, clerk):
    change(tree["ZA2"], clerk, code="ZA10")
    change(tree["ZB"], clerk, code="ZA-1")

    assert order(tree) == ["ZA", "ZA1", "ZA11", "ZA10", "ZA-1"]
