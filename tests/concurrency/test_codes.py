"""Many clerks save at once with one code rule: no code twice, no gap, also when saves fail late."""

import random
import threading

import pytest
from django.db import connections, transaction

from customers.models import Customer, UsedCode
from customers.services import customer as service
from tests.cast import act_by

CLIENTS = 20


class Failure(Exception):
    """A save that fails after its code was drawn."""


def create_all(total, complete, clerk, seed):
    """Let CLIENTS threads create `total` customers; one in ten saves fails late and is repeated."""
    chance = random.Random(seed)
    waiting = [complete() for _number in range(total)]
    fails = {index for index in range(total) if chance.random() < 0.1}
    lock, errors = threading.Lock(), []

    def work():
        while True:
            with lock:
                if not waiting:
                    break
                index, record = len(waiting), waiting.pop()
            try:
                if index in fails:
                    fail_late(record)
                service.save(None, record, version=None, submit=False, act=act_by(clerk))
            except Exception as error:  # noqa: BLE001 — shown by the assertion below
                errors.append(error)
        connections.close_all()

    def fail_late(record):
        with pytest.raises(Failure), transaction.atomic():  # noqa: PT012
            service.save(None, record, version=None, submit=False, act=act_by(clerk))
            raise Failure

    threads = [threading.Thread(target=work) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def assert_without_gap(total):
    codes = sorted(
        Customer.objects.values_list("code", flat=True), key=lambda code: int(code.split("-")[2])
    )
    assert codes == [f"BJ-JS-{number:03d}" for number in range(1, total + 1)]
    assert UsedCode.objects.count() == total


@pytest.mark.django_db(transaction=True)
def test_a_hundred_customers_by_twenty_clerks_get_gapless_codes(complete, clerk, seed):
    create_all(100, complete, clerk, seed)

    assert_without_gap(100)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_thousand_customers_by_twenty_clerks_get_gapless_codes(complete, clerk, seed):
    create_all(1000, complete, clerk, seed)

    assert_without_gap(1000)
