"""People: accounts, roles, activity, passwords, the last administrator, the history."""

import pytest

from core import people
from core.models import Change, User
from core.people import Profile
from core.saving import Refused, Stale
from tests.cast import PASSWORD, act_by

GOOD = "brave yellow tram"


def told(user):
    return list(
        Change.objects.filter(subject_type="core.user", subject_id=user.pk).order_by("version")
    )


def profile_of(user, **over):
    given = {
        "display_name": user.display_name,
        "unit": user.unit,
        "roles": frozenset(user.groups.values_list("name", flat=True)),
        **over,
    }
    return Profile(**given)


def test_a_new_person_may_sign_in_and_is_told(client, admin, units):
    made = people.create(
        "ＬiSi",
        Profile("李四", units.first, frozenset({"clerk", "viewer"})),
        password=GOOD,
        act=act_by(admin),
    )

    assert made.username == "lisi"
    assert client.login(username="lisi", password=GOOD)
    assert [entry.changes["fields"]["roles"] for entry in told(made)] == [["", "clerk,viewer"]]
    assert GOOD not in str(told(made)[0].changes)


def test_an_account_name_is_unique_whatever_its_case(admin, make_user):
    make_user("LiSi")

    with pytest.raises(Refused) as refusal:
        people.create("lisi", Profile("李四", None, frozenset()), password=GOOD, act=act_by(admin))

    assert "username" in refusal.value.fields


@pytest.mark.parametrize("weak", ["short", "12345678901", "password1", "zhaoliuzhaoliu"])
def test_a_weak_password_is_refused(admin, weak):
    with pytest.raises(Refused) as refusal:
        people.create(
            "zhaoliuzhaoliu", Profile("赵六", None, frozenset()), password=weak, act=act_by(admin)
        )

    assert "password1" in refusal.value.fields


def test_new_roles_end_the_sessions(client, admin, clerk):
    client.force_login(clerk)

    people.change(
        clerk.pk, profile_of(clerk, roles=frozenset({"viewer"})), version=0, act=act_by(admin)
    )

    assert client.get("/preferences/").status_code == 302
    assert told(clerk)[0].changes["fields"] == {"roles": ["clerk", "viewer"]}


def test_a_new_name_keeps_the_session(client, admin, clerk):
    client.force_login(clerk)

    people.change(clerk.pk, profile_of(clerk, display_name="李文"), version=0, act=act_by(admin))

    assert client.get("/preferences/").status_code == 200


def test_the_same_again_writes_nothing(admin, clerk):
    people.change(clerk.pk, profile_of(clerk), version=0, act=act_by(admin))

    assert told(clerk) == []


def test_shutting_out_ends_the_sessions_and_letting_in_does_not_revive_them(client, admin, clerk):
    client.force_login(clerk)

    people.set_active(clerk.pk, False, version=0, act=act_by(admin))
    people.set_active(clerk.pk, True, version=1, act=act_by(admin))

    assert client.get("/preferences/").status_code == 302
    assert [entry.action for entry in told(clerk)] == ["disable", "enable"]


def test_a_new_password_ends_the_sessions(client, admin, clerk):
    client.force_login(clerk)

    people.set_password(clerk.pk, GOOD, version=0, act=act_by(admin))

    assert client.get("/preferences/").status_code == 302
    assert not client.login(username="clerk", password=PASSWORD)
    assert client.login(username="clerk", password=GOOD)


def test_a_stale_version_changes_nothing(admin, clerk):
    people.set_active(clerk.pk, False, version=0, act=act_by(admin))

    with pytest.raises(Stale):
        people.set_active(clerk.pk, True, version=0, act=act_by(admin))

    clerk.refresh_from_db()
    assert not clerk.is_active


@pytest.mark.parametrize(
    "remove",
    [
        lambda one, act: people.change(
            one.pk, profile_of(one, roles=frozenset({"viewer"})), version=0, act=act
        ),
        lambda one, act: people.set_active(one.pk, False, version=0, act=act),
    ],
)
def test_the_last_administrator_stays(admin, remove):
    with pytest.raises(Refused):
        remove(admin, act_by(admin))

    admin.refresh_from_db()
    assert admin.is_active
    assert admin.groups.filter(name="admin").exists()


def test_one_of_two_administrators_may_go(admin, make_user):
    make_user("second", "admin")

    people.set_active(admin.pk, False, version=0, act=act_by(admin))

    admin.refresh_from_db()
    assert not admin.is_active


def test_an_administrator_cannot_take_over_an_account_with_every_right(admin, make_user):
    root = make_user("root", is_superuser=True)

    with pytest.raises(Refused):
        people.set_password(root.pk, GOOD, version=0, act=act_by(admin))

    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_the_machine_itself_is_nobody_to_change(admin, system_user):
    with pytest.raises(Stale):
        people.set_password(system_user.pk, GOOD, version=0, act=act_by(admin))


def test_a_password_from_somebody_else_is_temporary(admin, clerk):
    people.set_password(clerk.pk, GOOD, version=0, act=act_by(admin))
    people.set_password(admin.pk, GOOD, version=0, act=act_by(admin))

    clerk.refresh_from_db()
    admin.refresh_from_db()
    assert (clerk.must_change_password, admin.must_change_password) == (True, False)


def test_a_new_account_has_a_temporary_password(admin):
    profile = people.Profile("新人", None, frozenset({"viewer"}))

    made = people.create("newcomer", profile, password=GOOD, act=act_by(admin))

    assert User.objects.get(pk=made.pk).must_change_password is True
