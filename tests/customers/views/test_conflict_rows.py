"""Two people change rows of one part: what does not meet is merged, the rest is asked."""

import pytest

from core.aggregate import RowInput
from core.records.record import Record
from customers.models import Customer, CustomerChange
from customers.services import customer as service
from tests.cast import act_by, enter
from tests.customers.asking import ask, decide
from tests.customers.views.page_form import edit_url, opened, sent_by

OLD, NEW = "6222020200112233445", "6222020200998877665"


@pytest.fixture
def customer(make_customer):
    """A draft with three contacts, the first is the primary one."""
    people = zip("甲乙丙", ("13800132201", "13800132202", "13800132203"), strict=True)
    rows = [{"name": name, "mobile": mobile} for name, mobile in people]
    return make_customer(contacts=rows)


@pytest.fixture
def typed(desk, customer):
    """The form of the clerk before anybody changed anything."""
    return opened(desk, edit_url(customer))


def let(user, customer, changes, *, add=(), without=()):
    """Let somebody change contacts by their names, add some and remove some."""
    stored = Customer.objects.get(pk=customer.pk)
    rows = [
        RowInput(row.pk, changes.get(row.name, {}))
        for row in stored.contacts.order_by("line")
        if row.name not in without
    ]
    rows += [RowInput(None, row) for row in add]
    record = Record({}, {"contacts": rows})
    service.save(stored.pk, record, version=stored.version, submit=False, act=act_by(user))


def stale(client, customer, typed):
    """Send the form; gives what its conflict asks, and what the page would send."""
    answer = client.post(edit_url(customer), typed)
    assert answer.status_code == 409, answer.get("Location")
    found = answer.context["conflict"]
    return found, sent_by(answer.content.decode(), "conflict-form") | {"action": "draft"}


def saved(client, customer, sent):
    answer = client.post(edit_url(customer), sent)
    assert answer.status_code == 302, answer.context["entry"].form.errors
    rows = Customer.objects.get(pk=customer.pk).contacts.order_by("line")
    return [(row.name + row.position, row.phone, row.is_primary) for row in rows]


def primary(rows):
    return [name for name, _phone, is_primary in rows if is_primary]


@pytest.mark.parametrize("own", ["乙", "甲"])
def test_cells_that_do_not_meet_are_merged_by_one_click(desk, colleague, customer, typed, own):
    let(colleague, customer, {own: {"phone": "010-62510001"}})

    found, sent = stale(desk, customer, typed | {"contacts-0-position": "经理"})

    assert found.choices == []
    assert [(one.by_both, "经理" in one.result) for one in found.merged] == [(True, True)]
    rows = saved(desk, customer, sent)
    assert [name for name, _phone, _is_primary in rows] == ["甲经理", "乙", "丙"]
    assert [name[0] for name, phone, _is_primary in rows if phone] == [own]


@pytest.mark.parametrize(("side", "position"), [("mine", "经理"), ("current", "主任")])
def test_a_cell_of_both_is_asked_and_mine_takes_nothing_else_away(
    desk, colleague, customer, typed, side, position
):
    theirs = {"甲": {"position": "主任"}, "乙": {"phone": "010-62510001"}}
    let(colleague, customer, theirs)

    found, sent = stale(desk, customer, typed | {"contacts-0-position": "经理"})

    assert [one.name for one in found.choices] == ["contacts"]
    assert "经理" in found.choices[0].mine
    rows = saved(desk, customer, sent | {"take-contacts": side})
    assert [(name, bool(phone)) for name, phone, _is_primary in rows] == [
        (f"甲{position}", False), ("乙", True), ("丙", False)
    ]  # fmt: skip


def test_rows_that_others_added_or_removed_stay_so(desk, colleague, customer, typed):
    let(colleague, customer, {}, add=[{"name": "丁", "mobile": "13800132204"}], without="丙")

    found, sent = stale(desk, customer, typed | {"contacts-0-position": "经理"})

    assert found.choices == []
    rows = saved(desk, customer, sent)
    assert [name for name, _phone, _is_primary in rows] == ["甲经理", "乙", "丁"]


@pytest.mark.parametrize(("side", "names"), [("mine", "甲乙丙经理"), ("current", "甲乙")])
def test_a_row_removed_by_one_and_changed_by_the_other_is_asked(
    desk, colleague, customer, typed, side, names
):
    let(colleague, customer, {}, without="丙")

    found, sent = stale(desk, customer, typed | {"contacts-2-position": "经理"})

    assert [one.name for one in found.choices] == ["contacts"]
    rows = saved(desk, customer, sent | {"take-contacts": side})
    assert "".join(name for name, _phone, _is_primary in rows) == names


