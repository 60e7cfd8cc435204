"""The page of a parcel and its moves, one and many: sections, secrets, history, scope."""

import pytest

from core.forms.keyed import new_key
from core.models import Change
from core.records import sections, timeline, transition
from core.records.bulk import freeze
from core.saving import Refused, Stale
from tests.parcel.kind import KIND
from tests.parcel.lifecycle import DELIVERED, SENT, STATES
from tests.parcel.models import Parcel
from tests.parcel.people import act_by, text

pytestmark = pytest.mark.django_db


def url(parcel, *more):
    return KIND.url(*more, parcel.pk) if more else KIND.url("detail", parcel.pk)


def do(client, parcel, name, **over):
    data = {"key": new_key(), "version": parcel.version, "reason": "wrong house", **over}
    return client.post(KIND.url("do", parcel.pk, name), data)


@pytest.mark.parametrize("state", [state.name for state in STATES])
def test_the_page_opens_in_every_state_for_everybody(client, make_parcel, carrier, packer, state):
    parcel = make_parcel(state)

    for user in (packer, carrier):
        client.force_login(user)
        for tab in ("overview", "main", "lines"):
            page = text(client.get(f"{url(parcel)}?tab={tab}"))

            assert KIND.life.state(state).label in page


def test_fields_rows_and_secrets_are_shown_by_right(client, make_parcel, carrier, packer):
    parcel = make_parcel(remark="ring twice", value=1234, due_date="2026-12-24")
    client.force_login(packer)
    whole = text(client.get(f"{url(parcel)}?tab=main")) + text(
        client.get(f"{url(parcel)}?tab=lines")
    )
    client.force_login(carrier)
    covered = text(client.get(f"{url(parcel)}?tab=lines"))

    assert all(word in whole for word in ("ring twice", "1,234.00", "2026", "Books", "SEAL-123456"))
    assert "Books" in covered
    assert "SEAL-123456" not in covered


def test_another_parcel_is_named_by_right(client, make_parcel, packer, stranger, carrier):
    first = make_parcel(name="Anna")
    second = make_parcel(by=stranger, name="Boris", replaces=first)

    def named(user):
        [value] = [
            one for one in sections.of(KIND, second, user)["main"].values if one.name == "replaces"
        ]
        return value.value, value.url

    assert named(carrier) == ("Anna", url(first))
    assert named(stranger) == ("Another parcel", "")


def test_what_others_sent_is_not_there(client, make_parcel, stranger):
    parcel = make_parcel()
    client.force_login(stranger)

    assert client.get(url(parcel)).status_code == 404
    assert do(client, parcel, "send").status_code in (404, 409)


def test_it_is_sent_and_gets_its_code(inside, make_parcel, packer):
    parcel = make_parcel()

    answer = do(inside, parcel, "send")
    parcel.refresh_from_db()
    entry = timeline.latest(KIND, parcel.pk, packer)

    assert answer.url == url(parcel)
    assert (parcel.state, parcel.code, parcel.sent_by) == (SENT, "N-001", packer)
    assert (entry.label, entry.actor) == ("Sent", str(packer))


def test_what_is_missing_is_told_and_stops_it(inside, make_parcel):
    parcel = make_parcel(lines=(), name="")

    page = text(inside.get(url(parcel)))
    answer = do(inside, parcel, "send")

    assert all(sentence in page for sentence in ("Say who gets it.", "It is empty."))
    assert answer.status_code == 409
    assert "It is empty." in text(answer)


def test_a_reason_and_the_version_are_asked_for(client, make_parcel, carrier):
    parcel = make_parcel("sent")
    client.force_login(carrier)

    silent, old = do(client, parcel, "return", reason=""), do(client, parcel, "deliver", version=1)
    back = do(client, parcel, "return")

    assert [answer.status_code for answer in (silent, old, back)] == [422, 409, 302]
    assert "wrong house" in text(client.get(url(parcel)))


def test_the_history_tells_who_did_what_without_secrets(make_parcel, packer, carrier):
    parcel = make_parcel("delivered")

    told = [timeline.page(KIND, parcel, user).entries for user in (packer, carrier)]
    moves = timeline.page(KIND, parcel, carrier, show=timeline.STATES).entries

    assert [entry.label for entry in moves] == ["Delivered", "Sent"]
    assert ["SEAL-123456" in repr(entries) for entries in told] == [True, False]


def test_only_who_packed_it_throws_it_away(inside, make_parcel, units):
    parcel = make_parcel()

    answer = do(inside, parcel, "drop")

    assert answer.url == KIND.url("list")
    assert not Parcel.objects.exists()
    assert Change.objects.filter(subject_type=KIND.subject, action="drop").exists()


def test_what_another_points_to_stays(make_parcel, packer):
    first = make_parcel()
    make_parcel(replaces=first)

    with pytest.raises(Refused):
        transition.perform(KIND, "drop", first.pk, version=1, act=act_by(packer))
    with pytest.raises(Stale):
        transition.perform(KIND, "drop", first.pk, version=2, act=act_by(packer))


def test_many_are_moved_and_who_is_not_says_why(client, make_parcel, carrier):
    good, bad = make_parcel("sent"), make_parcel(name="Boris")
    client.force_login(carrier)
    chosen = {"action": "deliver", "pks": [good.pk, bad.pk]}

    start = client.post("/parcels/bulk/", chosen)
    confirm = text(client.get(start.url))
    result = text(client.post(start.url, follow=True))
    good.refresh_from_db()

    assert "Boris" in confirm
    assert good.state == DELIVERED
    assert "Boris" in result


def test_all_that_match_are_frozen(client, make_parcel, carrier):
    for name in "AB":
        make_parcel("sent", name=name)
    client.force_login(carrier)

    start = client.post("/parcels/bulk/?q=A", {"action": "return", "all": "1"})
    client.post(start.url, {"reason": "wrong house"})

    assert Parcel.objects.filter(state="back").count() == 1


def test_too_many_or_none_are_refused(packer):
    with pytest.raises(Refused):
        freeze(KIND, "send", [], by=packer)
    with pytest.raises(Refused):
        freeze(KIND, "send", [(pk, 1) for pk in range(501)], by=packer)
