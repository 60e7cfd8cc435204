"""Code rules: saving, putting into force, previews that take nothing."""

import pytest

from core import history, verify
from core.aggregate import RowInput
from core.models import Counter
from core.records import coding
from core.saving import Refused, Stale
from customers.models import CodeRule
from customers.services import code_rule, verification
from customers.services.kinds import KIND
from tests.cast import act_by

SERIAL = RowInput(None, {"kind": "serial", "is_basis": False, "width": 4})


def values(code="R2"):
    return {"code": code, "name": "规则", "allow_typed": True}


def make(admin, *segments, code="R2"):
    return code_rule.save(None, KIND, values(code), segments, version=None, act=act_by(admin))


def test_a_second_rule_waits_until_it_is_put_into_force(admin, world):
    rule = make(admin, SERIAL)
    waiting = rule.is_active

    code_rule.activate(rule.pk, version=1, act=act_by(admin))

    assert not waiting
    assert list(coding.in_force(CodeRule, KIND.subject)) == [rule]
    assert coding.active_rule(KIND) == rule


def test_what_is_no_rule_is_refused(admin, world):
    with pytest.raises(Refused):
        make(admin, RowInput(None, {"kind": "constant", "text": "A"}))


def test_a_rule_that_moved_on_is_not_put_into_force(admin, world):
    rule = make(admin, SERIAL)

    with pytest.raises(Stale):
        code_rule.activate(rule.pk, version=7, act=act_by(admin))

    assert list(coding.in_force(CodeRule, KIND.subject)) == [world.rule]


def test_a_preview_of_a_rule_that_does_not_tell_customers_apart_has_one_line(admin, world):
    rule = make(admin, SERIAL)

    examples = code_rule.examples(KIND, coding.segments_of(rule), rule)

    assert [example.words for example in examples] == ["全部客户"]


def test_a_preview_shows_the_next_codes_and_takes_none(world, make_customer):
    first = make_customer()
    before = list(Counter.objects.values_list("basis", "last"))

    rule = code_rule.listed().get(pk=world.rule.pk)
    examples = code_rule.examples(KIND, coding.segments_of(rule), rule)

    assert len(examples) > 1
    assert all(len(example.codes) == code_rule.CODES_EACH for example in examples)
    assert first.code not in {code for example in examples for code in example.codes}
    assert list(Counter.objects.values_list("basis", "last")) == before


def test_the_preview_goes_on_where_the_counter_stands(world, make_customer):
    made = [make_customer().code for _turn in range(2)]

    rule = code_rule.listed().get(pk=world.rule.pk)
    codes = [
        code
        for one in code_rule.examples(KIND, coding.segments_of(rule), rule)
        for code in one.codes
    ]

    assert made == ["BJ-JS-001", "BJ-JS-002"]
    assert not set(made) & set(codes)
    assert code_rule.counters(rule) == ([code_rule.Counted("BJ|JS", 2, "BJ-JS-003")], "")


def test_a_rule_without_known_parts_has_no_example(db):
    segments = [code_rule.pure_segment({"kind": "constant", "text": "A"})]

    assert code_rule.examples(KIND, segments, None) == []


def counted(rule, basis="BJ|JS"):
    return code_rule.counter(rule, basis)


def test_a_counter_is_set_back_to_the_highest_number_in_use(admin, world, make_customer):
    for code in ("BJ-JS-001", "BJ-JS-002", "BJ-JS-900000001"):
        make_customer(code=code)
    rule, before = world.rule, counted(world.rule)
    version = CodeRule.objects.get(pk=rule.pk).version

    following = code_rule.set_counter(
        rule.pk, "BJ|JS", 2, seen=before.last, version=version, act=act_by(admin)
    )

    assert before == code_rule.Counted("BJ|JS", 900_000_001, "BJ-JS-900000002")
    assert code_rule.lowest(rule, "BJ|JS") == 2
    assert following == counted(rule).following == "BJ-JS-003"
    assert make_customer().code == "BJ-JS-003"
    entry = history.of(CodeRule._meta.label_lower, rule.pk)[0]
    assert (entry.action, entry.reason) == ("counter", "BJ · JS: 900000001 → 2")
    tally = verify.Tally("")
    verification.counters(tally)
    assert tally.findings == []


def test_the_only_counter_of_a_rule_goes_by_its_numbers(admin, world):
    rule = make(admin, SERIAL)
    Counter.objects.create(rule=f"customer:{rule.pk}", basis="", last=3)

    code_rule.set_counter(rule.pk, "", 7, seen=3, version=1, act=act_by(admin))

    assert history.of(CodeRule._meta.label_lower, rule.pk)[0].reason == "3 → 7"


@pytest.mark.parametrize("last", [1, -1, 10**12 + 1])
def test_a_counter_is_not_set_below_a_number_in_use(admin, world, make_customer, last):
    for code in ("BJ-JS-001", "BJ-JS-002"):
        make_customer(code=code)

    with pytest.raises(Refused) as refused:
        code_rule.set_counter(world.rule.pk, "BJ|JS", last, seen=2, version=1, act=act_by(admin))

    assert list(refused.value.fields) == ["last"]
    assert counted(world.rule).last == 2


def test_a_counter_that_moved_meanwhile_is_not_set(admin, world, make_customer):
    make_customer()

    with pytest.raises(Stale):
        code_rule.set_counter(world.rule.pk, "BJ|JS", 9, seen=7, version=1, act=act_by(admin))

    assert counted(world.rule).last == 1


def test_every_counter_can_be_reached(world, monkeypatch):
    monkeypatch.setattr(code_rule, "COUNTERS_AT_ONCE", 2)
    for basis in ("BJ|JS", "GD|JS", "SH|DL"):
        Counter.objects.create(rule=f"customer:{world.rule.pk}", basis=basis, last=7)

    first, more = code_rule.counters(world.rule)
    rest, none = code_rule.counters(world.rule, more)

    assert [one.words for one in (*first, *rest)] == ["BJ · JS", "GD · JS", "SH · DL"]
    assert (more, none) == ("GD|JS", "")


def test_the_preview_of_a_rule_steps_over_used_codes(admin, world, make_customer):
    for number in (1, 2):
        make_customer(code=f"Z{number:03d}")
    rows = [RowInput(None, {"kind": "constant", "text": "Z"}), SERIAL]
    segments = [code_rule.pure_segment({**row.values, "width": 3}) for row in rows]

    assert code_rule.examples(KIND, segments, None)[0].codes == ("Z003", "Z004")
