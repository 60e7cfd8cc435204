"""Groups follow the role table."""

from django.contrib.auth.models import Group

from core import people
from customers.roles import ROLES


def test_migrating_made_every_group(db):
    assert {role.name for role in ROLES} <= set(Group.objects.values_list("name", flat=True))


def test_a_missing_group_comes_back_and_others_stay(db, clerk):
    Group.objects.filter(name="viewer").delete()
    Group.objects.create(name="somebody else")

    people.make_groups(using="default")
    people.make_groups(using="default")

    names = list(Group.objects.values_list("name", flat=True))
    assert names.count("viewer") == 1
    assert "somebody else" in names
    assert clerk.groups.filter(name="clerk").exists()