def test_a_row_that_i_removed_and_they_changed_is_asked(desk, colleague, customer, typed):
    let(colleague, customer, {"丙": {"phone": "010-62510001"}})

    found, _sent = stale(desk, customer, typed | {"contacts-2-DELETE": "on"})

    assert [one.name for one in found.choices] == ["contacts"]


def test_the_same_row_added_by_both_is_one(desk, colleague, customer, typed):
    let(colleague, customer, {}, add=[{"name": "丁", "mobile": "13800132204"}])
    mine = {"contacts-3-name": "丁", "contacts-3-mobile": "13800132204"}

    found, sent = stale(desk, customer, typed | mine | {"contacts-0-position": "经理"})

    assert found.choices == []
    rows = saved(desk, customer, sent)
    assert [name for name, _phone, _is_primary in rows] == ["甲经理", "乙", "丙", "丁"]


@pytest.mark.parametrize("mine", [{"contacts-0-position": "经理"}, {"contacts-2-DELETE": "on"}])
def test_a_flag_stays_where_others_put_it(desk, colleague, customer, typed, mine):
    let(colleague, customer, {"甲": {"is_primary": False}, "乙": {"is_primary": True}})

    found, sent = stale(desk, customer, typed | mine)

    assert found.choices == []
    assert primary(saved(desk, customer, sent)) == ["乙"]


@pytest.mark.parametrize(("side", "name"), [("mine", "丙"), ("current", "乙")])
def test_a_flag_that_both_moved_is_asked(desk, colleague, customer, typed, side, name):
    let(colleague, customer, {"甲": {"is_primary": False}, "乙": {"is_primary": True}})

    found, sent = stale(desk, customer, typed | {"contacts-primary": "2"})

    [choice] = found.choices
    assert choice.current != choice.mine
    assert primary(saved(desk, customer, sent | {"take-contacts": side})) == [name]


def test_a_number_that_the_person_may_not_see_stays_as_others_changed_it(
    client, clerk, colleague, finance, make_customer
):
    account = {"account_name": "北京恒信", "account_number": OLD}
    customer = make_customer(accounts=[account])
    client.force_login(colleague)
    typed = opened(client, edit_url(customer))
    [row] = customer.bank_accounts.all()
    record = Record({}, {"bank_accounts": [RowInput(row.pk, {"account_number": NEW})]})
    service.save(customer.pk, record, version=1, submit=False, act=act_by(clerk))

    answer = client.post(edit_url(customer), typed | {"accounts-0-branch": "中关村支行"})
    sent = sent_by(answer.content.decode(), "conflict-form") | {"action": "draft"}
    again = client.post(edit_url(customer), sent)

    assert (answer.status_code, again.status_code) == (409, 302)
    assert [number in answer.content.decode() for number in (OLD, NEW)] == [False, False]
    assert list(customer.bank_accounts.values_list("account_number", "branch")) == [
        (NEW, "中关村支行")
    ]


def test_accounts_in_force_are_asked_for_beside_what_took_effect_meanwhile(
    client, clerk, finance, admin, reviewer, world
):
    rows = [{"account_name": "北京恒信", "account_number": number} for number in (OLD, NEW)]
    customer = enter(world, clerk, "enabled", accounts=rows)
    first, second = customer.bank_accounts.order_by("line")
    client.force_login(finance)
    typed = opened(client, f"{edit_url(customer)}?only=accounts")
    theirs = [RowInput(first.pk, {}), RowInput(second.pk, {"branch": "同事支行"})]
    decide(ask(customer, admin, rows={"bank_accounts": theirs}), "approve", reviewer)
    more = {"accounts-0-branch": "我的支行", "change_reason": "换行"}

    answer = client.post(edit_url(customer), typed | more)
    sent = sent_by(answer.content.decode(), "conflict-form") | {"action": "draft"}
    again = client.post(edit_url(customer), sent)

    assert answer.context["conflict"].choices == []
    assert again.status_code == 302
    [request] = CustomerChange.objects.filter(state="submitted")
    assert [(one.pk, one.new) for one in request.asks.rows] == [(first.pk, {"branch": "我的支行"})]
    decide(request, "approve", reviewer)
    branches = customer.bank_accounts.order_by("line").values_list("branch", flat=True)
    assert list(branches) == ["我的支行", "同事支行"]
