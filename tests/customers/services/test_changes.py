"""Change requests: what is approved stays in force until somebody else approves the change."""

import datetime

import pytest
from django.utils import timezone, translation

from core import saving
from core.aggregate import RowInput
from core.models import Change
from core.records import bulk, transition
from core.records.changes.applying import of_record
from core.records.changes.asking import Ask
from core.records.record import Record
from core.records.transition import Shown
from core.saving import NotAsShown, Refused, Stale
from customers.models import Customer, CustomerChange
from customers.services import changes
from customers.services import customer as service
from customers.services.aggregates import REFERENCE
from customers.services.kinds import CHANGE
from tests.cast import act_by, enter, move, player, valid_uscc

pytestmark = pytest.mark.django_db
ACCOUNT, OTHER = "6222020200112233445", "6222020200998877665"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def judge(units):
    return player("judge", units)


@pytest.fixture
def customer(world, clerk):
    account = {"account_number": ACCOUNT, "account_name": "北京恒信", "bank": world.bank}
    return enter(world, clerk, "enabled", accounts=[account])


def save(customer, user, values=None, rows=None, **ask):
    record = Record(values or {}, rows or {})
    given = Ask(**{"reason": "客户来函", **ask})
    return service.save(
        customer.pk, record, version=customer.version, submit=False, act=act_by(user), ask=given
    )


def ask(customer, user, values=None, rows=None, **more):
    found = save(customer, user, values, rows, **more).requested
    return CustomerChange.objects.get(pk=found.pk)


def decide(request, name, user, reason="", **over):
    options = {}
    if name == "approve":
        judged = changes.judgement([request], user)[request.pk]
        options = {"shown": Shown(judged.digest, confirmed=True)}
    return transition.perform(
        CHANGE, name, request.pk, version=request.version, act=act_by(user, reason),
        **{**options, **over},
    )  # fmt: skip


def now(customer):
    return Customer.objects.get(pk=customer.pk)


def numbers(customer):
    rows = now(customer).bank_accounts.order_by("line")
    return [(one.account_number, one.is_default) for one in rows]


def test_what_was_approved_stays_until_somebody_else_approves_the_change(customer, clerk, reviewer):
    old = customer.name

    request = ask(customer, clerk, {"name": "北京改名有限公司", "short_name": "改名"})

    assert (now(customer).name, now(customer).short_name) == (old, "改名")
    assert request.state == "submitted"
    assert request.code.startswith("BG-")
    assert [(one.name, one.old, one.new) for one in request.asks.fields] == [
        ("name", old, "北京改名有限公司")
    ]

    decide(request, "approve", reviewer)

    changed = now(customer)
    assert changed.name == "北京改名有限公司"
    assert changed.name_key != customer.name_key
    assert changed.state == "enabled"
    assert of_record_is_empty(changed)
    entry = Change.objects.filter(subject_id=customer.pk, action="amend").get()
    assert entry.source == f"change #{request.code}"
    assert (entry.actor, entry.reason) == (reviewer, "客户来函")
    assert entry.changes["fields"]["name"] == [old, "北京改名有限公司"]


def of_record_is_empty(customer):
    from customers.services.kinds import KIND

    return of_record(KIND, customer) == []


def test_a_bank_account_is_added_changed_and_removed_by_request(customer, finance, reviewer):
    [stored] = customer.bank_accounts.all()
    new = {"account_number": OTHER, "account_name": "北京恒信", "is_default": True}
    rows = [RowInput(stored.pk, {"is_default": False}), RowInput(None, new)]

    request = ask(customer, finance, rows={"bank_accounts": rows})

    assert request.area == "bank_accounts"
    assert [one.op for one in request.asks.rows] == ["mod", "add"]
    assert numbers(customer) == [(ACCOUNT, True)]

    decide(request, "approve", reviewer)
    assert numbers(customer) == [(ACCOUNT, False), (OTHER, True)]

    kept = now(customer).bank_accounts.get(account_number=OTHER)
    request = ask(now(customer), finance, rows={"bank_accounts": [RowInput(kept.pk, {})]})
    decide(request, "approve", reviewer)
    assert numbers(customer) == [(OTHER, True)]


