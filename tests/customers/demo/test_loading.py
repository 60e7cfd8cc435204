"""The demo is a database as years of real work would have left it."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import verify
from core.models import Change, Unit, User
from core.records import returned
from customers.demo import cast, desk, loading, requests, story
from customers.models import Customer, CustomerChange
from customers.queries import readiness, review
from customers.queries.dashboard import newest_returned_changes
from customers.services import changes
from customers.services.kinds import CHANGE
from sales.lifecycle import LIFE
from sales.models import Opportunity

pytestmark = pytest.mark.django_db  # also puts them before tests that empty the database

SHARE = 0.15


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """A small demo, loaded once for the tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(share=SHARE)
        yield
        transaction.set_rollback(True)


def customers(**only):
    rows = Customer.objects.filter(**only).select_related("customer_type", "submitted_by")
    return rows.prefetch_related("contacts", "bank_accounts__bank")


def test_everything_that_verify_proves_holds():
    assert {tally.name: tally.findings for tally in verify.run() if tally.wrong} == {}


def test_every_state_is_there_and_most_are_enabled():
    states = Counter(Customer.objects.values_list("state", flat=True))

    assert set(states) == {state.name for state in Customer.workflow.states}
    assert states["enabled"] > sum(states.values()) / 2
    assert states["submitted"] == 12


def test_nothing_is_missing_from_submit_on():
    submitted = customers().exclude(state__in=("draft", "returned"))

    lacking = {str(one): problems for one in submitted if (problems := readiness.of_customer(one))}
    assert lacking == {}


def test_every_value_passes_its_own_rules():
    for one in customers():
        one.clean_fields()
        for row in (*one.contacts.all(), *one.bank_accounts.all()):
            row.clean_fields()


def test_what_waits_for_review_is_green_but_for_the_namesake():
    reviewer = User.objects.get(username="chensiyuan")
    red = {
        one.name: [line.name for line in review.checklist(one, reviewer).red(confirmed=False)]
        for one in review.queue(reviewer)
    }

    assert {name: lines for name, lines in red.items() if lines} == {desk.TWIN: ["same_name"]}


def test_the_oldest_waits_since_yesterday_and_all_were_submitted_in_the_past():
    now = timezone.now()
    times = Customer.objects.awaiting_review().values_list("submitted_at", flat=True)

    assert now - timedelta(hours=48) < min(times) < now - timedelta(hours=24)
    assert max(times) < now


def test_history_reaches_back_a_year_and_never_into_the_future():
    at = Change.objects.order_by("at").values_list("at", flat=True)

    assert at.first() < timezone.now() - timedelta(days=400)
    assert at.last() <= timezone.now()


def test_the_history_of_each_customer_runs_forwards():
    told = Change.objects.filter(subject_type="customers.customer")
    before: dict[int, object] = {}
    for pk, at in told.order_by("subject_id", "version").values_list("subject_id", "at"):
        assert before.get(pk, at) <= at
        before[pk] = at


def test_every_change_in_the_history_changed_something():
    assert not Change.objects.filter(action="change", changes={}).exists()


def test_nobody_approved_what_they_submitted():
    approved = Customer.objects.filter(approved_at__isnull=False)

    assert not any(one.approved_by_id == one.submitted_by_id for one in approved)
    assert set(approved.values_list("four_eyes", flat=True)) <= {True, False}


def test_the_clerk_has_drafts_and_returned_customers():
    mine = Customer.objects.filter(created_by__username="liwenjing")

    assert mine.filter(state="draft", name="").count() == 1
    assert mine.filter(state="draft").count() >= 5
    assert mine.filter(state="returned").exists()


def test_some_customers_are_due_for_their_check():
    due = Customer.objects.enabled().filter(review_due_date__lte=timezone.localdate())

    assert 0 < due.count() < Customer.objects.count() / 10


@pytest.mark.parametrize("person", [one for one in cast.PEOPLE if one.has_login])
def test_people_can_sign_in(person):
    user = User.objects.get(username=person.username)
    assert user.must_change_password is False

    assert user.check_password(cast.PASSWORD)
    assert [group.name for group in user.groups.all()] == [person.role]
    assert user.display_name == person.name
    assert user.unit.code == person.unit


def test_colleagues_without_a_login_cannot_sign_in():
    names = [one.username for one in cast.PEOPLE if not one.has_login]

    assert all(authenticate(username=name, password=cast.PASSWORD) is None for name in names)


def test_departments_form_a_tree():
    root = Unit.objects.get(parent=None)

    assert root.name == cast.ORGANISATION
    assert Unit.objects.filter(path__startswith=root.path).count() == len(cast.DEPARTMENTS)


def test_opportunities_stand_in_every_stage():
    found = Opportunity.objects.values_list("state", flat=True)

    assert set(found) == {state.name for state in LIFE.states}


def test_people_asked_for_changes_and_others_decided():
    made = CustomerChange.objects.all()
    waiting = made.filter(state="submitted").values_list("area", flat=True)

    assert sorted(waiting) == ["", "", "bank_accounts"]
    assert made.filter(state="withdrawn").count() == 1
    assert not made.filter(approved_by__isnull=False, approved_by=F("submitted_by")).exists()
    [waits] = made.filter(state="approved", closed_at=None)
    assert waits.holds_from > timezone.localdate()
    [limit, _days] = waits.asks.fields
    assert (limit.old, limit.new) == ("800000.00", "500000.00")
    assert waits.record.credit_limit == 800_000
    [took] = made.filter(state="approved", closed_at__isnull=False)
    assert took.record.invoice_title == took.asks.fields[0].new


def test_what_came_back_says_where_and_why():
    [request] = CustomerChange.objects.filter(state="returned").select_related("record")
    clerk = User.objects.get(username="liwenjing")

    back = returned.last(CHANGE, request, clerk)

    assert "营业执照" in back.reason
    assert [(one.place, one.is_open) for one in back.remarks] == [("name", True)]
    assert newest_returned_changes(clerk)[0][0] == request


def test_what_waits_for_the_approval_of_a_change_is_possible_and_green():
    reviewer = User.objects.get(username="chensiyuan")
    waiting = list(CustomerChange.objects.filter(state="submitted"))

    judged = changes.judgement(waiting, reviewer)

    assert [one.problems(confirmed=False) for one in judged.values()] == [[]] * 3


def test_a_salesperson_who_left_stands_on_old_customers_only():
    sold = Customer.objects.filter(salesperson__code=cast.RETIRED)

    assert not sold.filter(salesperson__is_active=True).exists()


def test_plans_are_the_same_every_time():
    now = timezone.localtime()

    assert list(story.plans(now, 0.1)) == list(story.plans(now, 0.1))
    assert list(desk.plans(now)) == list(desk.plans(now))
    for one in requests.ALL:
        assert list(one.accounts()) == list(one.accounts())


def test_another_day_gives_the_same_customers():
    now = timezone.localtime()
    later = now + timedelta(days=3, hours=5)
    names = [sorted(str(plan.company.values.get("name")) for plan in story.plans(day, 0.1))
             for day in (now, later)]  # fmt: skip

    assert names[0] == names[1]
