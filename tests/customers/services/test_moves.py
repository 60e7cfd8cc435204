"""Guards: each says nothing, or a sentence the user can act on."""

import pytest
from django.utils import translation

from core.aggregate import RowInput
from core.records.record import Record
from customers.models import Customer
from customers.services import customer as service
from customers.services import moves, policy
from tests.cast import act_by, move, valid_uscc


def said(guard, customer, user):
    """Give what a guard says of one record, "" for nothing."""
    told = guard([customer], user).get(customer.pk)
    return " ".join(getattr(told, "problems", [told]) if told else [])


def judged(customer, user):
    [found] = moves.four_eyes_and_checklist([customer], user).values()
    return found


def four_eyes(customer, user):
    """Give why this user is not the one to approve, "" for nothing."""
    found = judged(customer, user)
    assert found.own in ["", *found.problems(confirmed=True)]
    return found.own


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def save(customer, user, values=(), **more):
    record = Record(dict(values), **more)
    return service.save(
        customer.pk, record, version=customer.version, submit=False, act=act_by(user)
    )


def test_a_complete_record_is_complete(make_customer, clerk):
    assert said(moves.is_complete, make_customer(), clerk) == ""
    assert "missing" in said(moves.is_complete, make_customer(registered_address=""), clerk)


def test_numbers_are_free_while_nobody_submitted_them(make_customer, clerk):
    number = valid_uscc(970_001)
    first, second = make_customer(uscc=number), make_customer(uscc=number)
    assert said(moves.numbers_free, first, clerk) == ""

    move(second, "submit", clerk)

    told = said(moves.numbers_free, first, clerk)
    assert second.code in told
    assert said(moves.numbers_free, second, clerk) == ""


def test_an_equal_name_is_explained_once(make_customer, clerk):
    first = make_customer()
    assert said(moves.same_name_explained, first, clerk) == ""

    second = make_customer(name=first.name)

    assert first.name in said(moves.same_name_explained, second, clerk)
    assert (
        said(moves.same_name_explained, save(second, clerk, {"same_name_reason": "不同"}), clerk)
        == ""
    )


class TestFourEyes:
    """Nobody approves what they submitted or whose ◆ data they changed since it was approved."""

    def test_the_submitter_does_not_approve(self, make_customer, clerk, reviewer):
        customer = make_customer("submitted")

        assert "You submitted" in four_eyes(customer, clerk)
        assert four_eyes(customer, reviewer) == ""

    @pytest.mark.parametrize(
        ("values", "counts"),
        [
            ({"name": "北京改名有限公司"}, True),
            ({"invoice_title": "抬头"}, True),
            ({"credit_days": 30}, True),
            ({"remark": "备注"}, False),
            ({"short_name": "简称"}, False),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else str(value),
    )
    def test_who_changed_controlled_data_does_not_approve(
        self, make_customer, admin, clerk, values, counts
    ):
        customer = move(save(make_customer(), admin, values), "submit", clerk)

        assert bool(four_eyes(customer, admin)) is counts

    @pytest.mark.parametrize(("name", "counts"), [("bank_accounts", True), ("contacts", False)])
    def test_account_rows_count_and_contacts_do_not(
        self, make_customer, admin, clerk, name, counts
    ):
        draft = make_customer(accounts=[{"account_number": "40000230"}])
        stored = getattr(draft, name).get()
        changes = {"bank_accounts": {"branch": "中关村"}, "contacts": {"remark": "新"}}
        rows = {name: [RowInput(stored.pk, changes[name])]}
        customer = move(save(draft, admin, rows=rows), "submit", clerk)

        assert bool(four_eyes(customer, admin)) is counts

    def test_what_was_approved_by_another_since_counts_no_more(
        self, make_customer, admin, clerk, reviewer
    ):
        changed = save(make_customer("returned"), admin, {"name": "北京改名有限公司"})
        submitted = move(changed, "submit", clerk)
        assert four_eyes(submitted, admin)
        reopened = move(move(submitted, "approve", reviewer), "reopen", reviewer)

        again = move(reopened, "submit", clerk)

        assert four_eyes(again, admin) == ""

    def test_it_can_be_switched_off(self, make_customer, admin, clerk):
        customer = make_customer("submitted")
        policy.change({"four_eyes": False, "review_months": 12}, version=0, act=act_by(admin))

        assert four_eyes(customer, clerk) == ""


def test_the_checklist_is_clean_but_for_what_the_reviewer_confirms(make_customer, reviewer):
    customer = make_customer("submitted")
    make_customer(name=customer.name)
    assert judged(customer, reviewer).problems(confirmed=True) == []
    [problem] = judged(customer, reviewer).problems(confirmed=False)
    assert "1 customer of the same name" in problem

    customer.registered_address = ""

    [problem] = judged(customer, reviewer).problems(confirmed=True)
    assert "Registered address is missing" in problem


def test_who_submitted_and_changed_is_told_once_beside_the_red_lines(make_customer, admin):
    customer = make_customer("submitted", by=admin)
    customer.registered_address = ""

    problems = judged(customer, admin).problems(confirmed=True)

    assert ["You submitted" in problems[0], "is missing" in problems[1]] == [True, True]
    assert len(problems) == 2


def test_guards_say_of_many_what_they_say_of_each(make_customer, clerk):
    taken = make_customer("enabled", uscc=valid_uscc(9_005))
    records = [
        make_customer(uscc=taken.uscc),
        make_customer(name=taken.name),
        make_customer(contacts=[]),
        make_customer(),
    ]

    for guard in (moves.is_complete, moves.numbers_free, moves.same_name_explained):
        told = guard(records, clerk)
        alone = [said(guard, row, clerk) for row in records]
        assert [
            " ".join(told[row.pk].problems) if row.pk in told else "" for row in records
        ] == alone
        assert sum(map(bool, alone)) == 1


def test_whatever_the_lifecycle_names_is_there():
    assert Customer.workflow.unjoined() == []
