"""The pages of users: who may open them, what they show, what a form does."""

import pytest
from django.urls import reverse

from core.forms.keyed import new_key
from core.models import Change, IdempotencyKey, User
from tests.cast import PASSWORD

GOOD = "brave yellow tram"
LIST, ADD = "/settings/users/", "/settings/users/add/"


def typed(**over):
    return {
        "key": new_key(),
        "version": "0",
        "username": "lisi",
        "display_name": "李四",
        "unit": "",
        "roles": ["clerk"],
        "password1": GOOD,
        "password2": GOOD,
        **over,
    }


def edit_url(user):
    return reverse("core:user-edit", args=[user.pk])


def test_only_people_who_manage_users_come_in(client, cast):
    urls = [LIST, ADD, edit_url(cast["clerk"]), edit_url(cast["clerk"]) + "password/"]
    anonymous = [client.get(url).status_code for url in urls]
    seen = {}
    for name, user in cast.items():
        client.force_login(user)
        seen[name] = {client.get(url).status_code for url in urls}

    assert anonymous == [302] * 4
    assert {name for name, codes in seen.items() if codes == {200}} == {"admin"}
    assert all(codes == {403} for name, codes in seen.items() if name != "admin")


def test_the_list_finds_people_and_hides_the_machine(client, admin, cast, system_user):
    client.force_login(admin)

    everybody = client.get(LIST).content.decode()
    found = client.get(LIST, {"q": "文静", "state": "active"}).content.decode()

    assert "李文静" in everybody
    assert "王海涛" in everybody
    assert system_user.username not in everybody
    assert "王海涛" not in found


def test_the_list_asks_the_same_number_of_questions_for_many(
    client, admin, make_user, django_assert_max_num_queries
):
    for number in range(25):
        make_user(f"person{number}", "clerk", "viewer")
    client.force_login(admin)
    client.get(LIST)

    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_an_added_person_signs_in(client, admin, units):
    client.force_login(admin)

    answer = client.post(ADD, typed(unit=units.first.code, username=" LiSi "))

    made = User.objects.get(username="lisi")
    assert answer.status_code == 302
    assert (made.unit, list(made.groups.values_list("name", flat=True))) == (units.first, ["clerk"])
    assert client.login(username="lisi", password=GOOD)


def test_the_same_form_twice_makes_one_account(client, admin):
    client.force_login(admin)
    form = typed()

    client.post(ADD, form)
    again = client.post(ADD, form)

    assert again.status_code == 302
    assert User.objects.filter(username="lisi").count() == 1


def test_no_trace_of_the_password_is_kept(client, admin):
    client.force_login(admin)
    form = typed()
    client.post(ADD, form)
    first = IdempotencyKey.objects.get(key=form["key"]).body_hash
    other = typed(password1="another good word", password2="another good word", username="wu")
    same = {**other, "key": new_key(), "username": "lisi"}
    client.post(ADD, same)

    entry = Change.objects.get(subject_type="core.user", action="create")
    assert GOOD not in str(entry.changes)
    assert first == IdempotencyKey.objects.filter(body_hash=first).get().body_hash


@pytest.mark.parametrize(
    "over",
    [
        {"username": ""},
        {"username": "clerk"},
        {"username": "a b"},
        {"username": "x\0y"},
        {"username": "x" * 200},
        {"display_name": "\u202e名"},
        {"display_name": "长" * 61},
        {"password2": "something else"},
        {"password1": "12345678", "password2": "12345678"},
        {"roles": ["root"]},
        {"unit": "999999"},
        {"unit": "x"},
        {"key": "short"},
    ],
)
def test_a_wrong_form_is_shown_again_and_writes_nothing(client, admin, clerk, over):
    client.force_login(admin)
    before = User.objects.count()

    answer = client.post(ADD, typed(**over))

    assert answer.status_code == 422
    assert User.objects.count() == before
    assert GOOD not in answer.content.decode()


