"""Who may do what: roles add up to permissions, scope follows the unit, masks hide numbers."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from core import access, extend
from core.catalog import Row
from core.workflow import State, Workflow


def test_nobody_has_roles_or_permissions():
    assert access.roles_of(AnonymousUser()) == frozenset()
    assert access.permissions_of(AnonymousUser()) == frozenset()


def test_the_permissions_of_several_roles_add_up(make_user, units):
    both = make_user("both", "clerk", "reviewer", unit=units.first)
    roles = extend.roles()

    assert access.roles_of(both) == {"clerk", "reviewer"}
    assert access.permissions_of(both) == roles["clerk"].permissions | roles["reviewer"].permissions
    assert access.sees_everything(both)


def test_a_group_that_is_no_role_gives_nothing(make_user):
    stranger = make_user("stranger")
    stranger.groups.add(Group.objects.create(name="somebody else's group"))

    assert access.roles_of(stranger) == frozenset()
    assert access.permissions_of(stranger) == frozenset()


def test_permissions_in_the_tables_of_django_give_nothing(make_user):
    from django.contrib.auth.models import Permission

    user = make_user("granted")
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="customers"))

    assert not user.has_perm("customers.change_customer")


def test_a_superuser_has_every_permission_of_every_role(make_user):
    root = make_user("root", is_superuser=True)

    every = frozenset().union(*(role.permissions for role in extend.roles().values()))
    assert access.permissions_of(root) == every
    assert access.sees_everything(root)


@pytest.mark.parametrize("is_superuser", [True, False])
def test_an_inactive_user_has_nothing(make_user, is_superuser):
    user = make_user("gone", "admin", is_superuser=is_superuser, is_active=False)

    assert access.roles_of(user) == frozenset()
    assert access.permissions_of(user) == frozenset()
    assert not user.has_perm("customers.view_customer")


def test_roles_are_asked_for_once_per_user(clerk, django_assert_num_queries):
    with django_assert_num_queries(1):
        access.permissions_of(clerk)
        access.permissions_of(clerk)
        access.sees_everything(clerk)


def test_a_user_reaches_the_own_unit_and_those_below(clerk, units, nobody, make_user):
    assert access.units_below(clerk) == sorted([units.first.pk, units.team.pk])
    assert access.units_below(make_user("unplaced", "clerk")) == []


def view_of(*permissions):
    @access.requires(*permissions)
    def view(request, word):
        return word

    return view


def asked(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_a_view_opens_with_any_one_of_its_permissions(clerk):
    view = view_of("customers.approve_customer", "customers.view_customer")

    assert view(asked(clerk), "in") == "in"
    assert view.access == ("customers.approve_customer", "customers.view_customer")


def test_a_view_is_forbidden_without_its_permission(clerk, nobody):
    for user in (clerk, nobody, AnonymousUser()):
        with pytest.raises(PermissionDenied):
            view_of("customers.approve_customer")(asked(user), "in")


def test_views_for_all_say_so():
    def view(request):
        return "in"

    assert access.public(view).access == ("public",)
    assert access.public(view).login_required is False
    assert access.signed_in(view).access == ("signed-in",)


def test_a_controlled_field_of_a_record_in_force_changes_by_request_only(monkeypatch):
    monkeypatch.setattr(extend, "change_rules", {"r": lambda *_: "", "no": lambda *_: "No."})
    free, held, barred = (
        Row("a", "s", change="r"),
        Row("a", "s", change="r", controlled=True),
        Row("a", "s", change="no", controlled=True),
    )
    states = (State("open", "", "", ""), State("live", "", "", "", is_in_force=True))
    life = Workflow("w", states, (), {})

    def record(state, pk=1):
        return SimpleNamespace(pk=pk, state=state, workflow=life)

    assert access.may_change(free, "u", record("live")) == ""
    assert access.may_change(held, "u", record("open")) == ""
    assert access.may_change(held, "u", record("live", pk=None)) == ""
    assert access.may_change(held, "u", None) == ""
    assert access.may_change(held, "u", record("live")) != ""
    assert access.may_ask(held, "u", record("live")) == ""
    assert access.may_change(barred, "u", record("live")) == "No."
    assert access.may_ask(barred, "u", record("live")) == "No."


def test_a_field_is_seen_when_its_rule_has_nothing_against_it(monkeypatch):
    monkeypatch.setattr(extend, "see_rules", {"all": lambda *_: "", "few": lambda *_: "No."})

    assert access.may_see(Row("a", "s"), None, None)
    assert not access.may_see(Row("a", "s", see="few"), None, None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("4000023009200123456", "**** 3456"),
        ("123456789", "**** 6789"),
        ("12345678", "****"),
        ("1", "****"),
        ("", ""),
    ],
)
def test_a_number_is_masked_to_its_tail(value, shown):
    assert access.mask(value) == shown


class TestRoleBackend:
    """Django's own questions are answered from the role table."""

    def test_the_roles_decide(self, clerk, reviewer):
        assert clerk.has_perm("customers.submit_customer")
        assert not clerk.has_perm("customers.approve_customer")
        assert reviewer.has_perm("customers.approve_customer")
        assert clerk.has_perms(["customers.submit_customer", "customers.view_customer"])

    def test_a_superuser_may_do_everything(self, make_user):
        root = make_user("root", is_superuser=True)

        assert root.has_perm("customers.approve_customer")
        assert root.has_module_perms("customers")

    def test_the_support_site_is_closed_to_roles(self, admin):
        assert not admin.has_module_perms("customers")
