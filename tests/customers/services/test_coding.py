"""Codes: drawn by the rule, typed where it allows, never given twice."""

from datetime import date

import pytest
from django.utils import translation

from core import saving
from core.aggregate import RowInput
from core.models import Counter
from core.models.base import writing
from core.records import coding, numbering
from core.records.record import Record
from core.saving import Duplicate, Refused, Stale
from customers.models import CodeRule, Customer, UsedCode
from customers.services import customer as service
from customers.services.aggregates import CODE_RULE, REFERENCE
from customers.services.coding import letters_of
from customers.services.kinds import KIND
from tests.cast import act_by, move
from tests.concurrency.racing import race

SERIAL = {"kind": "serial", "is_basis": False}


def expected(values):
    return coding.expected(KIND, values, coding.active_rule(KIND))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def use_rule(world, admin):
    """Put a rule of these segments into force."""

    def use(*segments, **values):
        stop_rule(admin)
        rows = {"segments": [RowInput(None, segment) for segment in segments]}
        values = {"code": "T9", "name": "规则", "subject": KIND.subject, **values}
        return saving.create(CODE_RULE, values, rows, act=act_by(admin))

    return use


def stop_rule(admin):
    for rule in CodeRule.objects.active().filter(subject=KIND.subject):
        values = {"is_active": False}
        saving.change(CODE_RULE, rule.pk, values, version=rule.version, act=act_by(admin))


@pytest.fixture
def today(monkeypatch):
    """Set the day."""
    return lambda day: monkeypatch.setattr(coding.timezone, "localdate", lambda *_at: day)


def save(customer, values, user, submit=False):
    return service.save(
        customer.pk, Record(values), version=customer.version, submit=submit, act=act_by(user)
    )


def region(admin, code, parent, letters=""):
    values = {"code": code, "name": code, "parent": parent, "letters": letters}
    return saving.create(REFERENCE["region"], values, act=act_by(admin))


