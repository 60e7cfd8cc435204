"""Code rules: saving, putting into force, previews that take nothing."""

import pytest

from core.aggregate import RowInput
from core.models import Counter
from core.saving import Refused, Stale
from customers.models import CodeRule
from customers.services import code_rule, coding
from tests.cast import act_by

SERIAL = RowInput(None, {"kind": "serial", "is_basis": False, "width": 4})


def values(code="R2"):
    return {"code": code, "name": "规则", "allow_typed": True}


def make(admin, *segments, code="R2"):
    return code_rule.save(None, values(code), segments, version=None, act=act_by(admin))


def test_a_second_rule_waits_until_it_is_put_into_force(admin, world):
    rule = make(admin, SERIAL)
    waiting = rule.is_active

    code_rule.activate(rule.pk, version=1, act=act_by(admin))

    assert not waiting
    assert list(CodeRule.objects.active()) == [rule]
    assert coding.active_rule() == rule


def test_what_is_no_rule_is_refused(admin, world):
    with pytest.raises(Refused):
        make(admin, RowInput(None, {"kind": "constant", "text": "A"}))


def test_a_rule_that_moved_on_is_not_put_into_force(admin, world):
    rule = make(admin, SERIAL)

    with pytest.raises(Stale):
        code_rule.activate(rule.pk, version=7, act=act_by(admin))

    assert list(CodeRule.objects.active()) == [world.rule]


def test_a_preview_shows_the_next_codes_and_takes_none(world, make_customer):
    first = make_customer()
    before = list(Counter.objects.values_list("basis", "last"))

    rule = code_rule.listed().get(pk=world.rule.pk)
    examples = code_rule.examples(coding.segments_of(rule), rule)

    assert len(examples) > 1
    assert all(len(example.codes) == code_rule.CODES_EACH for example in examples)
    assert first.code not in {code for example in examples for code in example.codes}
    assert list(Counter.objects.values_list("basis", "last")) == before


def test_the_preview_goes_on_where_the_counter_stands(world, make_customer):
    made = [make_customer().code for _turn in range(2)]

    rule = code_rule.listed().get(pk=world.rule.pk)
    codes = [
        code for one in code_rule.examples(coding.segments_of(rule), rule) for code in one.codes
    ]

    assert made == ["BJ-JS-001", "BJ-JS-002"]
    assert not set(made) & set(codes)
    assert [(counter.basis, counter.last) for counter in code_rule.counters(rule)] == [("BJ|JS", 2)]


def test_a_rule_without_known_parts_has_no_example(db):
    segments = [code_rule.pure_segment({"kind": "constant", "text": "A"})]

    assert code_rule.examples(segments, None) == []
