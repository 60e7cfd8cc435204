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
    taken = []

    def noted_twice(execute, sql, params, many, context):
        if not taken and sql.startswith('INSERT INTO "customers_usedcode"'):
            taken.append(sql)
            execute(sql, params, many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted_twice):
        saved = service.save(None, complete(), version=None, submit=False, act=act_by(clerk))

    assert len(taken) == 1
    assert coding.used(KIND, [saved.code]) == {saved.code}
