"""The registries: roles add up, rules are found by name, unknown names raise."""

import pytest

from core import access, checks, extend
from core.catalog import Row
from core.extend import NavItem, Panel, Role, Tab, Veto


@pytest.fixture(autouse=True)
def _untouched(monkeypatch):
    for name in ("_roles", "see_rules", "change_rules", "_subjects", "_seams"):
        monkeypatch.setattr(extend, name, dict(getattr(extend, name)))
    for name in ("_nav", "_doubles"):
        monkeypatch.setattr(extend, name, list(getattr(extend, name)))


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

    assert extend.see_rules["secret"] is see
    assert extend.change_rules["mine"] is change
    assert extend.see_rules["all"](None, None) == ""


@pytest.mark.parametrize("ask", [access.may_see, access.may_change])
def test_an_unknown_rule_is_a_mistake_of_the_table(ask):
    row = Row("a", "s", see="nobody wrote this", change="nobody wrote this")

    with pytest.raises(KeyError):
        ask(row, None, None)


def test_navigation_keeps_the_order_given():
    before = len(extend.nav_items())
    items = [NavItem("s", label, "x:y", "plus", "a.b") for label in ("b", "a")]

    extend.add_nav(items)

    assert extend.nav_items()[before:] == items


def test_navigation_stands_behind_what_it_names():
    first, last, between = (NavItem("s", name, name, "plus", "") for name in ("x:1", "x:2", "x:3"))

    extend.add_nav([first, last])
    extend.add_nav([between], after="x:1")

    assert extend.nav_items()[-3:] == [first, between, last]


def show(*given):
    """Show nothing."""


def test_what_is_added_stands_where_it_was_added_to():
    panels = [Panel(to="house", name=name, template="", show=show) for name in ("b", "a")]
    tab = Tab(to="house", name="b", label="", template="", show=show)

    extend.add_seams(*panels, tab)

    assert extend.seams(Panel, "house") == panels
    assert extend.seams(Tab, "house") == [tab]
    assert extend.seams(Tab, "garden") == []


def test_doubles_and_what_is_added_to_nothing_are_found():
    extend.add_seams(
        *(Panel(to="house", name="door", template=name, show=show) for name in ("one", "two")),
        Tab(to="no.kind", name="tab", label="", template="", show=show),
        Veto(to="no-life", name="veto", move="go", ask=show),
    )

    found = checks.loose_seams()

    assert [one.id for one in found] == ["core.E005"] * 3
    assert ["door" in found[0].msg, "no.kind" in found[1].msg, "no-life" in found[2].msg] == [
        True, True, True
    ]  # fmt: skip
    assert extend.seams(Panel, "house")[0].template == "one"
