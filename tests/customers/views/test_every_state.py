"""Every page of a customer opens in every state, for everybody: made from the lifecycle table."""

import pytest
from django.test import Client
from django.urls import reverse

from core.access import permissions_of
from core.records import timeline
from core.views.record_detail import ASK, tabs
from core.views.record_list import STATE
from customers.lifecycle import LIFE, SUBMITTED
from customers.services.kinds import KIND
from tests.cast import move
from tests.town import PEOPLE, share

LIST, BULK = reverse("customers:customer-list"), reverse("customers:customer-bulk")
DETAILS = [
    *(f"?tab={tab}" for tab in tabs(KIND)),
    *(f"?kind={kind}" for kind, _label in timeline.KINDS),
    *(f"?{ASK}={one.name}" for one in LIFE.transitions),
]


def readings(town, state):
    """Give the addresses that show a record of this state, alone or among others."""
    detail = reverse("customers:customer-detail", args=[town.customers[state].pk])
    found = [address.path for address in town.addresses() if address.about == state]
    found += [detail + query for query in DETAILS]
    return [*found, f"{detail}?list={STATE}%3D{state}", f"{LIST}?{STATE}={state}"]


def questions(town, state):
    """Give what asks for a move of a record of this state: alone and as a selection."""
    pk = town.customers[state].pk
    for wanted in LIFE.transitions:
        yield reverse("customers:customer-do", args=[pk, wanted.name]), {}
        yield BULK, {"action": wanted.name, "pks": [pk]}
    yield reverse("customers:review-show", args=[pk]), {}


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_opens_in_every_state(town, person):
    browser = Client(raise_request_exception=False)
    browser.force_login(town.people[person])

    answers = {}
    for state in town.customers:
        for path in share(readings(town, state), person, PEOPLE):
            answers[path] = browser.get(path).status_code
        for path, typed in share(questions(town, state), person, PEOPLE):
            answer = browser.post(path, typed, follow=True)
            answers[path, typed.get("action")] = answer.status_code

    assert {one: status for one, status in answers.items() if status >= 500} == {}
    assert set(answers.values()) <= {200, 302, 403, 404, 405, 409, 422}


@pytest.mark.parametrize("state", [one.name for one in LIFE.states if one.name != SUBMITTED])
def test_what_does_not_wait_is_not_reviewed(client, make_customer, admin, state):
    customer = make_customer(state)
    client.force_login(admin)

    answer = client.get(reverse("customers:review-show", args=[customer.pk]))

    assert answer.url == reverse("customers:customer-detail", args=[customer.pk])


@pytest.mark.parametrize("state", [state.name for state in LIFE.states])
def test_a_record_says_its_state_where_it_is_listed_and_where_it_is_shown(
    client, make_customer, clerk, state
):
    customer = make_customer(state)
    client.force_login(clerk)

    listed = client.get(LIST, {STATE: state}).content.decode()
    shown = client.get(reverse("customers:customer-detail", args=[customer.pk])).content.decode()

    label = str(LIFE.state(state).label)
    for page in (listed, shown):
        assert str(customer) in page
        assert f"</svg>{label}</span>" in page


@pytest.mark.parametrize("wanted", [one for one in LIFE.transitions if one.target])
def test_the_history_tells_every_move(client, make_customer, clerk, reviewer, admin, wanted):
    mover = next(
        one for one in (clerk, reviewer, admin) if wanted.permission in permissions_of(one)
    )
    moved = move(make_customer(wanted.sources[-1]), wanted.name, mover)
    client.force_login(admin)

    shown = client.get(reverse("customers:customer-detail", args=[moved.pk]), {"kind": "state"})

    newest = shown.context["history_page"].entries[0]
    assert (newest.label, newest.actor) == (wanted.done, str(mover))