def test_of_two_first_accounts_the_one_approved_last_is_the_default(
    world, clerk, finance, reviewer
):
    customer = enter(world, clerk, "enabled")
    both = [
        ask(
            now(customer),
            finance,
            rows={"bank_accounts": [RowInput(None, {"account_number": one})]},
        )
        for one in (ACCOUNT, OTHER)
    ]

    for request in both:
        decide(request, "approve", reviewer)

    assert numbers(customer) == [(ACCOUNT, False), (OTHER, True)]


def test_a_change_needs_its_reason(customer, clerk):
    with pytest.raises(Refused) as refused:
        save(customer, clerk, {"name": "北京改名有限公司", "short_name": "改名"}, reason="  ")

    assert list(refused.value.fields) == ["change_reason"]
    assert now(customer).short_name == ""
    assert not CustomerChange.objects.exists()


def test_free_fields_alone_make_no_request(customer, clerk):
    assert save(customer, clerk, {"short_name": "改名"}).requested is None
    assert save(now(customer), clerk, {"name": customer.name}).requested is None


@pytest.mark.parametrize("who", ["clerk", "finance"])
def test_nobody_approves_what_they_asked_for(customer, cast, make_user, who):
    both = make_user("both", who, "reviewer", unit=customer.scope_unit)
    values = {"name": "北京改名有限公司"} if who == "clerk" else {"invoice_title": "新抬头"}
    request = ask(customer, both, values)

    with pytest.raises(Refused, match="somebody else"):
        decide(request, "approve", both)
    assert now(customer).name == customer.name


def test_nobody_approves_what_they_wrote_into_the_request_of_another(
    customer, clerk, admin, reviewer
):
    request = decide(ask(customer, clerk, {"name": "北京改名有限公司"}), "return", reviewer, "不全")
    request = ask(
        customer, admin, {"name": "北京另名有限公司"}, request=request.pk, version=request.version,
        submit=False,
    )  # fmt: skip
    request = decide(request, "submit", clerk)

    with pytest.raises(Refused, match="somebody else"):
        decide(request, "approve", admin)
    assert decide(request, "approve", reviewer).state == "approved"


def test_changes_that_do_not_fit_together_are_not_approved_together(customer, finance, reviewer):
    given = {"credit_limit": 5, "credit_days": 30}
    decide(ask(customer, finance, given), "approve", reviewer)
    wanted = [{"credit_managed": True}, {"credit_limit": None}]
    both = [ask(now(customer), finance, values) for values in wanted]
    frozen = bulk.freeze(CHANGE, "approve", [(one.pk, one.version) for one in both], by=reviewer)

    done = bulk.run(CHANGE, frozen.pk, act=act_by(reviewer))

    assert list(done.failures) == [str(both[1].pk)]
    assert (now(customer).credit_managed, now(customer).credit_limit) == (True, 5)


def test_who_approved_a_change_may_approve_the_customer_again(customer, clerk, reviewer, judge):
    decide(ask(customer, clerk, {"name": "北京改名有限公司"}), "approve", reviewer)
    back = move(now(customer), "disable", judge)
    back = move(back, "reopen", judge)
    back = move(back, "submit", clerk)

    assert move(back, "approve", reviewer).state == "approved"


@pytest.mark.parametrize("who", ["clerk", "finance", "viewer", "nobody", "outsider"])
def test_only_reviewers_and_administrators_decide(customer, colleague, cast, who):
    request = ask(customer, colleague, {"name": "北京改名有限公司"})

    for name in ("approve", "return"):
        with pytest.raises((Refused, Stale)):
            decide(request, name, cast[who], "理由", shown=None)
    assert CustomerChange.objects.get(pk=request.pk).state == "submitted"


