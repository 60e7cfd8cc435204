"""The history as people read it: words for keys, masked account numbers, pages."""

import re
from dataclasses import replace

from django.utils.translation import override

from core.aggregate import RowInput
from core.records import bulk as bulk_service
from core.records import returned, timeline, transition
from core.records.record import Record
from customers.queries.customer import return_reasons, submissions
from customers.services import customer as customer_service
from customers.services.kinds import KIND
from tests.cast import act_by, move

ACCOUNT = "11090334500120109"
OTHER_ACCOUNT = "11090812341060128"


def account(world, number=ACCOUNT, **over):
    return {
        "account_name": "北京恒信科技有限公司",
        "bank": world.bank,
        "account_number": number,
        **over,
    }


def save(customer, user, values=None, **parts):
    customer.refresh_from_db()
    return customer_service.save(
        customer.pk,
        Record(values or {}, **parts),
        version=customer.version,
        submit=False,
        act=act_by(user),
    )


def test_entry_tells_who_did_what_from_which_value_to_which(make_customer, clerk):
    customer = make_customer()

    save(customer, clerk, {"short_name": "恒信", "nature": "private"})

    entry = timeline.page(KIND, customer, clerk).entries[0]
    assert (entry.actor, str(entry.label), entry.kind) == ("李文静", "已修改", "fields")
    assert ("客户简称", "", "恒信") in entry.changes
    assert ("公司性质", "", "民营") in entry.changes


def test_flags_and_amounts_are_words(make_customer, clerk):
    customer = make_customer()

    save(customer, clerk, {"credit_managed": True, "credit_limit": 500000})

    changes = timeline.page(KIND, customer, clerk).entries[0].changes
    assert ("启用信用管理", "否", "是") in changes
    assert ("信用额度", "", "500,000.00") in changes


def test_references_are_told_by_name(make_customer, clerk, world):
    customer = make_customer()

    save(customer, clerk, {"region": world.shanghai})

    assert ("地区", "北京市", "上海市") in timeline.page(KIND, customer, clerk).entries[0].changes


def test_child_rows_are_told_with_their_sign(make_customer, clerk):
    customer = make_customer()
    first = customer.contacts.get()
    rows = [
        RowInput(first.pk, {"name": "刘洋", "mobile": "13900000000", "is_primary": True}),
        RowInput(None, {"name": "高敏", "phone": "010-62500001", "is_primary": False}),
    ]

    save(customer, clerk, rows={"contacts": rows})

    told = {
        (op, label) for op, label, _pairs in timeline.page(KIND, customer, clerk).entries[0].rows
    }
    assert told == {("mod", "联系人 刘洋"), ("add", "联系人 高敏")}


def test_rows_in_another_order_are_told(make_customer, clerk):
    customer = make_customer(
        contacts=[
            {"name": "刘洋", "mobile": "13800132207"},
            {"name": "高敏", "phone": "010-62500001"},
        ]
    )
    rows = [RowInput(row.pk, {}) for row in customer.contacts.order_by("-line")]

    save(customer, clerk, rows={"contacts": rows})

    assert timeline.page(KIND, customer, clerk).entries[0].rows == (
        ("order", "联系人：顺序已调整", ()),
    )


def test_moves_are_of_kind_state_and_hide_the_stamps(make_customer, clerk):
    customer = make_customer("submitted")

    entry = timeline.page(KIND, customer, clerk, show=timeline.STATES).entries[0]

    assert str(entry.label) == "已提交"
    assert not {label for label, _old, _new in entry.changes} & {"状态", "提交时间", "提交人"}


def test_kinds_part_moves_from_changes(make_customer, clerk):
    customer = make_customer("enabled")

    moves = timeline.page(KIND, customer, clerk, show=timeline.STATES).entries
    changes = timeline.page(KIND, customer, clerk, show=timeline.FIELDS).entries

    assert [entry.kind for entry in moves] == ["state"] * 3
    assert [entry.kind for entry in changes] == ["fields"]


def test_account_numbers_are_masked_for_who_may_not_see_them(make_customer, finance, viewer, world):
    customer = make_customer("enabled", accounts=[account(world)])

    seen = repr(timeline.page(KIND, customer, finance).entries)
    hidden = repr(timeline.page(KIND, customer, viewer).entries)

    assert ACCOUNT in seen
    assert ACCOUNT not in hidden
    assert "**** 0109" in hidden


def test_changed_account_number_is_masked_on_both_sides(make_customer, clerk, viewer, world):
    customer = make_customer(accounts=[account(world)])
    row = customer.bank_accounts.get()
    save(customer, clerk, rows={"bank_accounts": [RowInput(row.pk, account(world, OTHER_ACCOUNT))]})

    entry = timeline.page(KIND, customer, viewer).entries[0]

    op, label, pairs = entry.rows[0]
    assert (op, label) == ("mod", "银行账户 **** 0128")
    assert ("银行账号", "**** 0109", "**** 0128") in pairs


def test_the_short_number_of_an_account_that_is_gone_is_masked_in_reasons(
    make_customer, reviewer, clerk, viewer, finance, world
):
    customer = make_customer("returned", accounts=[account(world, "62170001")])
    customer = move(save(customer, clerk, rows={"bank_accounts": []}), "submit", clerk)
    act = act_by(reviewer, "62170001 为何删除")
    transition.perform(KIND, "return", customer.pk, version=customer.version, act=act)

    def reasons(user):
        return [one.reason for one in timeline.page(KIND, customer, user).entries]

    assert "62170001 为何删除" in reasons(finance)
    assert "**** 为何删除" in reasons(viewer)


