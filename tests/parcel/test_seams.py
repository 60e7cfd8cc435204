"""What an app above adds to parcels: asked once for many, and shown to whom it concerns."""

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from core.models.base import writing
from core.records import transition
from core.saving import Refused
from tests.parcel.kind import KIND
from tests.parcel.models import Claim
from tests.parcel.people import act_by, text
from tests.parcel.register import REGISTER

pytestmark = pytest.mark.django_db

COLUMN = "open_claims"


@pytest.fixture
def claim(db):
    """Claim something for a parcel."""

    def make(parcel, words="broken", amount=5, **over):
        with writing():
            return Claim.objects.create(parcel=parcel, text=words, amount=amount, **over)

    return make


@pytest.fixture
def asked():
    """Give the statements about claims that something asks."""

    def count(act):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            act()
        return [one["sql"] for one in queries if "parcel_claim" in one["sql"]]

    return count


def refusals(name, parcels, user):
    return transition.ask(KIND.life, KIND.life.transition(name), parcels, user).refused


def test_a_move_is_refused_by_who_has_something_against_it(make_parcel, carrier, claim):
    parcel = make_parcel("sent")
    claim(parcel)

    with pytest.raises(Refused) as refused:
        transition.perform(KIND, "deliver", parcel.pk, version=parcel.version, act=act_by(carrier))

    assert refused.value.problems == ["Settle the claim “broken” first."]


def test_many_are_asked_about_at_once_and_other_moves_never(make_parcel, carrier, claim, asked):
    parcels = [make_parcel("sent") for _number in range(3)]
    claim(parcels[1])
    refused = {}

    told = asked(lambda: refused.update(refusals("deliver", parcels, carrier)))

    assert list(refused) == [parcels[1].pk]
    assert len(told) == 1
    assert asked(lambda: refusals("return", parcels, carrier)) == []


def test_a_tab_and_a_number_stand_on_the_page_of_who_may_see_them(
    client, make_parcel, claimant, packer, claim
):
    parcel = make_parcel("sent")
    claim(parcel, amount=5)
    claim(parcel, "late", amount=7)
    claim(parcel, "settled", is_open=False)
    client.force_login(claimant)
    page, tab = (
        text(client.get(f"{KIND.url('detail', parcel.pk)}?tab={name}")) for name in ("", "claims")
    )
    client.force_login(packer)
    others = text(client.get(f"{KIND.url('detail', parcel.pk)}?tab=claims"))

    assert 'href="?tab=claims"' in page
    assert "Open claims" in page
    assert "12.00" in page
    assert "data-claims" not in page
    assert "<li>settled</li>" in tab
    assert not any(word in others for word in ("Open claims", "data-claims", "broken", "12.00"))


def test_what_is_added_is_asked_once_or_not_at_all(client, make_parcel, claimant, packer, asked):
    page = KIND.url("detail", make_parcel().pk)

    def opened(user, query=""):
        client.force_login(user)
        return len(asked(lambda: client.get(page + query)))

    assert [opened(packer), opened(claimant), opened(claimant, "?tab=claims")] == [0, 1, 2]


def test_the_list_has_a_column_and_a_filter_for_it(client, make_parcel, claimant, claim, asked):
    for name in ("Anna", "Boris"):
        claim(make_parcel(name=name)) if name == "Anna" else make_parcel(name=name)
    client.force_login(claimant)
    client.post("/parcels/columns/", {"columns": ["name", COLUMN]})
    pages = {}

    told = asked(lambda: pages.update(all=text(client.get("/parcels/"))))
    only, rest = (text(client.get(f"/parcels/?{COLUMN}={flag}")) for flag in "10")

    assert 'data-label="Open claims"' in pages["all"]
    assert len(told) == 1
    assert ["Anna" in only, "Boris" in only] == [True, False]
    assert ["Anna" in rest, "Boris" in rest] == [False, True]


def test_who_may_not_see_it_has_neither_column_nor_filter(
    client, make_parcel, packer, claim, asked
):
    claim(make_parcel(name="Anna"))
    client.force_login(packer)
    client.post("/parcels/columns/", {"columns": ["name", COLUMN]})
    pages = []

    told = asked(lambda: pages.append(text(client.get(f"/parcels/?{COLUMN}=0"))))

    assert "Open claims" not in pages[0]
    assert "Anna" in pages[0]
    assert told == []


def test_the_column_leaves_with_the_file(client, make_parcel, claimant, claim):
    parcel = make_parcel(name="Anna")
    claim(parcel)
    claim(parcel)
    make_parcel(name="Boris")
    client.force_login(claimant)
    client.post("/parcels/columns/", {"columns": ["code", "name", COLUMN]})

    answer = client.post("/parcels/export/?sort=name", {"kind": "csv"})
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").replace('"', "").split("\r\n")

    assert [row.split(",")[1:] for row in rows[:3]] == [
        ["Receiver", "Open claims"],
        ["Anna", "2"],
        ["Boris", "0"],
    ]


def test_a_panel_stands_on_the_page_of_who_may_see_it(rf, make_parcel, claimant, packer, claim):
    claim(make_parcel())
    template = Template('{% load record %}{% panels "dashboard" %}')

    def shown(user):
        request = rf.get("/")
        request.user = user
        return template.render(Context({"request": request}))

    assert "<li>broken</li>" in shown(claimant)
    assert shown(packer) == ""


def test_the_list_is_made_once_for_each_set_of_rights(claimant, packer):
    assert REGISTER.listing_of(packer) is REGISTER.listing
    assert REGISTER.listing_of(claimant) is REGISTER.listing_of(claimant)
