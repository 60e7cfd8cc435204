"""The form of a parcel in the browser: add, edit, hints, conflict, a new code; all by right."""

import pytest

from core.forms.keyed import new_key
from core.models import Change
from tests.parcel.kind import KIND
from tests.parcel.models import Parcel
from tests.parcel.people import text
from tests.parcel.test_entry import entered, typed

pytestmark = pytest.mark.django_db

ADD, HINTS = "/parcels/add/", "/parcels/hints/"
BOOK = {"lines-TOTAL_FORMS": "1", "lines-0-item": "Books"}


def sent(user, parcel=None, **changes):
    """Give what a browser sends for an untouched form with some changes."""
    data = typed(user, parcel, **{"key": new_key(), "action": "draft", **changes}).data
    return {name: data.getlist(name) for name in data}


def edit(parcel):
    return KIND.url("edit", parcel.pk)


def test_a_new_one_is_entered_and_shown(inside, packer, rule):
    blank = text(inside.get(ADD))

    answer = inside.post(ADD, sent(packer, name="Anna", value="12.5", **BOOK))
    parcel = Parcel.objects.get()
    page = text(inside.get(answer.url))

    assert all(word in blank for word in ("Receiver", "Fragile", "Item", "Seal", "Main"))
    assert answer.url == KIND.url("detail", parcel.pk)
    assert all(word in page for word in ("Anna", "12.50", "N-001", "Books"))


def test_it_is_sent_from_the_form(inside, packer, rule):
    inside.post(ADD, sent(packer, name="Anna", action="submit", **BOOK))

    assert Parcel.objects.get().state == "sent"


def test_what_is_wrong_is_told_where_it_stands_and_nothing_is_lost_or_written(inside, packer, rule):
    answer = inside.post(ADD, sent(packer, name="", size="l", value="much", action="submit"))
    page = text(answer)

    assert answer.status_code == 422
    assert 'value="much"' in page
    assert "It is empty." in page
    assert not Parcel.objects.exists()


def test_a_form_is_carried_out_once(inside, packer, rule):
    data = sent(packer, name="Anna", **BOOK)

    answers = [inside.post(ADD, data).status_code for _time in range(3)]

    assert answers == [302] * 3
    assert Parcel.objects.count() == 1


def test_it_is_changed_and_the_history_tells_it(inside, packer, make_parcel):
    parcel = make_parcel()
    page = text(inside.get(edit(parcel)))

    inside.post(edit(parcel), sent(packer, parcel, name="Boris", **{"lines-0-number": "7"}))
    entry = Change.objects.get(subject_id=parcel.pk, version=2, subject_type=KIND.subject)

    assert 'value="Anna"' in page
    assert entry.changes["fields"]["name"] == ["Anna", "Boris"]
    assert entry.changes["rows"][0]["fields"] == {"number": ["", "7"]}


def test_two_who_change_one_are_asked_and_nothing_typed_is_lost(inside, packer, make_parcel):
    parcel = make_parcel(name="Anna")
    mine = sent(packer, parcel, name="Carl", size="l")
    entered(packer, {"name": "Boris"}, {}, parcel=parcel)

    answer = inside.post(edit(parcel), mine)
    page = text(answer)
    parcel.refresh_from_db()
    mine |= {"resolve": ["1"], "take-name": ["mine"], "version": [parcel.version]}
    inside.post(edit(parcel), {**mine, "key": [new_key()]})
    parcel.refresh_from_db()

    assert answer.status_code == 409
    assert all(name in page for name in ("Anna", "Boris", "Carl"))
    assert (parcel.name, parcel.size) == ("Carl", "l")


def test_what_is_on_its_way_says_why_it_is_not_changed(inside, make_parcel):
    answer = inside.get(edit(make_parcel("sent")), follow=True)

    assert answer.redirect_chain
    assert "It is on its way." in text(answer)


def test_who_only_looks_has_no_form_and_who_sees_nothing_finds_none(
    client, make_parcel, carrier, stranger
):
    parcel = make_parcel()

    client.force_login(carrier)
    looking = [client.get(url).status_code for url in (ADD, edit(parcel))]
    client.force_login(stranger)

    assert looking == [403, 403]
    assert client.get(edit(parcel)).status_code == 404


def test_hints_come_while_it_is_typed_and_write_nothing(inside, packer, rule):
    found = inside.post(HINTS, sent(packer, size="s")).json()

    assert "N-001" in found["text"]["code"]
    assert "Receiver" in found["html"]["missing"]
    assert not Parcel.objects.exists()


def test_a_code_that_does_not_fit_is_drawn_anew(inside, packer, units, make_parcel):
    parcel = entered(packer, {"name": "Anna", "department": packer.unit})
    parcel = entered(packer, {"department": units.team}, {}, parcel=parcel)

    inside.post(KIND.url("redraw", parcel.pk), {"key": new_key(), "version": parcel.version})
    parcel.refresh_from_db()

    assert parcel.code == "T-001"


def test_one_is_made_like_another_without_its_code(inside, make_parcel):
    page = text(inside.get(f"{ADD}?from={make_parcel('sent', name='Anna').pk}"))

    assert 'value="Anna"' in page
    assert 'value="N-001"' not in page


def test_another_parcel_is_chosen_by_typing_among_those_one_sees(
    inside, packer, stranger, make_parcel
):
    first = make_parcel("sent", name="Anna")
    hidden = make_parcel(by=stranger, name="Boris")
    data = sent(packer, name="Carl", **BOOK)

    unknown = inside.post(ADD, {**data, "replaces": "Boris"})
    inside.post(ADD, {**data, "key": new_key(), "replaces": first.code})
    parcel = Parcel.objects.get(name="Carl")

    assert unknown.status_code == 422
    assert parcel.replaces == first
    assert str(hidden) not in text(inside.get(edit(parcel)))
