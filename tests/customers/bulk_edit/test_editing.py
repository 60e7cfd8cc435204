"""Fields of many customers set at once: who may, what follows, what is refused and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import append_only, saving
from core.models import BulkEdit, Change
from core.models.base import writing
from core.records.bulk_edit import job, kept
from core.records.record import Record
from core.saving import Stale
from customers.lifecycle import LIFE
from customers.models import Customer
from customers.services import customer as customer_service
from customers.services.aggregates import REFERENCE
from tests.cast import act_by, move
from tests.customers.bulk_edit.conftest import findings, outcome_of, set_to, tags

pytestmark = pytest.mark.django_db
SAME = {kept.CHANGED: "+", kept.ASKED: "r", kept.REFUSED: "-", kept.SAME: "="}


def names(customer):
    return sorted(tag.name for tag in customer.tags.all())


def retag(customer, user, *tags):
    customer.refresh_from_db()
    customer_service.save(
        customer.pk,
        Record({}, marks={"tags": list(tags)}),
        version=customer.version,
        submit=False,
        act=act_by(user),
    )
    customer.refresh_from_db()


def test_all_get_the_salesperson_in_one_operation(carry_out, make_customer, admin, successor):
    customers = [make_customer("enabled"), make_customer(), make_customer("disabled")]

    edit = carry_out(admin, customers, salesperson=set_to(successor), reason="李文静离职")

    assert edit.done == {"changed": 3}
    assert {one.salesperson for one in Customer.objects.all()} == {successor}
    entries = Change.objects.filter(operation=edit.pk)
    assert {(one.source, one.reason, one.action) for one in entries} == {
        ("bulk", "李文静离职", "change")
    }
    assert [one.changes["fields"] for one in entries] == [{"salesperson": ["李文静", "王海涛"]}] * 3


def test_what_an_edit_tells_and_the_history_does_not_is_found(
    carry_out, make_customer, admin, successor
):
    one, other, third = (make_customer() for _time in range(3))
    edit = carry_out(admin, [one, other], salesperson=set_to(successor))
    with writing(), append_only.lifted(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_change SET subject_id = %s WHERE subject_id = %s AND version = 2",
            [third.pk, one.pk],
        )

    told = findings()

    place = f"customers.customer {{}}, bulk edit {edit.pk}".format
    assert told == [
        f"{place(one.pk)}: its history lacks what the edit tells",
        f"{place(third.pk)}: the edit does not tell what its history has",
    ]
    BulkEdit.objects.all().delete()


def test_looking_promises_what_comes_and_writes_nothing(look, make_customer, clerk, world):
    free, same = make_customer(), make_customer(industry=world.industry)
    held = make_customer("submitted")
    before = Change.objects.count()

    edit = look(clerk, [free, same, held], industry=set_to(world.industry))

    assert edit.looked == {"changed": 1, "same": 1, "refused": 1}
    assert Change.objects.count() == before
    promised = outcome_of(edit)
    job.write(edit, look=edit.job_id)
    came = outcome_of(edit)
    assert {pk: (one.outcome, one.sentence) for pk, one in promised.items()} == {
        pk: (one.outcome, one.sentence) for pk, one in came.items()
    }
    assert "正在审核" in came[held.pk].sentence


# Who may set what in which state, as PRODUCT.md 4 has it, in the order of the lifecycle: a draft,
# one under review, returned, approved, enabled, disabled. "+" is changed, "r" asked for by a
# change request, "-" refused.
MATRIX = {
    ("clerk", "salesperson"): "+-++++",
    ("clerk", "tags"): "+-++++",
    ("clerk", "settlement_method"): "+-+---",
    ("clerk", "customer_type"): "+-+rrr",
    ("clerk", "credit_days"): "+-+---",
    ("finance", "salesperson"): "+-+---",
    ("finance", "settlement_method"): "+-++++",
    ("finance", "customer_type"): "+-+---",
    ("finance", "credit_days"): "+-+rrr",
    ("admin", "salesperson"): "+-++++",
    ("admin", "tags"): "+-++++",
    ("admin", "settlement_method"): "+-++++",
    ("admin", "customer_type"): "+-+rrr",
    ("admin", "credit_days"): "+-+rrr",
}


@pytest.mark.parametrize(("role", "name"), MATRIX)
def test_the_rights_of_role_field_and_state(
    carry_out, make_customer, world, cast, successor, role, name
):
    values = {
        "salesperson": set_to(successor),
        "tags": tags(kept.ADD, world.tag),
        "settlement_method": set_to(world.settlement),
        "customer_type": set_to(world.overseas),
        "credit_days": set_to(30),
    }
    customers = [make_customer(state.name) for state in LIFE.states]

    edit = carry_out(cast[role], customers, reason="统一调整", **{name: values[name]})

    told = outcome_of(edit)
    assert "".join(SAME[told[one.pk].outcome] for one in customers) == MATRIX[role, name]


@pytest.mark.parametrize("role", ["reviewer", "viewer", "nobody"])
def test_who_may_change_nothing_ends_the_edit_with_why(carry_out, make_customer, world, cast, role):
    customer = make_customer()

    edit = carry_out(cast[role], [customer], industry=set_to(world.industry))

    assert edit.done == {"left": 1}
    assert edit.job.state == "failed"
    assert "不能修改" in edit.job.error
    customer.refresh_from_db()
    assert customer.industry is None


def test_a_value_out_of_reach_is_refused(carry_out, make_customer, clerk, world):
    edit = carry_out(clerk, [make_customer()], department=set_to(world.units.second))

    (told,) = outcome_of(edit).values()
    assert told.outcome == kept.REFUSED
    assert "本部门" in told.sentence


def test_a_record_out_of_sight_is_refused(carry_out, make_customer, clerk, outsider, world):
    theirs = make_customer(by=outsider, department=world.units.second)

    edit = carry_out(clerk, [theirs], industry=set_to(world.industry))

    assert outcome_of(edit)[theirs.pk].sentence == "这条记录已不在您的数据范围内。"


def test_the_department_takes_the_scope_along(carry_out, make_customer, admin, world, outsider):
    customers = [make_customer("enabled"), make_customer()]

    carry_out(admin, customers, department=set_to(world.units.second))

    assert Customer.objects.visible_to(outsider).count() == 2
    drafts = Customer.objects.filter(state="draft")
    carry_out(admin, drafts, department={"way": kept.SET, "value": None})
    assert [one.scope_unit for one in drafts.all()] == [world.units.first]


def test_changed_since_selected_is_told_and_not_overwritten(
    look, make_customer, admin, clerk, world
):
    touched, gone, free = make_customer(), make_customer(), make_customer()
    edit = look(admin, [touched, gone, free], industry=set_to(world.industry))
    retag(touched, clerk, world.tag)
    move(gone, "delete", clerk)

    job.write(edit, look=edit.job_id)

    told = outcome_of(edit)
    assert "李文静 改动过" in told[touched.pk].sentence
    assert "李文静 已删除" in told[gone.pk].sentence
    assert told[free.pk].outcome == kept.CHANGED
    touched.refresh_from_db()
    assert touched.industry is None


def test_tags_are_added_taken_away_and_replaced(carry_out, make_customer, clerk, world):
    none, one = make_customer(), make_customer(tags=[world.tag])
    both = make_customer("enabled", tags=[world.tag, world.other_tag])

    def all_tags():
        return [names(Customer.objects.get(pk=customer.pk)) for customer in (none, one, both)]

    def edit(way, *chosen):
        records = Customer.objects.filter(pk__in=[none.pk, one.pk, both.pk])
        return carry_out(clerk, records, tags=tags(way, *chosen)).done

    assert edit(kept.ADD, world.other_tag) == {"changed": 2, "same": 1}
    assert all_tags() == [["高消费"], ["长期合作", "高消费"], ["长期合作", "高消费"]]
    assert edit(kept.REMOVE, world.tag) == {"changed": 2, "same": 1}
    assert all_tags() == [["高消费"]] * 3
    assert edit(kept.SET, world.tag) == {"changed": 3}
    assert all_tags() == [["长期合作"]] * 3
    assert edit(kept.SET) == {"changed": 3}
    assert all_tags() == [[]] * 3


def test_too_many_tags_are_refused_where_they_would_be(
    carry_out, make_customer, clerk, world, system_user
):
    many = [
        saving.create(
            REFERENCE["tag"], {"code": f"M{n}", "name": f"标{n}"}, act=act_by(system_user)
        )
        for n in range(50)
    ]
    full, free = make_customer(tags=many), make_customer()

    edit = carry_out(clerk, [full, free], tags=tags(kept.ADD, world.tag))

    told = outcome_of(edit)
    assert "50" in told[full.pk].sentence
    assert names(free) == ["长期合作"]


def test_a_draft_without_a_code_gets_it_when_its_last_piece_comes(
    carry_out, make_customer, clerk, world
):
    drafts = [make_customer(region=None), make_customer(region=None)]
    assert [one.code for one in drafts] == ["", ""]

    carry_out(clerk, drafts, region=set_to(world.beijing))

    codes = sorted(Customer.objects.values_list("code", flat=True))
    assert all(code.startswith("BJ-JS-") for code in codes)
    assert len(set(codes)) == 2


def test_a_value_that_is_gone_or_disabled_ends_it_before_anything_is_written(
    look, make_customer, admin, world, successor
):
    customer = make_customer()
    edit = look(admin, [customer], salesperson=set_to(successor))
    saving.change(
        REFERENCE["salesperson"], successor.pk, {"is_active": False},
        version=successor.version, act=act_by(admin),
    )  # fmt: skip

    job.write(edit, look=edit.job_id)

    edit.refresh_from_db()
    assert edit.done == {"left": 1}
    assert "已禁用" in edit.job.error
    gone = look(admin, [customer], salesperson=set_to(10**9))
    assert "已不存在" in gone.job.error
    assert gone.looked == {}


def test_only_what_was_looked_at_is_carried_out(look, make_customer, admin, world, successor):
    customer = make_customer()
    edit = look(admin, [customer], industry=set_to(world.industry))
    first = edit.job_id
    job.choose(edit, {"salesperson": set_to(successor)}, "")

    with pytest.raises(Stale):
        job.write(edit, look=first)

    assert Change.objects.filter(operation=edit.pk).count() == 0
    edit.refresh_from_db()
    job.write(edit, look=edit.job_id)
    job.write(edit, look=edit.job_id)
    assert Change.objects.filter(operation=edit.pk).count() == 1
    with pytest.raises(Stale):
        job.choose(edit, {}, "")


def test_one_that_the_database_refuses_keeps_no_other(
    carry_out, make_customer, clerk, world, monkeypatch
):
    customers = [make_customer() for _number in range(3)]
    refused = customers[1].pk
    write = saving.bulk_change

    def bulk_change(aggregate, edits, **more):
        if any(one.pk == refused for one in edits):
            raise saving.Refused(["数据库不接受。"])
        return write(aggregate, edits, **more)

    monkeypatch.setattr(saving, "bulk_change", bulk_change)

    edit = carry_out(clerk, customers, industry=set_to(world.industry))

    told = outcome_of(edit)
    assert edit.done == {"changed": 2, "refused": 1}
    assert told[refused].sentence == "数据库不接受。"


@pytest.mark.parametrize("step", ["look", "write"])
def test_queries_do_not_grow_with_the_records(look, make_customer, clerk, world, successor, step):
    def queries(number):
        records = [make_customer("enabled") for _ in range(number)]
        records += [make_customer("enabled", tags=[world.tag]) for _ in range(number)]
        choice = {"salesperson": set_to(successor), "tags": tags(kept.ADD, world.other_tag)}
        choice["department"] = set_to(world.units.team)
        edit = look(clerk, records, **choice)
        with CaptureQueriesContext(connection) as seen:
            if step == "look":
                job.choose(edit, choice, "")
            else:
                job.write(edit, look=edit.job_id)
        edit.refresh_from_db()
        assert (edit.done or edit.looked) == {"changed": 2 * number}
        return [one["sql"] for one in seen if "executemany" not in one["sql"]]

    few, many = queries(2), queries(8)

    assert len(many) <= len(few), "\n".join(many)


def test_what_a_customer_in_use_must_have_is_not_emptied(carry_out, look, make_customer, admin):
    draft, live = make_customer(), make_customer("enabled")
    empty = {"region": set_to(None)}

    assert outcome_of(look(admin, [draft, live], **empty))[live.pk].outcome == kept.REFUSED
    told = outcome_of(carry_out(admin, [draft, live], **empty))

    assert (told[draft.pk].outcome, told[live.pk].outcome) == (kept.CHANGED, kept.REFUSED)
    assert "地区" in told[live.pk].sentence
    assert Customer.objects.get(pk=live.pk).region is not None
