"""Two administrators who shut each other out at the same moment: one of them stays."""

import pytest
from django.contrib.auth.models import Group

from core import people
from core.models import User
from core.saving import Refused
from customers.roles import ROLES
from tests.cast import act_by
from tests.concurrency.racing import race


@pytest.mark.django_db(transaction=True)
def test_somebody_is_left_to_manage_users():
    for role in ROLES:
        Group.objects.get_or_create(name=role.name)
    pair = [User.objects.create_user(name, display_name=name) for name in ("one", "two")]
    for user in pair:
        user.groups.add(Group.objects.get(name="admin"))
    first, second = pair

    outcome = race(
        [
            lambda: people.set_active(second.pk, False, version=0, act=act_by(first)),
            lambda: people.set_active(first.pk, False, version=0, act=act_by(second)),
        ],
        before="FOR UPDATE",
    )

    assert people.managers().count() == 1
    assert [type(result) for result in outcome if isinstance(result, Exception)] == [Refused]