class TestDrawing:
    """The rule gives the next code as soon as it knows all segments."""

    def test_codes_follow_one_another_within_their_basis(self, make_customer, world):
        codes = [
            make_customer(region=place, customer_type=kind).code
            for place, kind in (
                (world.beijing, world.dealer),
                (world.beijing, world.dealer),
                (world.shanghai, world.dealer),
                (world.beijing, world.person),
            )
        ]

        assert codes == ["BJ-JS-001", "BJ-JS-002", "SH-JS-001", "BJ-GR-001"]

    def test_a_draft_gets_its_code_with_the_last_segment(self, make_customer, world, clerk):
        draft = make_customer(region=None)

        assert draft.code == ""
        assert save(draft, {"region": world.beijing}, clerk).code == "BJ-JS-001"

    def test_a_code_stays_when_region_and_type_change(self, make_customer, world, clerk):
        changed = save(make_customer(), {"region": world.shanghai}, clerk)

        assert changed.code == "BJ-JS-001"

    def test_the_expected_code_is_the_one_that_is_drawn(self, make_customer, world):
        values = {"region": world.beijing, "customer_type": world.dealer}

        assert expected(values) == "BJ-JS-001"
        assert expected(values) == make_customer().code
        assert expected(values) == "BJ-JS-002"
        assert expected({"region": world.beijing}) == ""

    def test_letters_come_from_the_nearest_region_above_that_has_any(
        self, make_customer, world, admin
    ):
        city = region(admin, "ZC", world.beijing)
        district = region(admin, "ZD", city)
        lettered = region(admin, "ZE", city, "HD")
        below = region(admin, "ZF", lettered)
        bare = region(admin, "ZG", None)

        assert [letters_of(one) for one in (world.beijing, city, district)] == ["BJ"] * 3
        assert [letters_of(one) for one in (lettered, below)] == ["HD"] * 2
        assert letters_of(bare) == ""
        assert make_customer(region=district).code == "BJ-JS-001"
        assert make_customer(region=bare).code == ""

    def test_a_basis_of_the_date_starts_anew_every_day(self, make_customer, use_rule, today):
        use_rule({"kind": "date", "date_format": "%Y%m%d", "separator": "-"}, SERIAL)

        today(date(2026, 1, 1))
        first = [make_customer().code, make_customer().code]
        today(date(2026, 1, 2))

        assert [*first, make_customer().code] == ["20260101-001", "20260101-002", "20260102-001"]

    def test_a_segment_that_is_no_basis_does_not_restart_the_number(
        self, make_customer, use_rule, world
    ):
        use_rule({"kind": "region", "separator": "-", "is_basis": False}, SERIAL)

        codes = [make_customer(region=one).code for one in (world.beijing, world.shanghai)]

        assert codes == ["BJ-001", "SH-002"]

    def test_start_step_and_padding_are_those_of_the_rule(self, make_customer, use_rule):
        use_rule(
            {"kind": "constant", "text": "kh"},
            {**SERIAL, "start": 100, "step": 10, "width": 5, "pad": "X"},
        )

        assert [make_customer().code for _one in range(2)] == ["KHXX100", "KHXX110"]

    def test_a_number_too_long_for_its_width_widens_the_code(self, make_customer, use_rule):
        use_rule({"kind": "constant", "text": "A"}, {**SERIAL, "start": 999})

        assert [make_customer().code for _one in range(2)] == ["A999", "A1000"]

    def test_a_code_that_would_be_too_long_is_refused_with_a_sentence(
        self, make_customer, use_rule, complete, clerk
    ):
        use_rule(
            {"kind": "constant", "text": "A" * 20},
            {"kind": "constant", "text": "B" * 18},
            {**SERIAL, "width": 2, "start": 99},
        )
        assert len(make_customer().code) == 40

        with pytest.raises(Refused) as refused:
            make_customer()

        assert list(refused.value.fields) == ["code"]
        assert expected({}) == ""

    def test_a_save_that_fails_gives_its_number_back(self, make_customer, complete, clerk):
        record = complete(registered_address="")

        with pytest.raises(Refused):
            service.save(None, record, version=None, submit=True, act=act_by(clerk))

        assert not Counter.objects.exists()
        assert make_customer().code == "BJ-JS-001"

    def test_two_rules_count_apart(self, make_customer, use_rule):
        make_customer()
        use_rule({"kind": "region", "separator": "-"}, {"kind": "type", "separator": "-"}, SERIAL)

        assert make_customer().code == "BJ-JS-002"


class TestWithoutACode:
    """A draft waits for its code; a submission cannot."""

    def test_without_a_rule_a_draft_has_no_code_and_cannot_be_submitted(
        self, make_customer, world, admin, clerk
    ):
        stop_rule(admin)
        draft = make_customer()

        assert (draft.code, expected({})) == ("", "")
        with pytest.raises(Refused, match="no active code rule") as refused:
            move(draft, "submit", clerk)
        assert list(refused.value.fields) == ["code"]

    def test_a_missing_segment_is_named_on_submit(self, make_customer, use_rule, clerk):
        use_rule({"kind": "category", "separator": "-"}, SERIAL)
        draft = make_customer()

        assert draft.code == ""
        with pytest.raises(Refused, match="The code needs: Category code"):
            move(draft, "submit", clerk)

    def test_submitting_draws_the_code_at_the_latest(self, make_customer, admin, clerk, world):
        rule = CodeRule.objects.active().get(subject=KIND.subject)
        stop_rule(admin)
        draft = make_customer()
        saving.change(
            CODE_RULE, rule.pk, {"is_active": True}, version=rule.version + 1, act=act_by(admin)
        )

        submitted = move(draft, "submit", clerk)

        assert submitted.code == "BJ-JS-001"
        assert UsedCode.objects.get().subject_id == draft.pk

    def test_without_a_rule_a_typed_code_is_enough(self, make_customer, admin, clerk, world):
        stop_rule(admin)

        assert move(make_customer(code="A-1"), "submit", clerk).code == "A-1"