def test_a_short_number_is_masked_however_long_ago_its_account_was(
    make_customer, clerk, viewer, finance, world
):
    customer = make_customer(accounts=[account(world, "62170001")])
    customer = save(customer, clerk, rows={"bank_accounts": []})
    for number in range(timeline.PAGE_SIZE):
        customer = save(customer, clerk, {"remark": f"第 {number} 次"})
    record, act = Record({"remark": "完"}), act_by(clerk, "旧账号 62170001，电话 62170002")
    customer_service.save(customer.pk, record, version=customer.version, submit=False, act=act)

    newest = {who: timeline.page(KIND, customer, who).entries[0] for who in (viewer, finance)}

    assert newest[viewer].reason == "旧账号 ****，电话 62170002"
    assert newest[finance].reason == "旧账号 62170001，电话 62170002"


def test_long_history_is_paged_without_loss(make_customer, clerk):
    customer = make_customer()
    for number in range(44):
        save(customer, clerk, {"remark": f"第 {number} 次"})

    versions, before = [], None
    while True:
        page = timeline.page(KIND, customer, clerk, before=before)
        versions += [entry.version for entry in page.entries]
        before = page.older
        if before is None:
            break

    assert versions == list(range(45, 0, -1))


def test_last_return_and_what_changed_since(make_customer, clerk, reviewer):
    customer = make_customer("returned")
    back = returned.last(KIND, customer, reviewer)
    saved = save(customer, clerk, {"short_name": "恒信"})
    move(saved, "submit", clerk)

    since = timeline.since(KIND, customer, clerk, back.version)

    assert back.reason == "资料有误"
    assert [pair for entry in since for pair in entry.changes] == [("客户简称", "", "恒信")]
    assert submissions(KIND.subject, customer.pk) == 2


def test_return_reasons_of_many_take_one_query(make_customer, django_assert_num_queries):
    customers = [make_customer("returned") for _number in range(3)]

    with django_assert_num_queries(1):
        reasons = return_reasons(customers)

    assert set(reasons.values()) == {"资料有误"}
    assert set(reasons) == {customer.pk for customer in customers}


def evidence_of(customer, user):
    return next(one.evidence for one in timeline.page(KIND, customer, user).entries if one.evidence)


def test_a_decision_opens_its_checklist_as_it_was(make_customer, reviewer, clerk):
    customer = make_customer("approved")
    make_customer(name=customer.name)  # what comes later changes nothing

    seen = evidence_of(customer, clerk)

    assert seen.is_shown
    assert seen.note == ""
    results = {finding: result for result, finding, _said in seen.lines}
    assert results["编码唯一"] == "ok"
    assert set(results.values()) == {"ok"}


def test_the_checklist_of_a_decision_is_read_in_the_language_of_the_reader(
    make_customer, reviewer, world
):
    customer = make_customer("submitted", accounts=[account(world)])
    with override("zh-hans"):
        move(customer, "approve", reviewer)

    with override("en"):
        lines = evidence_of(customer, reviewer).lines

    words = " ".join(text for _result, *texts in lines for text in texts)
    names = [customer.name, str(reviewer), str(customer.submitted_by)]
    for row in customer.bank_accounts.all():
        names += [row.account_name, row.bank_and_branch]
    for name in names:
        words = words.replace(name, "")
    assert "Code is unique" in words
    assert re.findall(r"[^\x00-\x7f]", words) == []


def test_a_decision_in_bulk_says_that_nothing_was_shown(make_customer, reviewer, clerk):
    customer = make_customer("submitted")
    bulk = bulk_service.freeze(KIND, "approve", [(customer.pk, customer.version)], by=reviewer)
    bulk_service.run(KIND, bulk.pk, act=replace(act_by(reviewer), operation=bulk.pk))

    seen = evidence_of(customer, clerk)

    assert not seen.is_shown
    assert seen.note == "批量操作，未显示核对依据。"
    assert seen.lines


def test_evidence_names_other_customers_by_the_right_of_the_reader(
    make_customer, clerk, outsider, reviewer, units
):
    theirs = make_customer("submitted", by=outsider, department=units.second)
    mine = make_customer(name=theirs.name)
    mine = customer_service.save(
        mine.pk,
        Record({"same_name_reason": "两家公司"}),
        version=mine.version,
        submit=True,
        act=act_by(clerk),
    )
    move(mine, "approve", reviewer)

    def told(user):
        seen = evidence_of(mine, user)
        return seen.note, next(said for result, _finding, said in seen.lines if result == "fail")

    note, full = told(reviewer)
    assert note == "审核人已确认是另一家公司。"
    assert theirs.code in full
    assert theirs.code not in told(clerk)[1]
    assert theirs.name not in told(clerk)[1]
    assert "*" in told(clerk)[1]


def test_fields_stand_in_the_order_of_the_form(make_customer, clerk):
    customer = make_customer()

    save(customer, clerk, {"remark": "x", "email": "a@example.com", "short_name": "恒信"})

    labels = [
        label for label, _old, _new in timeline.page(KIND, customer, clerk).entries[0].changes
    ]
    assert labels == ["客户简称", "邮箱", "备注"]
