"""Changes that were approved for a day: they take effect on it, or go back whole."""

import datetime

import pytest
from django.utils import timezone, translation

from core.models import Change
from customers.models import CustomerChange
from customers.services import due
from tests.cast import move
from tests.customers.services.test_changes import ask, customer, decide, judge, now, save

__all__ = ["customer", "judge"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def waiting(customer, clerk, reviewer):
    """A change that is approved for a day in three days."""
    day = timezone.localdate() + datetime.timedelta(days=3)
    request = ask(customer, clerk, {"name": "北京改名有限公司"}, holds_from=day)
    return decide(request, "approve", reviewer)


def on(day, monkeypatch):
    at = timezone.now() + datetime.timedelta(days=day)
    monkeypatch.setattr(timezone, "now", lambda: at)
    return due.take()


def test_on_its_day_a_change_takes_effect_by_itself(customer, waiting, reviewer, monkeypatch):
    assert on(2, monkeypatch) == 0
    assert now(customer).name == customer.name

    assert on(3, monkeypatch) == 1
    assert on(3, monkeypatch) == 0

    request = CustomerChange.objects.get(pk=waiting.pk)
    assert (now(customer).name, request.state) == ("北京改名有限公司", "approved")
    assert request.closed_at is not None
    entry = Change.objects.filter(subject_id=customer.pk, action="amend").get()
    assert (entry.actor, entry.source) == (reviewer, f"change #{request.code}")
    assert Change.objects.filter(subject_id=request.pk, action="apply").count() == 1


def test_what_conflicts_on_its_day_goes_back_whole(customer, waiting, clerk, judge, monkeypatch):
    back = move(move(now(customer), "disable", judge), "reopen", judge)
    back = save(back, clerk, {"name": "北京又名有限公司"})
    move(move(back, "submit", clerk), "approve", judge)

    assert on(4, monkeypatch) == 0

    request = CustomerChange.objects.get(pk=waiting.pk)
    assert (request.state, request.closed_at) == ("returned", None)
    assert now(customer).name == "北京又名有限公司"
    entry = Change.objects.filter(subject_id=request.pk, action="return").get()
    assert "Customer name" in entry.reason


def test_what_nobody_gives_back_is_in_nobodys_way(
    make_enabled, clerk, reviewer, judge, monkeypatch
):
    monkeypatch.setattr(due, "MOST_AT_ONCE", 2)
    day = timezone.localdate() + datetime.timedelta(days=1)
    stuck, good = [make_enabled() for _time in range(3)], [make_enabled() for _time in range(3)]
    for number, one in enumerate([*stuck, *good]):
        new = {"name": f"北京第{number}改名有限公司"}
        decide(ask(one, clerk, new, holds_from=day), "approve", reviewer)
    for one in stuck:
        move(move(now(one), "disable", judge), "reopen", judge)
    reviewer.groups.clear()

    assert on(2, monkeypatch) == 2
    assert due.take() == 1
    assert due.take() == 0
    assert CustomerChange.objects.open().filter(state="approved").count() == 3


def test_what_its_approver_may_not_give_back_waits_for_a_reviewer(
    customer, waiting, reviewer, judge, monkeypatch
):
    move(move(now(customer), "disable", judge), "reopen", judge)
    reviewer.groups.clear()

    assert on(4, monkeypatch) == 0
    request = CustomerChange.objects.get(pk=waiting.pk)
    assert (request.state, request.closed_at) == ("approved", None)
    assert decide(request, "return", judge, "到期未生效").state == "returned"
