"""The proofs about customers see a forged state, stamp, code or counter, and nothing else."""

import pytest
from django.db import connection

from core import append_only, verify
from core.models.base import writing
from core.records.changes.asking import Ask
from core.records.record import Record
from customers.lifecycle import LIFE
from customers.models import CodeRule
from customers.services import customer as service
from customers.services import verification
from tests.cast import act_by, move, valid_uscc

pytestmark = pytest.mark.django_db


def forge(sql: str, *params: object) -> None:
    """Write what core.saving would never write."""
    with writing(), append_only.lifted(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def findings(check: verify.Check) -> list[str]:
    tally = verify.Tally("check")
    check(tally)
    return tally.findings


@pytest.mark.parametrize("state", [state.name for state in LIFE.states])
def test_every_state_reached_in_earnest_is_clean(make_customer, state):
    make_customer(state=state)

    assert [findings(check) for check in verification.CHECKS.values()] == [[]] * 4


def test_a_forged_state_is_found(make_customer):
    customer = make_customer(state="approved")
    forge("UPDATE customers_customer SET state = 'enabled' WHERE id = %s", customer.pk)

    assert findings(verification.states) == [
        f"customer {customer.pk}: it is enabled, its history says approved"
    ]


def test_a_forged_state_of_a_draft_is_found(make_customer):
    customer = make_customer(state="draft")
    forge("UPDATE customers_customer SET state = 'returned' WHERE id = %s", customer.pk)

    assert findings(verification.states) == [
        f"customer {customer.pk}: it is returned, its history says draft"
    ]


def test_a_forged_approver_is_found(make_customer, admin):
    customer = make_customer(state="enabled")
    forge("UPDATE customers_customer SET approved_by_id = %s WHERE id = %s", admin.pk, customer.pk)

    assert findings(verification.states) == [
        f"customer {customer.pk}: approved_at and _by differ from its history"
    ]


def test_a_forged_code_is_found(make_customer):
    customer = make_customer()
    forge("UPDATE customers_customer SET code = 'BJ-JS-900' WHERE id = %s", customer.pk)

    assert findings(verification.codes) == [
        f"customer {customer.pk}: its code BJ-JS-900 is not in the ledger as its own"
    ]


def test_a_code_of_somebody_else_in_the_ledger_is_found(make_customer):
    customer, other = make_customer(), make_customer()
    forge("UPDATE customers_usedcode SET subject_id = %s WHERE code = %s", other.pk, customer.code)

    assert findings(verification.codes) == [
        f"customer {customer.pk}: its code {customer.code} is not in the ledger as its own"
    ]


def test_a_code_of_nobody_in_the_ledger_is_found(make_customer):
    make_customer()
    forge(
        "INSERT INTO customers_usedcode (subject_type, subject_id, code) "
        "VALUES ('customers.customer', 777777, 'X-1')"
    )

    assert findings(verification.codes) == [
        "code X-1: the ledger gives it to customer 777777, who never was"
    ]


def test_the_code_of_a_deleted_draft_stays_in_the_ledger(make_customer, clerk):
    move(make_customer(), "delete", clerk)

    assert findings(verification.codes) == []


def test_a_counter_set_back_is_found(make_customer):
    customer = [make_customer(), make_customer()][1]
    forge("UPDATE core_counter SET last = last - 1")

    [found] = findings(verification.counters)
    assert found.startswith(f"customer {customer.pk}: its code is {customer.code}, but counter BJ|")


def test_a_lost_counter_is_found(make_customer):
    customer = make_customer()
    forge("DELETE FROM core_counter")

    [found] = findings(verification.counters)
    assert found.startswith(f"customer {customer.pk}: ")
    assert found.endswith("is at nothing")


def test_a_code_that_fits_only_since_the_region_changed_is_no_finding(
    complete, world, make_customer, clerk
):
    make_customer()
    act = act_by(clerk)
    typed = service.save(None, complete(code="SH-JS-500"), version=None, submit=False, act=act)
    service.save(
        typed.pk, Record({"region": world.shanghai}), version=typed.version, submit=False, act=act
    )

    assert findings(verification.counters) == []


def test_codes_older_than_the_rule_are_not_judged(make_customer):
    make_customer()
    rule = CodeRule.objects.active().get(subject="customers.customer")
    forge("DELETE FROM core_counter")
    forge(
        "INSERT INTO core_change (subject_type, subject_id, subject_label, version, actor_id, role,"
        " source, operation, reason, at, action, changes, prev_hash, hash, redacted_hash)"
        " SELECT 'customers.coderule', %s, '', 99, actor_id, role, source, operation, reason,"
        " '2099-01-01', action, changes, '', '', '' FROM core_change WHERE version = 1 LIMIT 1",
        rule.pk,
    )

    assert findings(verification.counters) == []


def test_a_dated_code_is_judged_by_the_day_it_was_given(make_customer):
    forge("UPDATE customers_codesegment SET kind = 'date', date_format = '%%Y%%m' "
          "WHERE kind = 'type'")  # fmt: skip
    customer = make_customer()
    assert findings(verification.counters) == []
    forge("UPDATE core_counter SET last = 0")

    [found] = findings(verification.counters)
    assert customer.code in found


def test_two_open_requests_for_one_field_are_found(make_customer, clerk):
    customer = make_customer(state="enabled")
    first, second = (
        service.save(
            customer.pk, Record(values), version=customer.version, submit=False,
            act=act_by(clerk), ask=Ask("来函"),
        ).requested
        for values in ({"name": "北京改名有限公司"}, {"uscc": valid_uscc(424242)})
    )  # fmt: skip
    assert findings(verification.change_requests) == []

    copied = "wanted = (SELECT wanted FROM customers_customerchange WHERE id = %s)"
    forge(f"UPDATE customers_customerchange SET {copied} WHERE id = %s", first.pk, second.pk)
    forge("UPDATE customers_customerchange SET state = 'withdrawn' WHERE id = %s", second.pk)

    assert findings(verification.change_requests) == [
        f"change request {second.pk}: it was withdrawn and holds fields yet",
        f"change request {second.pk}: name stands in {first.pk} as well",
    ]


def test_a_request_that_is_closed_and_not_ended_is_found(make_customer, clerk):
    customer = make_customer(state="enabled")
    request = service.save(
        customer.pk, Record({"name": "北京改名有限公司"}), version=customer.version,
        submit=False, act=act_by(clerk), ask=Ask("来函"),
    ).requested  # fmt: skip
    forge("UPDATE customers_customerchange SET closed_at = updated_at WHERE id = %s", request.pk)

    assert findings(verification.change_requests) == [
        f"change request {request.pk}: it is closed, and submitted"
    ]