def use_codes(customer, codes):
    """Put codes into the ledger as if customers had had them."""
    with writing():
        whose = {"subject_type": KIND.subject, "subject_id": customer.pk}
        rows = (UsedCode(**whose, code=code) for code in codes)
        UsedCode.objects.bulk_create(rows, batch_size=5_000)


class TestTyping:
    """A typed code is checked, pushes the counter, and is never used again."""

    def test_a_typed_code_that_fits_pushes_the_counter(self, make_customer):
        assert make_customer(code="bj-js-017").code == "BJ-JS-017"
        assert make_customer().code == "BJ-JS-018"

    def test_a_typed_code_never_pulls_the_counter_back(self, make_customer):
        make_customer(code="BJ-JS-017")
        make_customer(code="BJ-JS-003")

        assert make_customer().code == "BJ-JS-018"

    @pytest.mark.parametrize("typed", ["OLD-9", "SH-JS-050", "BJ-JS-0050", "BJ-JS-50"])
    def test_a_typed_code_that_does_not_fit_pushes_nothing(self, make_customer, typed):
        make_customer(code=typed)

        assert make_customer().code == "BJ-JS-001"

    def test_typed_codes_in_the_way_are_stepped_over(self, make_customer, world):
        # Typed while the record stood in another region: they do not fit, so they push nothing.
        for number in (1, 2, 4):
            make_customer(code=f"BJ-JS-{number:03d}", region=world.shanghai)

        assert [make_customer().code for _one in range(2)] == ["BJ-JS-003", "BJ-JS-005"]

    @pytest.mark.parametrize("count", [1_005, 100_000])
    def test_any_number_of_used_codes_is_stepped_over_in_one_query(
        self, make_customer, django_assert_max_num_queries, count
    ):
        customer = make_customer(code="OLD-1")
        use_codes(customer, (f"BJ-JS-{number:03d}" for number in range(1, count + 1)))
        values = {"region": customer.region, "customer_type": customer.customer_type}
        segments = coding.segments_of(CodeRule.objects.active().get(subject=KIND.subject))

        with django_assert_max_num_queries(2):  # are the next ones used, and which are
            free = numbering.free(KIND, segments, [{"region": "BJ", "type": "JS"}], 1)

        assert free == [(count + 1, f"BJ-JS-{count + 1:03d}")]
        assert expected(values) == free[0][1]
        assert make_customer().code == f"BJ-JS-{count + 1:03d}"
        assert make_customer().code == f"BJ-JS-{count + 2:03d}"

    def test_holes_between_used_codes_are_filled_in_order(self, make_customer):
        customer = make_customer(code="OLD-1")
        use_codes(customer, ["BJ-JS-001", "BJ-JS-003", "bj-js-002x", "BJ-JS-0002"])

        assert [make_customer().code for _one in range(2)] == ["BJ-JS-002", "BJ-JS-004"]

    def test_a_new_rule_of_an_old_layout_goes_on_behind_it(self, make_customer, use_rule):
        for number in (1, 2):
            make_customer(code=f"Z{number:03d}")
        use_rule({"kind": "constant", "text": "Z"}, SERIAL)

        assert make_customer().code == "Z003"

    @pytest.mark.parametrize("typed", ["BJ-JS-001", "bj-js-001"])
    def test_a_code_of_another_customer_is_refused(self, make_customer, typed):
        make_customer()

        with pytest.raises(Duplicate, match="used or was used before") as taken:
            make_customer(code=typed)

        assert list(taken.value.fields) == ["code"]

    @pytest.mark.parametrize("typed", [None, "OLD-1"])
    def test_a_code_is_not_used_again_after_its_customer_is_deleted(
        self, make_customer, clerk, typed
    ):
        draft = make_customer(**({"code": typed} if typed else {}))
        move(draft, "delete", clerk)

        assert make_customer().code != draft.code
        with pytest.raises(Refused, match="was used before"):
            make_customer(code=draft.code)

    def test_a_rule_may_forbid_typing(self, make_customer, use_rule):
        use_rule({"kind": "region", "separator": "-"}, SERIAL, allow_typed=False)

        with pytest.raises(Refused, match="cannot be typed") as refused:
            make_customer(code="BJ-007")

        assert list(refused.value.fields) == ["code"]
        assert make_customer().code == "BJ-001"

    def test_a_draft_may_get_another_typed_code(self, make_customer, clerk):
        changed = save(make_customer(), {"code": "OLD-1"}, clerk)

        assert changed.code == "OLD-1"
        assert set(UsedCode.objects.values_list("code", flat=True)) == {"BJ-JS-001", "OLD-1"}

    def test_an_emptied_field_keeps_the_code(self, make_customer, clerk):
        changed = save(make_customer(), {"code": "", "remark": "新"}, clerk)

        assert changed.code == "BJ-JS-001"

    @pytest.mark.parametrize("state", ["returned", "approved"])
    def test_a_code_once_submitted_never_changes(self, make_customer, admin, state):
        with pytest.raises(Refused) as refused:
            save(make_customer(state), {"code": "OLD-1"}, admin)

        assert list(refused.value.fields) == ["code"]

    def test_the_longest_number_that_fits_does_not_break_the_next_draw(self, make_customer):
        make_customer(code="BJ-JS-" + "9" * 18)

        assert make_customer().code == "BJ-JS-1" + "0" * 18


