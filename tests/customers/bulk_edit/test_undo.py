"""Taking back a bulk edit: field by field what still stands, by the same rights, once."""

import pytest

from core import saving
from core.models import BulkEdit, Change
from core.records.bulk_edit import job, kept
from core.records.record import Record
from core.saving import Refused
from customers.models import Customer
from customers.services import customer as customer_service
from customers.services.aggregates import REFERENCE
from tests.cast import act_by, move
from tests.customers.bulk_edit.conftest import outcome_of, set_to, tags

pytestmark = pytest.mark.django_db


def save(customer, user, **values):
    customer = Customer.objects.get(pk=customer.pk)
    customer_service.save(
        customer.pk, Record(values), version=customer.version, submit=False, act=act_by(user)
    )


def test_the_old_values_come_back_as_one_operation_of_its_own(
    carry_out, make_customer, clerk, world, successor
):
    tagged, bare = make_customer("enabled", tags=[world.tag]), make_customer()
    edit = carry_out(
        clerk, [tagged, bare],
        salesperson=set_to(successor), tags=tags(kept.SET, world.other_tag),
        department=set_to(world.units.team),
    )  # fmt: skip

    undone = job.undo(edit)

    undone.refresh_from_db()
    assert undone.done == {"changed": 2}
    for customer in Customer.objects.all():
        assert customer.salesperson == world.salesperson
        assert customer.department == customer.scope_unit == world.units.first
    assert [tag.name for tag in tagged.tags.all()] == ["长期合作"]
    assert list(bare.tags.all()) == []
    entries = Change.objects.filter(operation=undone.pk)
    assert {one.source for one in entries} == {"bulk undo"}
    assert entries.count() == 2


def test_what_somebody_changed_since_stays_and_says_who(
    carry_out, make_customer, admin, clerk, colleague, world, successor
):
    touched, other, free = (make_customer() for _number in range(3))
    edit = carry_out(
        admin, [touched, other, free],
        salesperson=set_to(successor), industry=set_to(world.industry),
    )  # fmt: skip
    save(touched, colleague, salesperson=world.salesperson, industry=None)
    save(other, colleague, industry=None)
    save(free, clerk, remark="别的字段")

    undone = job.undo(edit)

    told = outcome_of(undone)
    assert undone.done == {"changed": 2, "refused": 1}
    assert "王海涛" in told[touched.pk].sentence
    assert "行业" in told[other.pk].sentence
    assert "业务员" not in told[other.pk].sentence
    assert told[free.pk].sentence == ""
    for customer in (other, free):
        customer.refresh_from_db()
        assert customer.salesperson == world.salesperson
    assert free.industry is None
    assert free.remark == "别的字段"


def test_a_field_that_was_changed_there_and_back_was_changed(
    carry_out, make_customer, admin, clerk, world, successor
):
    customer = make_customer()
    edit = carry_out(admin, [customer], salesperson=set_to(successor))
    save(customer, clerk, salesperson=world.salesperson)
    save(customer, clerk, salesperson=successor)

    undone = job.undo(edit)

    assert outcome_of(undone)[customer.pk].outcome == kept.REFUSED
    customer.refresh_from_db()
    assert customer.salesperson == successor


def test_it_needs_the_same_rights_as_the_edit(carry_out, make_customer, clerk, world, successor):
    held, free = make_customer(), make_customer()
    edit = carry_out(clerk, [held, free], salesperson=set_to(successor))
    held.refresh_from_db()
    move(held, "submit", clerk)

    undone = job.undo(edit)

    told = outcome_of(undone)
    assert "正在审核" in told[held.pk].sentence
    assert told[free.pk].outcome == kept.CHANGED


def test_who_lost_the_right_takes_nothing_back(carry_out, make_customer, clerk, successor):
    customer = make_customer()
    edit = carry_out(clerk, [customer], salesperson=set_to(successor))
    clerk.groups.clear()

    undone = job.undo(BulkEdit.objects.get(pk=edit.pk))

    undone.refresh_from_db()
    assert undone.done == {"left": 1}
    customer.refresh_from_db()
    assert customer.salesperson == successor


def test_what_it_gave_away_it_cannot_take_back(carry_out, make_customer, admin, successor, world):
    clerk_of_team = make_customer()
    edit = carry_out(admin, [clerk_of_team], department=set_to(world.units.second))
    admin.groups.set(type(admin.groups.first()).objects.filter(name="clerk"))
    admin.unit = world.units.first
    admin.save()

    undone = job.undo(BulkEdit.objects.get(pk=edit.pk))

    assert outcome_of(undone)[clerk_of_team.pk].sentence == "这条记录已不在您的数据范围内。"


def test_it_is_taken_back_once_only(carry_out, make_customer, clerk, successor):
    edit = carry_out(clerk, [make_customer()], salesperson=set_to(successor))

    first, second = job.undo(edit), job.undo(edit)

    assert first == second
    assert Change.objects.filter(operation=first.pk).count() == 1
    with pytest.raises(Refused):
        job.undo(first)


def test_what_wrote_nothing_is_not_taken_back(carry_out, look, make_customer, clerk, world):
    same = carry_out(clerk, [make_customer()], salesperson=set_to(world.salesperson))
    only_looked_at = look(clerk, [make_customer()], industry=set_to(world.industry))

    for edit in (same, only_looked_at):
        with pytest.raises(Refused):
            job.undo(edit)


def test_what_followed_comes_back_too(carry_out, make_customer, clerk, world):
    """The tax number of a company follows its credit code as soon as it is a company."""
    draft = make_customer(customer_type=None)
    edit = carry_out(clerk, [draft], customer_type=set_to(world.dealer))
    draft.refresh_from_db()
    assert draft.tax_number == draft.uscc

    job.undo(edit)

    draft.refresh_from_db()
    assert (draft.customer_type, draft.tax_number) == (None, "")


def test_a_value_that_is_gone_is_said(carry_out, make_customer, admin, world, successor):
    values = {"code": "T4", "name": "临时", "unit": world.units.first}
    passing = saving.create(REFERENCE["salesperson"], values, act=act_by(admin))
    customer = make_customer(salesperson=passing)
    edit = carry_out(admin, [customer], salesperson=set_to(successor))
    saving.delete(REFERENCE["salesperson"], passing.pk, version=passing.version, act=act_by(admin))

    undone = job.undo(edit)

    assert outcome_of(undone)[customer.pk].sentence == "它原来的某个取值已不存在。"
