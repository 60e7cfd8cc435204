"""The company's switches: one row, changed with history."""

import pytest

from core.models import Change
from core.saving import Stale
from customers.models import Policy
from customers.services import policy
from tests.cast import act_by


def test_shipped_switches_hold_until_somebody_saves(db):
    assert (Policy.current().four_eyes, Policy.current().review_months) == (True, 12)
    assert not Policy.objects.exists()


def test_switches_are_changed_with_history(admin):
    policy.change({"four_eyes": False, "review_months": 6}, version=0, act=act_by(admin))
    policy.change({"four_eyes": True}, version=2, act=act_by(admin))

    told = Change.objects.filter(subject_type="customers.policy").order_by("version")
    assert Policy.current().version == 3
    assert [entry.changes["fields"] for entry in told] == [
        {"four_eyes": ["", "true"], "review_months": ["", "12"]},
        {"four_eyes": ["true", "false"], "review_months": ["12", "6"]},
        {"four_eyes": ["false", "true"]},
    ]


def test_saving_what_is_in_force_anyway_is_one_entry(admin):
    policy.change({"four_eyes": True, "review_months": 12}, version=0, act=act_by(admin))

    assert Change.objects.filter(subject_type="customers.policy").count() == 1


def test_the_first_save_wins_once(admin):
    policy.change({"review_months": 6}, version=0, act=act_by(admin))

    with pytest.raises(Stale):
        policy.change({"review_months": 9}, version=0, act=act_by(admin))

    assert Policy.current().review_months == 6
