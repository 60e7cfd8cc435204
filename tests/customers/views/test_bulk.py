"""Acting on a selection: choose, confirm, act, and read the result of each record."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import BulkAction, BulkEdit, Change
from core.records import bulk as bulk_service
from core.records.record import Record
from core.saving import Refused
from customers.services import customer as customer_service
from customers.services.kinds import KIND
from tests.cast import act_by, move

START = "/customers/bulk/"


@pytest.fixture
def chosen(client):
    """Post a selection as a user; give the answer."""

    def post(user, action, *customers, query="", **more):
        client.force_login(user)
        data = {"action": action, "pks": [customer.pk for customer in customers], **more}
        return client.post(f"{START}{query}", data)

    return post


def text(answer):
    return answer.content.decode()


def test_selection_is_confirmed_then_carried_out(client, chosen, make_customer, reviewer):
    good, draft = make_customer("approved"), make_customer()

    confirm = chosen(reviewer, "enable", good, draft)
    page = client.get(confirm.url)
    result = client.post(confirm.url, follow=True)

    assert "启用 2 家客户" in text(page)
    assert "可以启用 1 条" in text(page)
    good.refresh_from_db()
    assert good.state == "enabled"
    assert "1 成功" in text(result)
    assert "1 失败" in text(result)
    assert str(draft) in text(result)
    assert str(good) not in text(client.get(f"{confirm.url}?show=failed"))


def test_nothing_is_moved_before_confirmation(chosen, make_customer, reviewer):
    customer = make_customer("approved")

    chosen(reviewer, "enable", customer)

    customer.refresh_from_db()
    assert customer.state == "approved"


def test_posting_twice_moves_once(client, chosen, make_customer, reviewer):
    url = chosen(reviewer, "enable", make_customer("approved")).url

    client.post(url)
    answer = client.post(url, follow=True)

    assert "1 成功" in text(answer)
    assert Change.objects.filter(operation=url.split("/")[-2]).count() == 1


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(client, chosen, make_customer, reviewer):
    customer = make_customer("enabled")
    url = chosen(reviewer, "disable", customer).url

    refused = client.post(url, {"reason": " "})
    long = client.post(url, {"reason": "长" * 501})
    nasty = client.post(url, {"reason": "a\x00b"})

    assert [answer.status_code for answer in (refused, long, nasty)] == [422, 422, 422]
    assert 'aria-invalid="true"' in text(refused)
    assert "长" * 501 in text(long)
    customer.refresh_from_db()
    assert customer.state == "enabled"


def test_the_reason_stands_in_history_and_result(client, chosen, make_customer, reviewer):
    customer = make_customer("enabled")
    url = chosen(reviewer, "disable", customer).url

    answer = client.post(url, {"reason": "不再合作"}, follow=True)

    assert "不再合作" in text(answer)
    assert Change.objects.filter(action="disable", reason="不再合作").exists()


def test_all_matching_takes_the_conditions_of_the_address(client, chosen, make_customer, reviewer):
    wanted = [make_customer("approved") for _number in range(2)]
    make_customer("enabled")

    url = chosen(reviewer, "enable", query="?state=approved", all="1").url

    items = BulkAction.objects.get(pk=url.split("/")[-2]).items
    assert sorted(pk for pk, _version in items) == [customer.pk for customer in wanted]


def test_all_matching_with_a_condition_not_understood_is_refused(chosen, make_customer, reviewer):
    make_customer("approved")

    answer = chosen(reviewer, "enable", query="?state=no_such", all="1")

    assert answer.status_code == 422
    assert "重新选择全部" in text(answer)
    assert not BulkAction.objects.exists()


def test_too_many_are_refused_with_number_and_limit(chosen, make_customer, reviewer, monkeypatch):
    monkeypatch.setattr(bulk_service, "LIMIT", 2)
    customers = [make_customer("approved") for _number in range(3)]

    for answer in (
        chosen(reviewer, "enable", *customers),
        chosen(reviewer, "enable", query="?state=approved", all="1"),
    ):
        assert answer.status_code == 422
        assert "3 条超出一次的上限，最多选择 2 条" in text(answer)
    move(customers[0], "enable", reviewer)
    assert chosen(reviewer, "enable", query="?state=approved", all="1").status_code == 302


def test_all_of_more_than_move_at_once_are_offered_for_a_bulk_edit_alone(
    client, chosen, make_customer, admin, viewer, monkeypatch
):
    monkeypatch.setattr(bulk_service, "LIMIT", 1)
    for _number in range(2):
        make_customer("approved")
    client.force_login(admin)

    page = text(client.get("/customers/"))

    assert re.findall('name="all" value="([^"]*)"', page) == ["first", "1"]
    assert "全部 2 条（用于批量修改）" in page
    both = {"all": ["first", "1"]}
    edit = client.post("/customers/bulk/edit/", {"action": "edit", **both})
    assert BulkEdit.objects.get(pk=edit.url.split("/")[-2]).total == 2
    moved = chosen(admin, "enable", **both)
    assert len(BulkAction.objects.get(pk=moved.url.split("/")[-2]).items) == 1
    client.force_login(viewer)
    assert 'name="all"' not in text(client.get("/customers/"))


def test_nothing_selected_is_said(chosen, make_customer, reviewer):
    make_customer()

    answer = chosen(reviewer, "enable")

    assert answer.status_code == 422
    assert "先选择记录" in text(answer)


def test_customers_out_of_sight_cannot_be_selected(chosen, make_customer, outsider, units):
    theirs = make_customer()
    own = make_customer(by=outsider, department=units.second)

    hidden = chosen(outsider, "submit", theirs)
    mixed = chosen(outsider, "submit", theirs, own)

    assert hidden.status_code == 422
    items = BulkAction.objects.get(pk=mixed.url.split("/")[-2]).items
    assert items == [[own.pk, own.version]]


def test_changed_since_selected_is_told_twice(client, chosen, make_customer, reviewer, admin):
    customer = make_customer("approved")
    url = chosen(reviewer, "enable", customer).url
    move(customer, "enable", admin)

    page = client.get(url)
    result = client.post(url, follow=True)

    assert "选中之后这条记录有改动" in text(page)
    assert "选中之后 何嘉 改动过" in text(result)


@pytest.mark.parametrize(
    "keys", [["x"], ["-1"], ["0"], ["99999999999999999999"], ["\x00"], ["1e3"], [""]]
)
def test_nonsense_keys_select_nothing(client, reviewer, keys):
    client.force_login(reviewer)

    assert client.post(START, {"action": "enable", "pks": keys}).status_code == 422


def test_an_unknown_action_is_a_bad_request(chosen, make_customer, reviewer):
    assert chosen(reviewer, "explode", make_customer()).status_code == 400


def test_an_action_without_the_right_is_forbidden(chosen, make_customer, clerk, viewer, nobody):
    customer = make_customer("approved")

    for user in (clerk, viewer, nobody):
        assert chosen(user, "enable", customer).status_code == 403


def test_only_its_owner_sees_a_bulk_action(client, chosen, make_customer, reviewer, admin):
    url = chosen(reviewer, "enable", make_customer("approved")).url
    client.force_login(admin)

    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert client.get(f"{START}{uuid.uuid4()}/").status_code == 404


def test_a_bulk_action_on_records_of_another_kind_is_not_there(client, reviewer):
    other = BulkAction.objects.create(
        user=reviewer, workflow="another", action="enable", items=[[1, 1]]
    )
    client.force_login(reviewer)

    assert client.get(f"{START}{other.pk}/").status_code == 404


def test_the_limit_is_the_last_number_that_is_taken(reviewer):
    at_once = [(pk, 1) for pk in range(1, bulk_service.LIMIT + 2)]

    assert bulk_service.freeze(KIND, "enable", at_once[:-1], by=reviewer).pk
    with pytest.raises(Refused):
        bulk_service.freeze(KIND, "enable", at_once, by=reviewer)


def test_what_is_done_is_not_done_again(make_customer, reviewer):
    items = [(make_customer("approved").pk, 1)]
    bulk = bulk_service.freeze(KIND, "enable", items, by=reviewer)
    first = bulk_service.run(KIND, bulk.pk, act=act_by(reviewer, "first"))
    again = bulk_service.run(KIND, bulk.pk, act=act_by(reviewer, "second"))

    assert (again.done_at, again.reason) == (first.done_at, "first")


def test_anonymous_is_sent_to_the_login(client, db):
    assert client.post(START).url.startswith("/login/")
    assert client.get(f"{START}{uuid.uuid4()}/").url.startswith("/login/")


def test_choosing_is_only_posted(client, reviewer):
    client.force_login(reviewer)

    assert client.get(START).status_code == 405


def test_queries_of_confirm_and_result_do_not_grow(client, chosen, make_customer, reviewer):
    def queries(url):
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    few = chosen(reviewer, "enable", *[make_customer("approved") for _number in range(3)]).url
    many = chosen(reviewer, "enable", *[make_customer("approved") for _number in range(15)]).url
    client.get(few)

    assert queries(many) == queries(few) <= 16
    client.post(few)
    client.post(many)
    client.get(few)
    assert queries(many) == queries(few) <= 16


def test_deleting_drafts_in_bulk_warns_and_names_them(client, chosen, make_customer, clerk):
    customer = make_customer(name="要删除的公司")
    url = chosen(clerk, "delete", customer).url

    page = client.get(url)
    result = client.post(url, follow=True)

    assert "删除后不能恢复" in text(page)
    assert "要删除的公司" in text(result)


def test_approving_says_that_no_evidence_is_shown(client, chosen, make_customer, reviewer):
    url = chosen(reviewer, "approve", make_customer("submitted")).url

    assert "此处只显示存疑的核对项" in text(client.get(url))


def test_the_preview_promises_only_what_will_happen(
    client, chosen, make_customer, clerk, complete, reviewer
):
    """Guards and readiness are asked for the whole selection, and running says the same."""
    good = make_customer()
    nameless = make_customer(contacts=[], region=None)
    first, second = (
        make_customer(tax_number="110108777777771"),
        make_customer(tax_number="110108777777771"),
    )

    url = chosen(clerk, "submit", good, nameless, first, second).url
    page = text(client.get(url))
    result = text(client.post(url, follow=True))

    assert "可以提交 2 条" in page
    assert "缺少地区" in page
    assert "2 成功" in result
    assert "2 失败" in result
    told = f"税号已被 {first} 使用"
    assert told in page.replace(f"{first.code} ", "")
    assert told in result.replace(f"{first.code} ", "")


def test_the_preview_of_approving_asks_for_names_and_four_eyes(
    client, chosen, make_customer, admin, clerk
):
    other = make_customer("enabled")
    twin = make_customer(name=other.name)
    twin = customer_service.save(
        twin.pk,
        Record({"same_name_reason": "两家公司"}),
        version=twin.version,
        submit=True,
        act=act_by(clerk),
    )
    own, good = make_customer("submitted", by=admin), make_customer("submitted")

    url = chosen(admin, "approve", twin, own, good).url
    page = text(client.get(url))

    assert "可以审核 1 条" in page
    assert "同名" in page
    assert "须由他人审核" in page
    result = text(client.post(url, follow=True))
    assert "1 成功" in result
    assert "2 失败" in result


def test_the_preview_of_deleting_names_what_is_in_use(client, chosen, make_customer, clerk):
    group = make_customer()
    daughter = make_customer(parent=group)

    alone = text(client.get(chosen(clerk, "delete", group).url))
    url = chosen(clerk, "delete", group, daughter).url
    together = text(client.get(url))
    result = text(client.post(url, follow=True))

    assert "可以删除 0 条" in alone
    assert "可以删除 2 条" in together
    assert "2 成功" in result


@pytest.mark.parametrize("action", ["submit", "approve", "delete"])
def test_queries_of_the_preview_do_not_grow(client, chosen, make_customer, reviewer, clerk, action):
    state, user = ("submitted", reviewer) if action == "approve" else ("draft", clerk)

    def queries(count):
        url = chosen(user, action, *[make_customer(state) for _number in range(count)]).url
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    queries(1)
    assert queries(12) == queries(3) <= 45


def test_cancel_and_back_lead_to_the_place_in_the_list(client, chosen, make_customer, reviewer):
    customer = make_customer("approved")
    client.force_login(reviewer)
    place = "state=approved&sort=name&per=100"

    listed = text(client.get(f"/customers/?{place}"))
    url = chosen(reviewer, "enable", customer, query=f"?{place}", list=place).url
    confirm = text(client.get(url))
    result = client.post(url, follow=True)

    assert f'name="list" value="{place.replace("&", "&amp;")}"' in listed
    back = f'href="/customers/?{place.replace("&", "&amp;")}"'
    assert confirm.count(back) == 2
    assert text(result).count(back) == 2


@pytest.mark.parametrize("place", ["//evil.example/", "javascript:alert(1)", "a\x00b", "x" * 9_000])
def test_a_forged_place_leads_nowhere_else(client, chosen, make_customer, reviewer, place):
    url = chosen(reviewer, "enable", make_customer("approved"), list=place).url

    page = text(client.get(url))

    assert 'href="/customers/?' in page
    assert 'href="//' not in page
    assert 'href="javascript' not in page