class TestRedrawing:
    """重新取号: a draft that was never submitted draws anew; the old code stays used."""

    def redraw(self, customer, user):
        return service.redraw_code(customer.pk, version=customer.version, act=act_by(user))

    def test_a_draft_draws_anew_after_its_region_changed(self, make_customer, world, clerk):
        moved = save(make_customer(), {"region": world.shanghai}, clerk)

        redrawn = self.redraw(moved, clerk)

        assert redrawn.code == "SH-JS-001"
        assert make_customer().code == "BJ-JS-002"
        with pytest.raises(Refused, match="was used before"):
            make_customer(code="BJ-JS-001")

    @pytest.mark.parametrize("state", ["submitted", "returned", "approved"])
    def test_a_record_that_was_submitted_keeps_its_code(self, make_customer, clerk, state):
        with pytest.raises(Refused, match="never submitted"):
            self.redraw(make_customer(state), clerk)

    def test_a_withdrawn_draft_keeps_its_code(self, make_customer, clerk):
        with pytest.raises(Refused, match="never submitted"):
            self.redraw(move(make_customer("submitted"), "withdraw", clerk), clerk)

    def test_without_the_segments_nothing_is_drawn(self, make_customer, clerk):
        with pytest.raises(Refused, match="The code needs"):
            self.redraw(save(make_customer(), {"region": None}, clerk), clerk)

    def test_only_who_may_change_the_record_draws(self, make_customer, reviewer, outsider):
        draft = make_customer()

        with pytest.raises(Refused):
            self.redraw(draft, reviewer)
        with pytest.raises(Stale):
            self.redraw(draft, outsider)
        assert Customer.objects.get(pk=draft.pk).code == draft.code


@pytest.mark.django_db(transaction=True)
def test_a_code_typed_while_it_is_drawn_goes_to_one_of_the_two(complete, clerk, colleague):
    typed, drawn = complete(code="BJ-JS-001"), complete()

    def save_one(record, user):
        return lambda: service.save(None, record, version=None, submit=False, act=act_by(user))

    results = race(
        [save_one(typed, clerk), save_one(drawn, colleague)],
        before='INSERT INTO "core_counter"',
    )

    saved = [result for result in results if isinstance(result, Customer)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(saved) + len(refused) == 2, results
    assert isinstance(results[1], Customer)
    assert len({customer.code for customer in saved}) == len(saved)
    assert UsedCode.objects.count() == len(saved)
