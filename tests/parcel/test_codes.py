"""Parcels get codes by a rule of their own, from the pieces they name."""

import pytest

from core.records import coding, numbering
from core.saving import Duplicate, Refused
from tests.parcel.kind import KIND

pytestmark = pytest.mark.django_db


def test_each_sender_counts_for_itself(rule, units):
    values = [
        {"department": units.north},
        {"department": units.south},
        {},
        {"department": units.north},
    ]

    assert coding.draw(KIND, values) == ["N-001", "S-001", "", "N-002"]
    assert dict(numbering.counters(rule)) == {"N": 2, "S": 1}
    assert coding.expected(KIND, values[0], rule) == "N-003"


def test_what_a_code_needs_is_said(rule):
    with pytest.raises(Refused, match="Sender"):
        coding.demand(KIND, {"department": None})


def test_without_a_rule_there_is_none(machine):
    with pytest.raises(Refused):
        coding.demand(KIND, {"department": None})


def test_a_code_is_given_once(rule, units):
    coding.remember(KIND, [("N-002", 7)])
    north = {"department": units.north}

    refused = coding.accept(KIND, [("N-002", north), ("N-008", north)])

    assert list(refused) == ["N-002"]
    assert coding.draw(KIND, [north]) == ["N-009"]
    assert numbering.ledger(KIND).get().subject_id == 7
    with pytest.raises(Duplicate, match="N-002"):
        coding.remember(KIND, [("N-002", 8)])


def test_a_code_strays_when_the_sender_changes(rule, units):
    north, south = {"department": units.north}, {"department": units.south}
    [code] = coding.draw(KIND, [north])

    assert [coding.has_strayed(KIND, code, one) for one in (north, south)] == [False, True]
