"""Writing through core.saving: versions, history, no empty writes, refusals instead of crashes."""

import pytest
from django.utils import translation

from core import history, saving
from core.aggregate import Draft, Edit, Outcome, RowInput
from core.models import Change
from customers.models import BankAccount, Contact, Customer, UsedCode
from customers.services.aggregates import AGGREGATE, REFERENCE
from tests.cast import act_by

ACCOUNT = {"account_number": "4000023009200123456", "is_default": True}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def entries(customer):
    return list(history.of(AGGREGATE.subject_type, customer.pk))


def change(customer, values, rows=None, marks=None, **more):
    return saving.change(
        AGGREGATE, customer.pk, values, rows, marks, version=customer.version, **more
    )


def test_a_change_writes_the_row_the_version_and_one_history_entry(make_customer, clerk):
    customer = make_customer()

    changed = change(customer, {"remark": "老客户"}, act=act_by(clerk, "电话确认"))

    assert (changed.remark, changed.version) == ("老客户", 2)
    newest = entries(customer)[0]
    assert newest.changes == {"fields": {"remark": ["", "老客户"]}}
    assert (newest.version, newest.actor, newest.reason) == (2, clerk, "电话确认")
    assert newest.role == "clerk"


def test_a_change_without_any_difference_writes_nothing(make_customer, world, clerk):
    customer = make_customer(tags=[world.tag], accounts=[ACCOUNT])
    contact, account = customer.contacts.get(), customer.bank_accounts.get()
    rows = {
        "contacts": [RowInput(contact.pk, {"name": contact.name, "mobile": contact.mobile})],
        "bank_accounts": [RowInput(account.pk, {"bank": None, "is_default": True})],
    }

    same = change(
        customer,
        {"name": customer.name, "region": world.beijing},
        rows,
        {"tags": [world.tag]},
        act=act_by(clerk),
    )

    assert same.version == 1
    assert len(entries(customer)) == 1
    assert Customer.objects.get(pk=customer.pk).updated_at == customer.updated_at


def test_a_change_that_is_told_always_writes_even_without_a_difference(make_customer, clerk):
    changed = change(make_customer(), {}, act=act_by(clerk), action="check", always=True)

    assert changed.version == 2
    assert entries(changed)[0].changes == {}


def test_a_change_of_an_older_version_is_stale_and_writes_nothing(make_customer, clerk):
    customer = make_customer()
    change(customer, {"remark": "一"}, act=act_by(clerk))

    with pytest.raises(saving.Stale):
        change(customer, {"remark": "二"}, act=act_by(clerk))

    assert Customer.objects.get(pk=customer.pk).remark == "一"
    assert len(entries(customer)) == 2


def test_a_change_of_a_deleted_record_is_stale(make_customer, clerk):
    customer = make_customer()
    saving.delete(AGGREGATE, customer.pk, version=1, act=act_by(clerk))

    with pytest.raises(saving.Stale):
        change(customer, {"remark": "二"}, act=act_by(clerk))


def test_what_is_computed_follows_the_name_and_is_not_told(make_customer, clerk):
    changed = change(make_customer(), {"name": "上海东方有限公司"}, act=act_by(clerk))

    assert changed.name_sort.startswith("shang hai") or changed.name_sort.startswith("shanghai")
    assert set(entries(changed)[0].changes["fields"]) == {"name"}


def test_a_new_record_tells_what_was_filled_in_and_nothing_else(make_customer, world, clerk):
    customer = make_customer(remark="", tags=[world.tag, world.other_tag], credit_managed=False)

    told = entries(customer)[0].changes

    assert told["fields"]["region"] == ["", "北京市"]
    assert set(told["fields"]["tags"][1].split("、")) == {world.tag.name, world.other_tag.name}
    assert not {"remark", "credit_managed", "scope_unit", "created_at", "id"} & set(told["fields"])
    assert [(row["child"], row["op"]) for row in told["rows"]] == [("contacts", "add")]


def test_tags_are_told_old_to_new(make_customer, world, clerk):
    customer = make_customer(tags=[world.tag])

    changed = change(customer, {}, marks={"tags": [world.other_tag]}, act=act_by(clerk))

    assert list(changed.tags.all()) == [world.other_tag]
    assert entries(changed)[0].changes["fields"]["tags"] == [world.tag.name, world.other_tag.name]


def test_a_tag_is_exchanged_for_another_of_the_same_name(make_customer, world, clerk):
    twin = saving.create(
        REFERENCE["tag"], {"code": "T9", "name": world.tag.name}, act=act_by(clerk)
    )
    customer = make_customer(tags=[world.tag])

    changed = change(customer, {}, marks={"tags": [twin]}, act=act_by(clerk))

    assert list(changed.tags.all()) == [twin]


def test_a_deleted_record_keeps_a_full_snapshot(make_customer, world, clerk):
    customer = make_customer(tags=[world.tag], accounts=[ACCOUNT])

    saving.delete(AGGREGATE, customer.pk, version=1, act=act_by(clerk, "重复"))

    last = entries(customer)[0]
    snapshot = last.changes["snapshot"]
    assert (last.action, last.version, last.reason) == ("delete", 2, "重复")
    assert snapshot["fields"]["name"] == customer.name
    assert snapshot["fields"]["uscc"] == customer.uscc
    assert snapshot["rows"]["bank_accounts"][0]["account_number"] == ACCOUNT["account_number"]
    assert snapshot["rows"]["contacts"][0]["name"] == "刘洋"
    assert snapshot["marks"] == {"tags": [world.tag.name]}
    assert not Contact.objects.filter(customer_id=customer.pk).exists()
    assert not BankAccount.objects.filter(customer_id=customer.pk).exists()


