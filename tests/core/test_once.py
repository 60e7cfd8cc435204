"""A form whose work is many transactions still takes effect once."""

from dataclasses import replace

import pytest

from core.history import FormKey
from core.models import IdempotencyKey
from core.once import claimed
from core.refusal import KeyReused, Repeated
from tests.cast import act_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(clerk):
    """The act of a posted form."""
    return replace(act_by(clerk), key=FormKey("k" * 20, "upload", "hash"))


def test_a_form_that_took_effect_is_a_repetition_with_its_result(act):
    with claimed(act) as ticket:
        ticket.result = "42"

    with pytest.raises(Repeated) as repeated, claimed(act):
        pytest.fail("worked twice")

    assert repeated.value.result == "42"


def test_a_form_sent_again_while_it_runs_has_no_result_yet(act):
    with claimed(act), pytest.raises(Repeated) as repeated, claimed(act):
        pytest.fail("worked twice")

    assert repeated.value.result == ""


def test_a_failure_gives_the_key_back(act):
    with pytest.raises(ZeroDivisionError), claimed(act):
        1 / 0  # noqa: B018

    assert not IdempotencyKey.objects.exists()


def test_another_body_under_the_key_is_refused(act):
    with claimed(act) as ticket:
        ticket.result = "42"
    other = replace(act, key=FormKey("k" * 20, "upload", "another hash"))

    with pytest.raises(KeyReused), claimed(other):
        pytest.fail("worked for another body")