def test_a_field_stands_in_one_open_request_only(customer, clerk, colleague, admin):
    first = ask(customer, clerk, {"name": "北京改名有限公司"})

    with pytest.raises(Refused, match=first.code) as refused:
        save(customer, colleague, {"name": "北京另名有限公司"})
    assert list(refused.value.fields) == ["name"]
    other = ask(customer, admin, {"invoice_title": "新抬头"})
    assert other.state == "submitted"

    decide(first, "withdraw", clerk)
    assert ask(customer, colleague, {"name": "北京另名有限公司"}).state == "submitted"


def test_a_row_stands_in_one_open_request_only(customer, finance, admin):
    [stored] = customer.bank_accounts.all()
    add = [RowInput(stored.pk, {}), RowInput(None, {"account_number": OTHER})]
    first = ask(customer, finance, rows={"bank_accounts": add})

    with pytest.raises(Refused, match=first.code):
        save(customer, admin, rows={"bank_accounts": add})
    gone = ask(customer, admin, rows={"bank_accounts": []})
    with pytest.raises(Refused, match=gone.code):
        save(customer, finance, rows={"bank_accounts": [RowInput(stored.pk, {"branch": "支行"})]})


def test_a_change_meets_the_record_as_it_is_now(customer, clerk, finance, reviewer):
    request = ask(customer, clerk, {"name": "北京改名有限公司"})
    save(now(customer), finance, {"invoice_type": "special"})

    decide(request, "approve", reviewer)

    assert (now(customer).name, now(customer).invoice_type) == ("北京改名有限公司", "special")


def test_what_changed_meanwhile_in_the_same_place_stops_it(customer, clerk, reviewer, judge):
    request = ask(customer, clerk, {"name": "北京改名有限公司"})
    back = move(move(now(customer), "disable", judge), "reopen", judge)
    with pytest.raises(Refused, match="waits until it is approved again"):
        decide(request, "approve", reviewer)
    back = save(back, clerk, {"name": "北京又名有限公司"})
    move(move(back, "submit", clerk), "approve", judge)

    with pytest.raises(Refused, match="Customer name"):
        decide(request, "approve", reviewer)
    assert now(customer).name == "北京又名有限公司"


def test_what_is_already_so_is_no_conflict(customer, clerk, reviewer, judge):
    request = ask(customer, clerk, {"name": "北京改名有限公司"})
    back = move(move(now(customer), "disable", judge), "reopen", judge)
    back = save(back, clerk, {"name": "北京改名有限公司"})
    move(move(back, "submit", clerk), "approve", judge)

    assert decide(request, "approve", reviewer).state == "approved"


def test_what_the_reviewer_did_not_see_is_not_approved(customer, clerk, colleague, reviewer):
    request = ask(customer, clerk, {"name": "北京改名有限公司"}, submit=False)
    request = decide(request, "submit", clerk)
    seen = changes.judgement([CustomerChange.objects.get(pk=request.pk)], reviewer)[request.pk]
    with pytest.raises(NotAsShown):
        decide(request, "approve", reviewer, shown=Shown("0" * 32, confirmed=True))
    returned = decide(request, "return", reviewer, "再核实")
    again = save(
        now(customer), clerk, {"name": "北京再名有限公司"}, request=returned.pk,
        version=returned.version,
    ).requested  # fmt: skip

    with pytest.raises(Stale):
        decide(request, "approve", reviewer, shown=Shown(seen.digest))
    with pytest.raises(NotAsShown):
        decide(again, "approve", reviewer, shown=Shown(seen.digest))
    assert now(customer).name == customer.name