def test_a_record_in_use_is_not_deleted_and_says_what_uses_it(make_customer, world, clerk):
    make_customer()
    before = Change.objects.count()

    with pytest.raises(saving.Refused, match="still used by: customers") as refused:
        saving.delete(
            REFERENCE["region"],
            world.beijing.pk,
            version=world.beijing.version,
            act=act_by(clerk),
        )

    assert len(refused.value.problems) == 1
    assert Change.objects.count() == before


def test_a_mark_that_records_carry_is_not_deleted(make_customer, world, clerk):
    make_customer(tags=[world.tag])

    with pytest.raises(saving.Refused, match="still used by: customers"):
        saving.delete(REFERENCE["tag"], world.tag.pk, version=world.tag.version, act=act_by(clerk))


def test_a_taken_value_is_a_duplicate_with_its_field(world, clerk):
    with pytest.raises(saving.Duplicate, match="already used") as taken:
        saving.create(REFERENCE["tag"], {"code": world.tag.code, "name": "甲"}, act=act_by(clerk))

    assert list(taken.value.fields) == ["code"]


def test_a_code_is_remembered_once(make_customer):
    customer = make_customer()
    row = {"subject_type": AGGREGATE.subject_type, "subject_id": 1, "code": customer.code}

    with pytest.raises(saving.Duplicate) as taken:
        saving.note(AGGREGATE, UsedCode, [row])

    assert "code" in taken.value.fields


@pytest.mark.parametrize(
    "values",
    [
        {"code": "X" * 41},
        {"name": "长" * 10_000},
        {"remark": "长" * 10_000},
        {"name": "half \ud800"},
        {"credit_limit": "1e309"},
        {"credit_limit": "12345678901234567890.00"},
        {"credit_days": 10**30},
    ],
    ids=["code", "name", "remark", "surrogate", "infinite", "large amount", "large number"],
)
def test_values_that_no_form_lets_through_are_refused_without_a_crash(make_customer, clerk, values):
    customer = make_customer()

    with pytest.raises(saving.Refused):
        change(customer, values, act=act_by(clerk))

    assert Customer.objects.get(pk=customer.pk).version == 1


def test_many_records_are_made_with_children_marks_and_history(make_customer, world, clerk, admin):
    known = make_customer()
    common = {"scope_unit": known.scope_unit, "state": "draft"}
    drafts = [
        Draft(
            {**common, "name": "甲公司"},
            {
                "contacts": [
                    RowInput(None, {"name": "张三", "is_primary": True}),
                    RowInput(None, {"name": "李四"}),
                ]
            },
            {"tags": [world.tag]},
        ),
        Draft({**common, "name": "乙公司"}, act=act_by(admin, "第 2 行")),
    ]

    keys = saving.bulk_create(AGGREGATE, drafts, act=act_by(clerk))

    first, second = (Customer.objects.get(pk=pk) for pk in keys)
    assert [contact.line for contact in first.contacts.order_by("line")] == [0, 1]
    assert list(first.tags.all()) == [world.tag]
    (entry,) = entries(first)
    assert entry.hash == entry.digest()
    assert entry.prev_hash == ""
    assert [row["label"] for row in entry.changes["rows"]] == ["张三", "李四"]
    assert entry.changes["fields"]["tags"] == ["", world.tag.name]
    assert (entries(second)[0].actor, entries(second)[0].reason) == (admin, "第 2 行")


def test_many_records_are_changed_in_one_go_and_moved_ones_are_left_alone(make_customer, clerk):
    same, moved, gone = make_customer(), make_customer(), make_customer()
    edits = [Edit(customer.pk, 1, {"remark": "成批"}) for customer in (same, moved, gone)]
    edits[0].evidence = "说明"
    change(moved, {"remark": "别人改的"}, act=act_by(clerk))
    saving.delete(AGGREGATE, gone.pk, version=1, act=act_by(clerk))

    outcome = saving.bulk_change(AGGREGATE, edits, act=act_by(clerk), action="edit")

    assert outcome == Outcome(changed=[same.pk], stale=[moved.pk, gone.pk])
    assert Customer.objects.get(pk=moved.pk).remark == "别人改的"
    newest, first = entries(same)
    assert newest.changes == {"fields": {"remark": ["", "成批"]}, "evidence": "说明"}
    assert newest.prev_hash == first.hash
    assert newest.hash == newest.digest()
    assert Customer.objects.get(pk=same.pk).version == 2


def test_a_record_changed_in_bulk_goes_on_with_an_unbroken_chain(make_customer, clerk):
    one, other = make_customer(), make_customer()
    other = change(other, {"remark": "一"}, act=act_by(clerk))
    saving.bulk_change(
        AGGREGATE,
        [Edit(one.pk, 1, {"remark": "成批"}), Edit(other.pk, 2, {"remark": "成批"})],
        act=act_by(clerk),
        action="edit",
    )
    change(Customer.objects.get(pk=other.pk), {"remark": "三"}, act=act_by(clerk))

    for customer in (one, other):
        chain = entries(customer)[::-1]
        assert [entry.version for entry in chain] == list(range(1, len(chain) + 1))
        assert [entry.prev_hash for entry in chain[1:]] == [entry.hash for entry in chain[:-1]]
        assert all(entry.hash == entry.digest() for entry in chain)
