"""What is ◆ and in force is asked for in bulk, one request for each customer; taken back, too."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import faults, jobs, verify
from core.models import Change
from core.records.bulk_edit import job, kept
from core.saving import Refused
from customers.models import Customer, CustomerChange
from tests.cast import move
from tests.customers.asking import ask, decide
from tests.customers.bulk_edit.conftest import outcome_of, set_to
from tests.customers.imports.steps.test_lookups import account_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_in_force(make_customer, world):
    """Make customers in force, with all that a change of them is looked at for."""

    def make(state="enabled", **more):
        return make_customer(state, accounts=[account_of(world)], **more)

    return make


CREDIT = {  # not in the order of the field table, in which it is asked for
    "credit_days": set_to(45),
    "credit_limit": set_to("200000.00"),
    "credit_managed": set_to(True),
}


def stored(customer):
    return Customer.objects.get(pk=customer.pk)


def test_what_is_in_force_is_asked_for_and_the_rest_written(
    carry_out, make_customer, make_in_force, finance
):
    draft = make_customer()
    customers = [make_in_force("approved"), make_in_force(), make_in_force("disabled")]

    edit = carry_out(finance, [draft, *customers], **CREDIT, reason="年度授信")

    assert edit.done == {"changed": 1, "asked": 3}
    assert stored(draft).credit_limit == Decimal(200000)
    assert {(one.credit_managed, one.version) for one in map(stored, customers)} == {
        (False, one.version) for one in customers
    }
    requests = CustomerChange.objects.order_by("record")
    assert [(one.record_id, one.state, one.reason) for one in requests] == [
        (one.pk, "submitted", "年度授信") for one in customers
    ]
    assert [(one.name, one.old, one.new) for one in requests[0].asks.fields] == [
        ("credit_managed", False, True),
        ("credit_limit", None, "200000.00"),
        ("credit_days", None, 45),
    ]
    told = outcome_of(edit)
    assert [told[one.record_id].request for one in requests] == [one.pk for one in requests]
    assert all(tally.wrong == 0 for tally in verify.run())


def test_all_of_it_is_one_operation_of_the_history(
    carry_out, make_in_force, admin, successor, world
):
    customer = make_in_force()

    edit = carry_out(
        admin, [customer], salesperson=set_to(successor), reason="年度授信", **CREDIT
    )  # fmt: skip

    entries = Change.objects.filter(operation=edit.pk).order_by("pk")
    assert {(one.subject_type, one.action) for one in entries} == {
        ("customers.customer", "change"),
        ("customers.customerchange", "create"),
        ("customers.customerchange", "submit"),
    }
    assert {(one.source, one.reason) for one in entries} == {("bulk", "年度授信")}
    assert stored(customer).salesperson == successor
    assert outcome_of(edit)[customer.pk].outcome == kept.ASKED


def test_a_request_takes_effect_when_it_is_approved(carry_out, make_in_force, finance, reviewer):
    customer = make_in_force()
    carry_out(finance, [customer], **CREDIT, reason="年度授信")

    decide(CustomerChange.objects.get(), "approve", reviewer)

    assert stored(customer).credit_days == 45
    assert stored(customer).state == "enabled"


def test_a_flag_is_taken_away(carry_out, make_customer, make_in_force, finance):
    managed = {"credit_managed": True, "credit_limit": Decimal(1), "credit_days": 1}
    draft, customer = make_customer(**managed), make_in_force(**managed)

    edit = carry_out(finance, [draft, customer], credit_managed=set_to(False), reason="不再授信")

    assert edit.done == {"changed": 1, "asked": 1}
    assert stored(draft).credit_managed is False
    assert CustomerChange.objects.get().asks.fields[0].new is False


def test_looking_promises_what_comes_and_asks_for_nothing(
    look, make_customer, make_in_force, finance, clerk
):
    managed = {"credit_managed": True, "credit_limit": Decimal(200000), "credit_days": 45}
    free, same, held = make_customer(), make_in_force(**managed), make_in_force()
    asked, under_review, bare = (
        make_in_force(),
        make_customer("submitted"),
        make_customer("enabled"),
    )
    request = ask(
        held, finance, {"credit_managed": True, "credit_limit": Decimal(7), "credit_days": 7}
    )
    customers = [free, same, held, asked, under_review, bare]

    edit = look(finance, customers, **CREDIT, reason="年度授信")

    promised = outcome_of(edit)
    assert edit.looked == {"changed": 1, "same": 1, "asked": 1, "refused": 3}
    assert CustomerChange.objects.get() == request
    assert promised[asked.pk].asked["credit_days"] == [None, 45]
    assert request.code in promised[held.pk].sentence
    assert "启用信用管理、信用额度、信用期限：" in promised[held.pk].sentence
    assert "银行账户" in promised[bare.pk].sentence
    job.write(edit, look=edit.job_id)
    came = outcome_of(edit)
    assert {pk: (one.outcome, one.sentence) for pk, one in promised.items()} == {
        pk: (one.outcome, one.sentence) for pk, one in came.items()
    }
    assert CustomerChange.objects.count() == 2


def test_without_a_reason_nothing_is_asked_for(look, make_customer, make_in_force, finance):
    edit = look(finance, [make_in_force()], **CREDIT)

    with pytest.raises(Refused) as refused:
        job.write(edit, look=edit.job_id, reason=" ")

    assert "请填写变更理由" in str(refused.value)
    assert not CustomerChange.objects.exists()
    job.write(edit, look=edit.job_id, reason="年度授信")
    assert CustomerChange.objects.get().reason == "年度授信"
    free = look(finance, [make_customer()], **CREDIT)
    job.write(free, look=free.job_id)
    assert outcome_of(free).popitem()[1].outcome == kept.CHANGED


def test_what_was_asked_for_since_the_look_is_refused_and_keeps_no_other(
    look, make_in_force, finance, admin, successor
):
    overtaken, free = make_in_force(), make_in_force()
    edit = look(admin, [overtaken, free], salesperson=set_to(successor), reason="授信", **CREDIT)
    request = ask(overtaken, finance, {"credit_managed": True, "credit_limit": 7, "credit_days": 7})

    job.write(edit, look=edit.job_id)

    told = outcome_of(edit)
    assert edit.done == {"asked": 1, "refused": 1}
    assert request.code in told[overtaken.pk].sentence
    assert told[overtaken.pk].request == 0
    assert stored(overtaken).salesperson != successor
    assert stored(free).salesperson == successor
    assert CustomerChange.objects.exclude(pk=request.pk).get().record_id == free.pk


def test_undo_gives_values_back_and_withdraws_what_nobody_approved(
    carry_out, make_customer, make_in_force, admin, reviewer, successor, world
):
    draft, waiting, approved = make_customer(), make_in_force(), make_in_force()
    edit = carry_out(
        admin, [draft, waiting, approved],
        salesperson=set_to(successor), reason="年度授信", **CREDIT,
    )  # fmt: skip
    requests = {one.record_id: one for one in CustomerChange.objects.all()}
    decide(requests[approved.pk], "approve", reviewer)

    undone = job.undo(edit)

    told = outcome_of(undone)
    assert undone.done == {"changed": 2, "kept": 1}
    assert {one.salesperson for one in Customer.objects.all()} == {world.salesperson}
    assert stored(draft).credit_limit is None
    assert stored(approved).credit_limit == Decimal(200000)
    states = dict(CustomerChange.objects.values_list("record", "state"))
    assert states == {waiting.pk: "withdrawn", approved.pk: "approved"}
    assert requests[approved.pk].code in told[approved.pk].sentence
    assert reviewer.display_name in told[approved.pk].sentence
    withdrawn = Change.objects.get(operation=undone.pk, action="withdraw")
    assert (withdrawn.subject_id, withdrawn.source) == (requests[waiting.pk].pk, "bulk undo")
    assert all(tally.wrong == 0 for tally in verify.run())


def test_undo_of_requests_alone_leaves_the_version(carry_out, make_in_force, finance, reviewer):
    returned, waiting = make_in_force(), make_in_force()
    edit = carry_out(finance, [returned, waiting], **CREDIT, reason="年度授信")
    decide(CustomerChange.objects.get(record=returned.pk), "return", reviewer, "额度太高")

    undone = job.undo(edit)

    assert outcome_of(undone)[waiting.pk].outcome == kept.WITHDRAWN
    assert undone.done == {"withdrawn": 2}
    assert stored(waiting).version == waiting.version
    assert set(CustomerChange.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_undo_asks_for_nothing(carry_out, make_customer, finance, clerk, reviewer, admin, world):
    """What a draft got at once is in force now: whoever wants it back asks for that."""
    draft = make_customer(accounts=[account_of(world)])
    edit = carry_out(finance, [draft], **CREDIT)
    for name, user in (("submit", clerk), ("approve", reviewer)):
        move(stored(draft), name, user)

    undone = job.undo(edit)

    assert outcome_of(undone)[draft.pk].outcome == kept.REFUSED
    assert "变更申请" in outcome_of(undone)[draft.pk].sentence
    assert not CustomerChange.objects.exists()


def test_undo_withdraws_nothing_of_a_customer_out_of_sight(carry_out, make_in_force, admin, world):
    customer = make_in_force()
    edit = carry_out(admin, [customer], **CREDIT, reason="年度授信")
    admin.groups.set(type(admin.groups.first()).objects.filter(name="clerk"))
    admin.unit = world.units.second
    admin.save()

    undone = job.undo(type(edit).objects.get(pk=edit.pk))

    assert outcome_of(undone)[customer.pk].sentence == "这条记录已不在您的数据范围内。"
    assert CustomerChange.objects.get().state == "submitted"


@pytest.mark.parametrize("point", ["written", "committed"])
def test_an_interrupted_one_goes_on_and_asks_for_nothing_twice(
    look, make_in_force, finance, monkeypatch, point
):
    monkeypatch.setattr(kept, "BLOCK", 2)
    monkeypatch.setattr(job, "AT_ONCE", 2)
    customers = [make_in_force() for _number in range(5)]
    edit = look(finance, customers, **CREDIT, reason="年度授信")
    jobs.run_waiting()
    edit.refresh_from_db()
    job.write(edit, look=edit.job_id)

    with faults.armed(f"raise@jobs.chunk.{point}:2"):
        jobs.run_here(type(edit).objects.get(pk=edit.pk).job)
    begun = CustomerChange.objects.count()
    jobs.run_waiting()

    assert begun in (2, 4)
    assert outcome_of(edit).keys() == {one.pk for one in customers}
    assert edit.done == {"asked": 5}
    asked = CustomerChange.objects.order_by("record").values_list("record", flat=True)
    assert list(asked) == [one.pk for one in customers]


@pytest.mark.parametrize("step", ["look", "write", "undo"])
def test_queries_do_not_grow_with_the_records(look, make_in_force, finance, step):
    def queries(number):
        customers = [make_in_force() for _number in range(number)]
        edit = look(finance, customers, **CREDIT, reason="年度授信")
        if step == "undo":
            job.write(edit, look=edit.job_id)
            edit.refresh_from_db()
        with CaptureQueriesContext(connection) as seen:
            if step == "look":
                job.choose(edit, CREDIT, "年度授信")
            elif step == "write":
                job.write(edit, look=edit.job_id)
            else:
                job.undo(edit)
        edit.refresh_from_db()
        assert (edit.done or edit.looked) == {"asked": number}
        return [one["sql"] for one in seen if "executemany" not in one["sql"]]

    few, many = queries(2), queries(8)

    assert len(many) <= len(few), "\n".join(many)