def test_roles_and_department_are_changed_with_history(client, admin, clerk, units):
    client.force_login(admin)
    form = typed(display_name="李文静", unit=units.second.code, roles=["clerk", "finance"])

    answer = client.post(edit_url(clerk), form)

    clerk.refresh_from_db()
    page = client.get(edit_url(clerk)).content.decode()
    assert answer.status_code == 302
    assert clerk.unit == units.second
    assert set(clerk.groups.values_list("name", flat=True)) == {"clerk", "finance"}
    assert "<del>销售一部</del> → <ins>销售二部</ins>" in page
    assert "<del>销售文员</del> → <ins>销售文员、财务</ins>" in page


def test_a_disabled_department_stays_but_cannot_be_chosen_anew(client, admin, clerk, colleague):
    from core import saving
    from customers.services.aggregates import REFERENCE
    from tests.cast import act_by

    unit = clerk.unit
    saving.change(REFERENCE["unit"], unit.pk, {"is_active": False}, version=1, act=act_by(admin))
    other = User.objects.create_user("other", display_name="其他")
    client.force_login(admin)

    kept = client.post(edit_url(clerk), typed(display_name="李", unit=unit.code))
    refused = client.post(edit_url(other), typed(display_name="其他", unit=unit.code))

    assert (kept.status_code, refused.status_code) == (302, 422)


def test_a_stale_form_overwrites_nothing_and_keeps_the_typing(client, admin, clerk):
    client.force_login(admin)
    client.post(edit_url(clerk), typed(display_name="第一"))

    answer = client.post(edit_url(clerk), typed(display_name="第二"))

    clerk.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, clerk.display_name) == (409, "第一")
    assert 'value="第二"' in page
    assert "第一" in page
    assert 'name="version" value="1"' in page


def test_a_person_is_shut_out_and_let_in(client, admin, clerk):
    client.force_login(admin)
    url = reverse("core:user-toggle", args=[clerk.pk])

    client.post(url, {"key": new_key(), "version": "0", "active": "0"})
    shut_out = User.objects.get(pk=clerk.pk).is_active
    client.post(url, {"key": new_key(), "version": "1", "active": "1"})

    assert (shut_out, User.objects.get(pk=clerk.pk).is_active) == (False, True)
    assert client.get(url).status_code == 405
    assert client.post(url, {"active": "0"}).status_code == 400


def test_the_last_administrator_gets_a_sentence(client, admin):
    client.force_login(admin)
    url = reverse("core:user-toggle", args=[admin.pk])

    toggled = client.post(url, {"key": new_key(), "version": "0", "active": "0"})
    demoted = client.post(edit_url(admin), typed(display_name="何嘉", roles=["viewer"]))

    assert (toggled.status_code, demoted.status_code) == (422, 422)
    assert 'id="errors"' in toggled.content.decode()
    assert client.get(LIST).status_code == 200


def test_changing_oneself_keeps_the_own_session(client, admin):
    client.force_login(admin)

    client.post(edit_url(admin), typed(display_name="何嘉", roles=["admin", "finance"]))

    assert client.get(LIST).status_code == 200


def test_a_new_password_is_set(client, admin, clerk):
    client.force_login(admin)
    url = reverse("core:user-password", args=[clerk.pk])
    form = {"key": new_key(), "version": "0", "password1": GOOD, "password2": GOOD}

    weak = client.post(url, {**form, "password1": "123", "password2": "123"})
    answer = client.post(url, form)

    clerk.refresh_from_db()
    assert (weak.status_code, answer.status_code) == (422, 302)
    assert clerk.check_password(GOOD)
    assert not clerk.check_password(PASSWORD)


def test_an_account_with_every_right_is_locked_for_administrators(client, admin, make_user):
    root = make_user("root", is_superuser=True)
    client.force_login(admin)

    page = client.get(edit_url(root)).content.decode()
    answer = client.post(edit_url(root), typed(display_name="我的"))

    assert 'form="user-form"' not in page
    assert answer.status_code == 422


def test_the_machine_and_strangers_are_404(client, admin, system_user):
    client.force_login(admin)

    assert client.get(edit_url(system_user)).status_code == 404
    assert client.get("/settings/users/999999/").status_code == 404
