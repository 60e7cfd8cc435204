"""Moves: what submitting lacks, what approving is based on, what each move leaves behind."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation

from core import access, extend, history
from core.models import Change
from core.models.base import writing
from core.records import transition
from core.records.record import Record
from core.records.transition import Shown
from core.saving import NotAsShown, Refused, SomeRefused, Stale
from customers.lifecycle import NUMBERS_RESERVED, OPEN_STATES
from customers.models import Customer, Policy
from customers.queries import review
from customers.services import customer as service
from customers.services import policy
from customers.services.kinds import KIND
from tests.cast import act_by, move, set_raw, valid_uscc

SUBJECT = "customers.customer"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def draft_of(clerk, **values):
    return service.save(None, Record(values), version=None, submit=False, act=act_by(clerk))


def stored(customer):
    return Customer.objects.get(pk=customer.pk)


class TestSubmit:
    """Every ★ is named with its field; numbers and names of others are told."""

    def test_everything_that_is_missing_is_named_with_its_field(self, world, make_user):
        clerk = make_user("free", "clerk")
        draft = draft_of(clerk, customer_type=world.dealer, credit_managed=True)

        with pytest.raises(Refused) as refused:
            move(draft, "submit", clerk)

        assert set(refused.value.fields) == {
            "name", "region", "registered_address", "tax_number", "credit_limit", "credit_days",
            "department", "salesperson", "contacts", "bank_accounts",
        }  # fmt: skip
        assert len(refused.value.problems) == 10
        assert refused.value.fields["region"] == "Region is missing."
        assert stored(draft).version == 1

    @pytest.mark.parametrize(
        ("kind", "needs_tax"), [("dealer", True), ("person", False), ("overseas", False)]
    )
    def test_only_companies_need_a_tax_number(self, make_customer, world, clerk, kind, needs_tax):
        draft = make_customer(customer_type=getattr(world, kind), uscc="")

        if needs_tax:
            with pytest.raises(Refused) as refused:
                move(draft, "submit", clerk)
            assert list(refused.value.fields) == ["tax_number"]
        else:
            assert move(draft, "submit", clerk).state == "submitted"

    @pytest.mark.parametrize(
        ("over", "place"),
        [
            ({"contacts": []}, "contacts"),
            ({"contacts": [{"name": "刘洋", "email": "a@b.cn"}]}, "contacts"),
            ({"credit_managed": True}, "bank_accounts"),
        ],
        ids=["no contact", "no phone", "no account"],
    )
    def test_missing_rows_are_named(self, make_customer, clerk, over, place):
        with pytest.raises(Refused) as refused:
            move(make_customer(**over), "submit", clerk)

        assert place in refused.value.fields

    def test_a_row_is_named_by_its_place_in_the_form(self, make_customer, clerk):
        draft = make_customer(
            contacts=[{"name": "张三", "mobile": "13800000001"}, {"name": "李四"}]
        )
        with writing(), connection.cursor() as cursor:
            cursor.execute("UPDATE customers_contact SET name = '' WHERE line = 1")
            cursor.execute("UPDATE customers_contact SET remark = 'x' WHERE line = 0")

        with pytest.raises(Refused) as refused:
            move(draft, "submit", clerk)

        assert refused.value.fields == {"contacts-1": "Contact 2 has no name."}

    @pytest.mark.parametrize("state", NUMBERS_RESERVED)
    def test_the_numbers_of_another_are_taken_from_submit_on(self, make_customer, clerk, state):
        number = valid_uscc(980_001)
        other = make_customer(state, uscc=number)
        draft = make_customer(uscc=number)

        with pytest.raises(Refused) as refused:
            move(draft, "submit", clerk)

        sentence = f"Already used by {other.code} {other.name}."
        assert refused.value.fields == {"uscc": sentence, "tax_number": sentence}

    @pytest.mark.parametrize("state", OPEN_STATES)
    def test_the_numbers_of_a_draft_are_free(self, make_customer, clerk, state):
        number = valid_uscc(980_002)
        make_customer(state, uscc=number)

        assert move(make_customer(uscc=number), "submit", clerk).state == "submitted"

    def test_who_has_the_number_is_masked_outside_ones_scope(
        self, make_customer, clerk, outsider, units
    ):
        number = valid_uscc(980_003)
        other = make_customer("submitted", uscc=number)
        draft = make_customer(by=outsider, uscc=number, department=units.second)

        with pytest.raises(Refused) as refused:
            move(draft, "submit", outsider)

        told = " ".join(refused.value.problems)
        assert other.name not in told
        assert other.code not in told
        assert "北*" in told

    def test_an_equal_name_needs_an_explanation(self, make_customer, clerk):
        first = make_customer("submitted", name="北京恒信科技有限公司")
        draft = make_customer(name="北京恒信科技 有限责任公司")

        with pytest.raises(Refused) as refused:
            move(draft, "submit", clerk)
        assert list(refused.value.fields) == ["same_name_reason"]
        assert first.name in refused.value.problems[0]

        explained = service.save(
            draft.pk,
            Record({"same_name_reason": "另一家公司"}),
            version=1,
            submit=True,
            act=act_by(clerk),
        )
        assert (explained.state, explained.same_name_reason) == ("submitted", "另一家公司")

    def test_who_has_no_right_is_told_only_that(self, make_customer, reviewer):
        draft = make_customer(registered_address="")

        with pytest.raises(Refused) as refused:
            move(draft, "submit", reviewer)

        assert refused.value.problems == ["You do not have the right to do this."]
        assert refused.value.fields == {}


class TestApprove:
    """What is approved is exactly what was on the screen."""

    def approve(self, customer, user, **over):
        return move(customer, "approve", user, **over)

    def test_approving_records_who_when_what_and_the_next_check(self, make_customer, reviewer):
        approved = self.approve(make_customer("submitted"), reviewer)

        assert (approved.state, approved.approved_by) == ("approved", reviewer)
        assert approved.approved_at == approved.updated_at
        assert approved.approved_version == approved.version
        assert approved.four_eyes is True
        assert approved.review_due_date > approved.approved_at.date()

    def test_the_evidence_is_stored_with_the_decision(self, make_customer, reviewer):
        approved = self.approve(make_customer("submitted"), reviewer)

        evidence = history.of(SUBJECT, approved.pk)[0].changes["evidence"]

        assert (evidence["shown"], evidence["confirmed"]) == (True, True)
        lines = {line["name"]: line["result"] for line in evidence["lines"]}
        assert lines["complete"] == lines["uscc"] == "ok"
        assert all(line["finding"] and line["evidence"] for line in evidence["lines"])

    @pytest.mark.parametrize("digest", [None, "", "0" * 32])
    def test_without_the_digest_of_the_screen_nothing_is_approved(
        self, make_customer, reviewer, digest
    ):
        customer = make_customer("submitted")

        with pytest.raises(NotAsShown):
            self.approve(customer, reviewer, shown=Shown(digest, confirmed=True))

        assert stored(customer).state == "submitted"

    def test_a_result_that_changed_since_it_was_shown_is_not_as_shown(
        self, make_customer, reviewer, clerk
    ):
        customer = make_customer("submitted")
        shown = review.checklist(customer, reviewer).digest
        make_customer("draft", name=customer.name)

        with pytest.raises(NotAsShown):
            self.approve(customer, reviewer, shown=Shown(shown, confirmed=True))

    def test_a_red_line_refuses(self, make_customer, reviewer):
        customer = make_customer("submitted")
        set_raw(customer, registered_address="")

        with pytest.raises(Refused, match="Registered address is missing"):
            self.approve(stored(customer), reviewer)

    @pytest.mark.parametrize("is_confirmed", [False, True])
    def test_an_equal_name_is_red_until_it_is_confirmed(
        self, make_customer, reviewer, is_confirmed
    ):
        customer = make_customer("submitted")
        make_customer(name=customer.name)

        shown = Shown(review.checklist(customer, reviewer).digest, is_confirmed)
        if is_confirmed:
            assert self.approve(customer, reviewer, shown=shown).state == "approved"
        else:
            with pytest.raises(Refused, match="same name"):
                self.approve(customer, reviewer, shown=shown)

    def test_where_nothing_was_shown_that_is_noted(self, make_customer, reviewer):
        customer = make_customer("submitted")
        transition.move_many(KIND, "approve", [customer], act=act_by(reviewer))

        evidence = history.of(SUBJECT, customer.pk)[0].changes["evidence"]
        assert (evidence["shown"], evidence["confirmed"]) == (False, False)

    def test_where_nothing_was_shown_what_wants_a_look_is_refused(self, make_customer, reviewer):
        customer = make_customer("submitted")
        make_customer(name=customer.name)

        with pytest.raises(SomeRefused) as some:
            transition.move_many(KIND, "approve", [customer], act=act_by(reviewer))

        assert "same name" in " ".join(some.value.refused[customer.pk].problems)

    def test_approve_and_enable_are_two_entries_of_one_operation(self, make_customer, reviewer):
        customer = make_customer("submitted")

        enabled = self.approve(customer, reviewer, then="enable")

        newest, before = list(history.of(SUBJECT, customer.pk))[:2]
        assert (enabled.state, enabled.version) == ("enabled", customer.version + 2)
        assert (newest.action, before.action) == ("enable", "approve")
        assert newest.operation == before.operation
        assert (enabled.enabled_by, enabled.approved_by) == (reviewer, reviewer)

    def test_approve_and_enable_needs_the_right_to_enable(
        self, make_customer, make_user, units, monkeypatch
    ):
        known = dict(extend.roles())
        less = known["reviewer"].permissions - {"customers.enable_customer"}
        customer = make_customer("submitted")
        judge = make_user("half", "reviewer", unit=units.root)
        monkeypatch.setattr(extend, "_roles", known)
        monkeypatch.setattr(access, "_added_up", access._added_up.__wrapped__)
        known["reviewer"] = extend.Role("reviewer", "Reviewer", less, "all")

        with pytest.raises(Refused, match="do not have the right"):
            self.approve(customer, judge, then="enable")

        assert stored(customer).state == "submitted"
        assert history.of(SUBJECT, customer.pk).count() == customer.version

    def test_who_has_no_right_learns_nothing_about_the_record(self, make_customer, clerk):
        customer = make_customer("submitted")
        set_raw(customer, registered_address="")

        with pytest.raises(Refused) as refused:
            self.approve(stored(customer), clerk, shown=Shown("wrong"))

        assert refused.value.problems == ["You do not have the right to do this."]

    def test_a_former_approver_may_resubmit_and_somebody_else_approves(
        self, make_customer, admin, reviewer, clerk
    ):
        approved = self.approve(make_customer("submitted"), admin)
        reopened = move(approved, "reopen", reviewer)

        resubmitted = move(reopened, "submit", admin)

        assert resubmitted.approved_by == resubmitted.submitted_by == admin
        assert resubmitted.four_eyes is False
        with pytest.raises(Refused, match="somebody else"):
            self.approve(resubmitted, admin)
        again = self.approve(resubmitted, reviewer)
        assert (again.approved_by, again.four_eyes) == (reviewer, True)

    def test_a_new_approval_takes_the_place_of_the_old_one(self, make_customer, admin, reviewer):
        first = make_customer("approved")
        returned = move(first, "reopen", reviewer)
        second = self.approve(move(returned, "submit", admin), reviewer)

        assert second.approved_version == second.version > first.approved_version
        assert second.approved_at > first.approved_at


class TestEveryMove:
    """What all moves have in common."""

    @pytest.mark.parametrize(
        ("state", "name"),
        [("submitted", "return"), ("approved", "reopen"), ("enabled", "disable")],
    )
    @pytest.mark.parametrize("reason", ["", "  \n"])
    def test_some_moves_need_a_reason(self, make_customer, reviewer, state, name, reason):
        customer = make_customer(state)

        with pytest.raises(Refused, match="Give a reason") as refused:
            transition.perform(
                KIND, name, customer.pk, version=customer.version, act=act_by(reviewer, reason)
            )

        assert list(refused.value.fields) == ["reason"]
        assert stored(customer).version == customer.version

    def test_the_reason_stands_in_the_history(self, make_customer, reviewer):
        returned = move(make_customer("submitted"), "return", reviewer)

        entry = history.of(SUBJECT, returned.pk)[0]
        assert (entry.reason, entry.changes["fields"]) == (
            "资料有误",
            {"state": ["submitted", "returned"]},
        )

    def test_an_invisible_or_moved_record_is_stale(self, make_customer, clerk, outsider):
        draft = make_customer()

        for user, version, pk in ((outsider, 1, draft.pk), (clerk, 2, draft.pk), (clerk, 1, 0)):
            with pytest.raises(Stale):
                transition.perform(KIND, "submit", pk, version=version, act=act_by(user))

    def test_an_unknown_move_is_a_mistake_of_the_caller(self, make_customer, clerk):
        with pytest.raises(KeyError):
            transition.perform(KIND, "vanish", make_customer().pk, version=1, act=act_by(clerk))

    def test_enabling_and_disabling_record_who_and_when(self, make_customer, reviewer):
        disabled = make_customer("disabled")

        assert disabled.enabled_at < disabled.disabled_at
        assert move(disabled, "enable", reviewer).enabled_by == reviewer

    def test_a_deleted_draft_is_told_with_everything_it_was(self, make_customer, clerk):
        draft = make_customer(accounts=[{"account_number": "4000023009200123456"}])

        assert move(draft, "delete", clerk) is None

        last = Change.objects.filter(subject_type=SUBJECT, subject_id=draft.pk).latest("version")
        rows = last.changes["snapshot"]["rows"]
        assert rows["bank_accounts"][0]["account_number"] == "4000023009200123456"

    def test_a_draft_that_others_belong_to_is_not_deleted(self, make_customer, clerk):
        group = make_customer()
        make_customer(parent=group)

        with pytest.raises(Refused, match="still used by: customers"):
            move(group, "delete", clerk)

        assert stored(group).version == 1


@pytest.mark.parametrize(
    ("at", "months", "day"),
    [
        ((2026, 1, 31, 12), 1, "2026-02-28"),
        ((2028, 1, 31, 12), 1, "2028-02-29"),
        ((2026, 12, 15, 12), 12, "2027-12-15"),
        ((2026, 3, 31, 23), 6, "2026-09-30"),
    ],
)
def test_the_next_check_is_so_many_months_later(admin, at, months, day):
    policy.change({"four_eyes": True, "review_months": months}, version=0, act=act_by(admin))

    found = Policy.current().next_review(datetime(*at, tzinfo=ZoneInfo("Asia/Shanghai")))

    assert found.isoformat() == day
