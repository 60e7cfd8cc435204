"""The registries: roles add up, rules are found by name, unknown names raise."""

import pytest

from core import extend
from core.extend import NavItem, Role


@pytest.fixture(autouse=True)
def _untouched(monkeypatch):
    for name in ("_roles", "_see_rules", "_change_rules", "_subjects"):
        monkeypatch.setattr(extend, name, dict(getattr(extend, name)))
    monkeypatch.setattr(extend, "_nav", list(extend._nav))


def test_a_role_named_again_gets_more_permissions_and_keeps_the_rest():
    extend.add_roles([Role("guard", "Guard", frozenset({"a.look"}), "unit", "looks")])
    extend.add_roles([Role("guard", "Other", frozenset({"b.open"}), "all")])

    role = extend.roles()["guard"]

    assert role.permissions == {"a.look", "b.open"}
    assert (role.label, role.scope, role.hint) == ("Guard", "unit", "looks")


def test_rules_are_found_by_name():
    def see(user, obj):
        return "no"

    def change(user, obj):
        return ""

    extend.add_field_rules(see={"secret": see}, change={"mine": change})

    assert extend.see_rule("secret") is see
    assert extend.change_rule("mine") is change
    assert extend.see_rule("all")(None, None) == ""


@pytest.mark.parametrize("find", [extend.see_rule, extend.change_rule])
def test_an_unknown_rule_is_a_mistake_of_the_table(find):
    with pytest.raises(KeyError):
        find("nobody wrote this")


def test_navigation_keeps_the_order_given():
    before = len(extend.nav_items())
    items = [NavItem("s", label, "x:y", "plus", "a.b") for label in ("b", "a")]

    extend.add_nav(items)

    assert extend.nav_items()[before:] == items
