"""A code once given stays; pages say where the record has moved away from it."""

import pytest
from django.db import connection

from core.records import coding
from core.records.record import Record
from customers.services import customer as service
from customers.services.kinds import KIND
from tests.cast import act_by


def parts(customer):
    return coding.values_of(KIND, customer)


def save(customer, values, user):
    return service.save(
        customer.pk, Record(values), version=customer.version, submit=False, act=act_by(user)
    )


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_a_code_of_another_region_is_told(make_customer, world, clerk, state):
    customer = make_customer(state)
    assert not coding.has_strayed(KIND, customer.code, parts(customer))

    moved = save(customer, {"region": world.shanghai}, clerk)

    assert moved.code == customer.code
    assert coding.has_strayed(KIND, moved.code, parts(moved))


@pytest.mark.parametrize("code", ["OLD-9", "", "BJ-JS-0050"])
def test_a_code_that_no_counter_gave_is_not(make_customer, world, code):
    customer = make_customer()

    assert not coding.has_strayed(KIND, code, {**parts(customer), "region": world.shanghai})


def test_a_code_that_somebody_takes_at_the_last_moment_is_drawn_anew(complete, clerk, world):
    record, taken = complete(), []
    code = coding.expected(KIND, record.values, coding.active_rule(KIND))

    def looked_then_taken(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not taken and 'FROM "customers_usedcode"' in sql:
            taken.append(code)
            coding.remember(KIND, [(code, 1)])
        return found

    with connection.execute_wrapper(looked_then_taken):
        saved = service.save(None, record, version=None, submit=False, act=act_by(clerk))

    assert (taken, saved.code) == ([code], code)  # with the first try the other one was taken back