def test_a_returned_request_is_given_other_content_and_submitted_again(customer, clerk, reviewer):
    request = ask(customer, clerk, {"name": "北京改名有限公司"})
    returned = decide(request, "return", reviewer, "名称不全")

    again = ask(
        customer, clerk, {"name": "北京全名有限公司"}, request=returned.pk,
        version=returned.version, reason="补全",
    )  # fmt: skip

    assert (again.pk, again.state, again.reason) == (request.pk, "submitted", "补全")
    decide(again, "approve", reviewer)
    assert now(customer).name == "北京全名有限公司"


def test_a_request_that_is_under_review_keeps_its_content(customer, clerk):
    request = ask(customer, clerk, {"name": "北京改名有限公司"})

    with pytest.raises(Refused, match="have it returned"):
        save(customer, clerk, {"name": "北京全名"}, request=request.pk, version=request.version)


def test_a_request_for_nothing_is_refused(customer, clerk, reviewer):
    request = decide(ask(customer, clerk, {"name": "改名"}), "return", reviewer, "为什么")

    with pytest.raises(Refused, match="withdraw the request"):
        save(customer, clerk, {"short_name": "x"}, request=request.pk, version=request.version)
    assert now(customer).short_name == ""


def test_a_number_of_another_customer_is_refused(customer, make_customer, clerk, admin):
    taken = make_customer("enabled")

    with pytest.raises(Refused, match="already used|is used"):
        save(customer, clerk, {"uscc": taken.uscc})
    assert not CustomerChange.objects.exists()


def test_what_would_make_the_customer_wrong_is_refused(customer, clerk, finance):
    with pytest.raises(Refused):
        save(customer, clerk, {"name": ""})
    with pytest.raises(Refused):
        save(customer, finance, {"credit_managed": True})
    with pytest.raises(Refused):
        save(customer, finance, rows={"bank_accounts": [RowInput(None, {"account_number": "12"})]})
    assert not CustomerChange.objects.exists()


def test_a_change_waits_for_its_day(customer, clerk, reviewer):
    day = timezone.localdate() + datetime.timedelta(days=3)
    request = ask(customer, clerk, {"name": "北京改名有限公司"}, holds_from=day)

    waiting = decide(request, "approve", reviewer)

    assert waiting.is_waiting_for_its_day
    assert now(customer).name == customer.name
    with pytest.raises(Refused, match=request.code):
        save(now(customer), clerk, {"name": "北京另名有限公司"})
    assert decide(waiting, "withdraw", clerk).closed_at is not None


def test_a_name_that_leads_to_a_new_number_is_checked_as_it_would_be(
    customer, clerk, finance, reviewer
):
    number = valid_uscc(987654)
    request = ask(customer, clerk, {"uscc": number})

    lines = {one.name: one for one in changes.judgement([request], reviewer)[request.pk].lines}

    assert number in str(lines["uscc"].evidence)
    decide(request, "approve", reviewer)
    assert now(customer).uscc == number


def test_many_changes_are_approved_in_few_queries(
    world, clerk, reviewer, django_assert_max_num_queries
):
    made = [enter(world, clerk, "enabled") for _ in range(12)]
    asked = [ask(one, clerk, {"name": f"{one.name}新"}) for one in made]
    records = transition.as_seen(CHANGE, {one.pk: one.version for one in asked}, reviewer)

    with django_assert_max_num_queries(40):
        from django.db import transaction

        with transaction.atomic():
            transition.move_many(CHANGE, "approve", records, act=act_by(reviewer))

    assert all(now(one).name == f"{one.name}新" for one in made)


def test_a_value_that_was_deleted_since_it_was_chosen_stops_the_change(
    customer, clerk, reviewer, world, admin
):
    kind = saving.create(
        REFERENCE["customer-type"], {"code": "LS", "name": "零售商"}, act=act_by(admin)
    )
    request = ask(customer, clerk, {"customer_type": kind})
    saving.delete(REFERENCE["customer-type"], kind.pk, version=kind.version, act=act_by(admin))

    with pytest.raises(Refused, match="does not exist any more"):
        decide(request, "approve", reviewer)
    assert now(customer).customer_type == world.dealer
