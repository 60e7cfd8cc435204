"""What is wrong in form waits in a draft, and stops it when it is submitted."""

from datetime import date

import pytest

from core.records.record import Record
from core.saving import Refused
from customers.services import customer as service
from tests.cast import act_by, move

WRONG = {"uscc": "123", "founded_date": date(2999, 1, 1)}


def saved(pk, record, user, version=None):
    return service.save(pk, record, version=version, submit=False, act=act_by(user))


def test_a_draft_keeps_what_is_wrong_and_cannot_be_submitted_with_it(complete, clerk):
    draft = saved(None, complete(**WRONG), clerk)

    assert (draft.uscc, draft.tax_number) == ("123", "")
    with pytest.raises(Refused) as refused:
        move(draft, "submit", clerk)
    assert set(refused.value.fields) == {"uscc", "founded_date"}


def test_a_wrong_cell_of_a_draft_is_named_when_it_is_submitted(complete, clerk):
    draft = saved(None, complete(contacts=[{"name": "刘洋", "mobile": "1380013"}]), clerk)

    with pytest.raises(Refused) as refused:
        move(draft, "submit", clerk)

    (sentence,) = refused.value.problems
    assert set(refused.value.fields) == {"contacts-0-mobile"}
    assert "11" in sentence


def test_a_record_that_was_approved_takes_nothing_wrong(make_customer, clerk):
    customer = make_customer("approved")

    with pytest.raises(Refused) as refused:
        saved(
            customer.pk,
            Record({"founded_date": WRONG["founded_date"]}),
            clerk,
            version=customer.version,
        )

    assert set(refused.value.fields) == {"founded_date"}


def test_a_record_has_no_more_rows_of_a_kind_than_the_limit(complete, clerk, monkeypatch):
    monkeypatch.setattr("core.records.record.MOST_ROWS", 1)
    contacts = [{"name": "甲", "mobile": "13800132207"}, {"name": "乙", "mobile": "13800132208"}]

    with pytest.raises(Refused):
        service.save(
            None, complete(contacts=contacts), version=None, submit=False, act=act_by(clerk)
        )
