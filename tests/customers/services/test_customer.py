"""Saving customers: who may write what in which state, drafts, submit in one step, the check."""

import pytest
from django.db import transaction
from django.utils import translation

from core import history
from core.aggregate import RowInput
from core.models import Change
from core.records.changes.asking import Ask
from core.records.record import Record
from core.saving import Refused, Stale
from customers.models import Customer, CustomerChange, UsedCode
from customers.queries import readiness
from customers.rules import record as rules
from customers.services import customer as service
from tests.cast import act_by, move, valid_uscc
from tests.customers.field_rights import ANY, read_table

SUBJECT = "customers.customer"
CONTACT = {"name": "李四", "mobile": "13800132208"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def parts(world):
    return {
        "general": Record({"short_name": "恒信"}),
        "name": Record({"name": "北京改名有限公司"}),
        "financial": Record({"invoice_type": "special"}),
        "title": Record({"invoice_title": "北京恒信"}),
        "contacts": Record({}, {"contacts": [RowInput(None, CONTACT)]}),
        "accounts": Record({}, {"bank_accounts": [RowInput(None, {"account_number": "40000230"})]}),
        "tags": Record({}, marks={"tags": [world.tag]}),
        "reason": Record({"same_name_reason": "两家公司"}),
    }


class Undo(Exception):
    """Takes back what one cell did."""


def save(pk, record, user, version=None, submit=False):
    ask = Ask("换了银行")
    return service.save(pk, record, version=version, submit=submit, act=act_by(user), ask=ask)


def cell(customer, record, user):
    answer, entries = "+", Change.objects.count()
    try:
        with transaction.atomic():
            try:
                changed = save(customer.pk, record, user, customer.version)
            except Stale:
                answer = "."
            except Refused as refused:
                answer = "x" if refused.problems else "no reason"
            else:
                answer = "r" if changed.requested else "+"
                assert changed.version == customer.version + (answer == "+")
                # A request is made, then submitted; the customer itself keeps what it has.
                assert Change.objects.count() == entries + {"+": 1, "r": 2}[answer]
            raise Undo
    except Undo:
        pass
    assert Change.objects.count() == entries
    return answer


@pytest.mark.parametrize("state", ANY)
def test_everybody_writes_exactly_what_the_table_says(make_customer, world, cast, state):
    customer = make_customer(state)
    expected = {who: cells for who, place, cells in read_table() if place == state}

    found = {
        who: {name: cell(customer, record, cast[who]) for name, record in parts(world).items()}
        for who in expected
    }

    assert len(expected) == 7
    assert found == expected


@pytest.mark.parametrize(
    "values",
    [
        {"state": "approved"},
        {"approved_version": 1},
        {"four_eyes": False, "scope_unit": None},
        {"submitted_by": None, "created_at": None},
        {"version": 7},
        {"id": 7},
        {"no_such_field": 1},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_hand_made_call_cannot_set_what_no_form_has(make_customer, complete, admin, values):
    customer = make_customer()

    with pytest.raises(Refused) as refused:
        save(customer.pk, Record(values), admin, customer.version)
    assert set(refused.value.fields) == set(values)

    fresh = complete()
    with pytest.raises(Refused):
        save(None, Record({**fresh.values, **values}), admin)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("who", ["reviewer", "viewer", "nobody"])
def test_who_may_not_enter_customers_makes_none(complete, cast, who):
    with pytest.raises(Refused, match="not change them") as refused:
        save(None, complete(), cast[who])

    assert refused.value.fields == {}
    assert not Customer.objects.exists()


def test_nobody_gives_a_customer_to_a_department_out_of_reach(
    complete, make_customer, clerk, units
):
    customer, values = make_customer(), {"department": units.second}

    for pk, record in ((None, complete(**values)), (customer.pk, Record(values))):
        with pytest.raises(Refused) as refused:
            save(pk, record, clerk, customer.version if pk else None)
        assert list(refused.value.fields) == ["department"]


def test_a_value_given_again_as_it_is_needs_no_right(make_customer, clerk):
    customer = make_customer("enabled")
    same = {"name": customer.name, "uscc": customer.uscc, "short_name": "恒信"}

    assert save(customer.pk, Record(same), clerk, customer.version).short_name == "恒信"


def test_nothing_is_written_when_one_of_many_values_is_refused(make_customer, clerk):
    customer = make_customer("enabled")
    values = {"short_name": "恒信", "name": "改名", "invoice_title": "改名", "taxpayer": "small"}

    with pytest.raises(Refused) as refused:
        save(customer.pk, Record(values), clerk, customer.version)

    assert set(refused.value.fields) == {"invoice_title", "taxpayer"}
    assert not CustomerChange.objects.exists()
    assert Customer.objects.get(pk=customer.pk).short_name == ""


def test_an_empty_record_is_not_kept(clerk, world):
    with pytest.raises(Refused, match="Fill in at least one field"):
        save(None, Record({"name": "", "region": None, "credit_managed": False}), clerk)


@pytest.mark.parametrize(
    "record",
    [
        Record({"phone": "010-88886666"}),
        Record({}, {"contacts": [RowInput(None, {"name": "张三"})]}),
        Record({}, {"bank_accounts": [RowInput(None, {"account_number": "40000230"})]}),
    ],
    ids=["field", "contact", "account"],
)
def test_one_thing_is_enough_for_a_draft(clerk, world, record):
    draft = save(None, record, clerk)

    assert (draft.state, draft.code, str(draft)) == ("draft", "", "Unnamed customer")


def test_a_new_record_belongs_to_the_department_of_its_creator(clerk, units, world):
    draft = save(None, Record({"name": "甲"}), clerk)

    assert (draft.department, draft.scope_unit) == (units.first, units.first)
    assert Customer.objects.visible_to(clerk).filter(pk=draft.pk).exists()


def test_the_record_of_somebody_without_department_belongs_to_the_root(make_user, units, world):
    free = make_user("free", "clerk")

    draft = save(None, Record({"name": "甲"}), free)

    assert (draft.department, draft.scope_unit.parent) == (None, None)
    assert list(Customer.objects.visible_to(free)) == [draft]


def test_who_sees_the_record_follows_its_department(make_customer, clerk, admin, outsider, units):
    customer = make_customer()

    moved = save(customer.pk, Record({"department": units.second}), admin, 1)

    assert moved.scope_unit == units.second
    assert not Customer.objects.visible_to(clerk).exists()
    assert save(customer.pk, Record({"remark": "新"}), outsider, 2).version == 3
    with pytest.raises(Stale):
        save(customer.pk, Record({"remark": "旧"}), clerk, 3)


def test_a_record_without_department_falls_back_to_its_creators(make_customer, clerk, units):
    customer = make_customer(department=units.team)

    assert save(customer.pk, Record({"department": None}), clerk, 1).scope_unit == units.first


@pytest.mark.parametrize("version", [None, 0, 2])
def test_another_version_than_the_stored_one_is_stale(make_customer, clerk, version):
    customer = make_customer()

    with pytest.raises(Stale):
        save(customer.pk, Record({"remark": "新"}), clerk, version)


def test_a_company_without_tax_number_gets_its_credit_code(make_customer):
    customer = make_customer(tax_number="")

    assert customer.tax_number == customer.uscc


def test_a_person_gets_no_tax_number(make_customer, world):
    assert make_customer(customer_type=world.person).tax_number == ""


def test_the_first_contact_is_primary_and_the_first_account_default(make_customer):
    customer = make_customer(
        contacts=[{"name": "张三", "mobile": "13800000001"}, {"name": "李四"}],
        accounts=[{"account_number": "40000230"}, {"account_number": "40000231"}],
    )

    contacts, accounts = customer.contacts.order_by("line"), customer.bank_accounts.order_by("line")
    assert [row.is_primary for row in contacts] == [True, False]
    assert [row.is_default for row in accounts] == [True, False]


def test_rows_that_keep_their_mark_are_left_alone(make_customer, clerk):
    customer = make_customer(
        contacts=[{"name": "张三", "mobile": "13800000001"}, {"name": "李四", "is_primary": True}]
    )
    first, second = customer.contacts.order_by("line")

    save(
        customer.pk,
        Record({}, {"contacts": [RowInput(first.pk, {"remark": "新"}), RowInput(second.pk, {})]}),
        clerk,
        1,
    )

    assert [row.is_primary for row in customer.contacts.order_by("line")] == [False, True]


class TestSaveAndSubmit:
    """Submitting from the form is saving and submitting in one step, or nothing at all."""

    def test_a_complete_record_is_saved_and_submitted(self, complete, clerk):
        customer = save(None, complete(), clerk, submit=True)

        assert (customer.state, customer.version) == ("submitted", 2)
        assert (customer.submitted_by, customer.submitted_at) == (clerk, customer.updated_at)
        actions = [entry.action for entry in history.of(SUBJECT, customer.pk)]
        assert actions == ["submit", "create"]

    def test_nothing_is_written_when_anything_is_missing(self, complete, clerk):
        with pytest.raises(Refused) as refused:
            save(None, complete(registered_address=""), clerk, submit=True)

        assert set(refused.value.fields) == {"registered_address"}
        assert not Customer.objects.exists()
        assert not UsedCode.objects.exists()
        assert not Change.objects.filter(subject_type=SUBJECT).exists()

    def test_a_stored_draft_stays_as_it_was(self, make_customer, clerk):
        draft = make_customer()

        with pytest.raises(Refused):
            save(
                draft.pk, Record({"name": "新名", "registered_address": ""}), clerk, 1, submit=True
            )

        assert Customer.objects.get(pk=draft.pk).name == draft.name
        assert Customer.objects.get(pk=draft.pk).version == 1

    def test_who_may_save_but_not_submit_writes_nothing(self, make_customer, clerk, monkeypatch):
        draft = make_customer()
        rights = frozenset({"customers.change_customer"})
        monkeypatch.setattr("core.workflow.permissions_of", lambda user: rights)

        with pytest.raises(Refused, match="do not have the right"):
            save(draft.pk, Record({"remark": "新"}), clerk, 1, submit=True)

        assert Customer.objects.get(pk=draft.pk).remark == ""


class TestRegularCheck:
    """核对无误: the next check moves away, and the history tells who looked."""

    def test_it_moves_the_next_check(self, make_customer, clerk):
        customer = make_customer("enabled")

        checked = service.confirm_checked(customer.pk, version=customer.version, act=act_by(clerk))

        assert checked.version == customer.version + 1
        assert history.of(SUBJECT, customer.pk)[0].action == "check"

    @pytest.mark.parametrize("who", ["viewer", "reviewer"])
    def test_it_needs_the_right_to_change(self, make_customer, cast, who):
        customer = make_customer("enabled")

        with pytest.raises(Refused):
            service.confirm_checked(customer.pk, version=customer.version, act=act_by(cast[who]))

    def test_only_enabled_customers_are_checked(self, make_customer, clerk):
        with pytest.raises(Refused, match="Only enabled"):
            service.confirm_checked(make_customer().pk, version=1, act=act_by(clerk))

    def test_an_older_screen_or_an_invisible_record_is_stale(self, make_customer, clerk, outsider):
        customer = make_customer("enabled")

        for user, version in ((clerk, customer.version - 1), (outsider, customer.version)):
            with pytest.raises(Stale):
                service.confirm_checked(customer.pk, version=version, act=act_by(user))


def lacking(record):
    values = rules.with_defaults(record.values, kind="company")
    rows = {name: [row.values for row in given] for name, given in record.rows.items()}
    return readiness.of_values(values, kind="company", rows=rows)


def test_what_a_record_lacks_is_told_without_saving_it(complete, world):
    missing = lacking(Record({"name": "甲", "customer_type": world.dealer}))

    assert {problem.field for problem in missing} == {
        "region", "registered_address", "tax_number", "department", "salesperson", "contacts",
    }  # fmt: skip
    assert (
        lacking(complete(contacts=[{"name": "张三", "mobile": "13800000001", "is_primary": True}]))
        == []
    )


def test_a_masked_account_row_is_kept_without_being_read(make_customer, colleague):
    customer = make_customer(accounts=[{"account_number": "4000023009200123456"}])
    account = customer.bank_accounts.get()

    save(
        customer.pk,
        Record({}, {"bank_accounts": [RowInput(account.pk, {"branch": "中关村"})]}),
        colleague,
        1,
    )

    account.refresh_from_db()
    assert (account.account_number, account.branch) == ("4000023009200123456", "中关村")


def test_drafts_may_share_a_number(make_customer, complete, clerk):
    number = valid_uscc(990_100)
    move(make_customer(uscc=number), "submit", clerk)

    assert save(None, complete(uscc=number), clerk).state == "draft"
