"""The page of a bulk edit: select, say what to set, look, carry out, read what came, take back."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import jobs
from core.models import BulkEdit, Change
from core.records.bulk_edit import job, kept, shown
from core.records.record import Record
from customers.models import Customer
from customers.services import customer as customer_service
from tests.cast import act_by, move

START = "/customers/bulk/edit/"


@pytest.fixture
def chosen(client):
    """Post a selection as a user; give the answer."""

    def post(user, *customers, query="", **more):
        client.force_login(user)
        return client.post(f"{START}{query}", {"pks": [one.pk for one in customers], **more})

    return post


@pytest.fixture
def looked(client, chosen):
    """Select, and say what to set; give the answer that leads to the preview."""

    def look(user, customers, **fields):
        url = chosen(user, *customers).url
        return client.post(url, {"step": "look", **fields})

    return look


def text(answer):
    return answer.content.decode()


def edit_of(answer):
    return BulkEdit.objects.get(pk=re.search("[0-9a-f-]{36}", answer.url)[0])


def write(client, answer, **more):
    """Carry out what the preview shows."""
    data = {"step": "write", "look": edit_of(answer).job_id, **more}
    return client.post(answer.url, data, follow=True)


def test_a_selection_is_looked_at_written_and_taken_back(
    client, looked, make_customer, clerk, world
):
    good, held = make_customer("enabled"), make_customer("submitted")

    preview = looked(clerk, [good, held], industry=world.industry.words, reason="行业补全")
    page = text(client.get(preview.url))
    result = write(client, preview)
    undone = client.post(preview.url, {"step": "undo"}, follow=True)

    assert "批量修改：2 家客户" in page
    assert "修改 1 条记录" in page
    assert "行业补全" in page
    assert re.search("<del>—</del> → <ins>制造业</ins>", page)
    assert "正在审核" in page
    assert "已修改 1 条记录" in text(result)
    assert "已恢复 1 条记录的原值" in text(undone)
    good.refresh_from_db()
    assert good.industry is None
    again = text(client.get(preview.url))
    assert "已撤销" in again
    assert 'value="undo"' not in again


def test_nothing_is_written_before_it_is_carried_out(client, looked, make_customer, clerk, world):
    customer = make_customer()

    answer = looked(clerk, [customer], industry=world.industry.words)
    client.get(answer.url)

    customer.refresh_from_db()
    assert customer.industry is None
    assert customer.version == 1


def test_posting_twice_writes_once(client, looked, make_customer, clerk, world):
    answer = looked(clerk, [make_customer()], industry=world.industry.words)

    write(client, answer)
    write(client, answer)

    assert Change.objects.filter(operation=edit_of(answer).pk).count() == 1


def test_what_is_wrong_is_said_and_kept(client, looked, chosen, make_customer, clerk):
    nothing = looked(clerk, [make_customer()])
    unknown = looked(clerk, [make_customer()], industry="没有这个行业", reason="为什么")
    both = looked(clerk, [make_customer()], nature="private", **{"nature-empty": "on"})

    assert [one.status_code for one in (nothing, unknown, both)] == [422, 422, 422]
    assert "至少设置一个字段" in text(nothing)
    assert "没有这个行业" in text(unknown)
    assert "为什么" in text(unknown)
    assert "只能选一项" in text(both)


def test_a_field_is_emptied_by_its_box(client, looked, make_customer, clerk, world):
    customer = make_customer(industry=world.industry)

    write(client, looked(clerk, [customer], **{"industry-empty": "on"}))

    customer.refresh_from_db()
    assert customer.industry is None


def test_tags_are_set_as_chosen(client, looked, make_customer, clerk, world):
    customer = make_customer(tags=[world.tag])
    more = {"tags": world.other_tag.words}

    write(client, looked(clerk, [customer], **more, **{"tags-way": "add"}))
    both = set(customer.tags.all())
    write(client, looked(clerk, [customer.__class__.objects.get(pk=customer.pk)], **more,
                         **{"tags-way": "remove"}))  # fmt: skip

    assert both == {world.tag, world.other_tag}
    assert set(customer.tags.all()) == {world.tag}


@pytest.mark.parametrize(
    ("touched", "title", "others"),
    [(1, "已恢复 1 条记录的原值", "其余保持不变"), (2, "没有可以撤销的记录", "全部保持不变")],
)
def test_taking_back_says_how_much_was_taken_back(
    client, looked, make_customer, clerk, touched, title, others
):
    customers = [make_customer(), make_customer()]
    answer = looked(clerk, customers, nature="private")
    write(client, answer)
    for one in customers[:touched]:
        one.refresh_from_db()
        changed = Record({"nature": "foreign"})
        customer_service.save(one.pk, changed, version=one.version, submit=False, act=act_by(clerk))

    undone = text(client.post(answer.url, {"step": "undo"}, follow=True))

    assert title in undone
    assert others in undone
    assert "已恢复 0 条" not in undone


def test_of_no_record_it_is_not_said_that_others_stay(client, looked, make_customer, clerk, world):
    answer = looked(clerk, [make_customer("submitted")], industry=world.industry.words)

    result = text(write(client, answer))

    assert "没有修改任何记录" in result
    assert "全部保持不变" in result


def test_back_at_the_fields_stands_what_was_chosen(client, looked, make_customer, clerk, world):
    answer = looked(
        clerk, [make_customer()], industry=world.industry.words, reason="补全",
        **{"nature-empty": "on", "tags": world.tag.words, "tags-way": "remove"},
    )  # fmt: skip

    page = text(client.get(f"{answer.url}?fields=1"))

    assert re.search(rf'name="industry" type="text" value="{world.industry.words}"', page)
    assert re.search('name="nature-empty"[^>]* checked', page)
    assert re.search('<option value="remove" selected', page)
    assert "补全" in page


def test_who_lacks_the_right_gets_no_field_and_no_address(client, chosen, make_customer, cast):
    customer = make_customer()
    for name in ("reviewer", "viewer", "nobody"):
        assert chosen(cast[name], customer).status_code == 403
    client.force_login(cast["viewer"])
    assert START not in text(client.get("/customers/"))
    client.force_login(cast["clerk"])
    assert START in text(client.get("/customers/"))


def test_only_its_owner_sees_an_edit(client, looked, make_customer, clerk, colleague, world):
    answer = looked(clerk, [make_customer()], industry=world.industry.words)
    client.force_login(colleague)

    assert client.get(answer.url).status_code == 404
    assert client.post(answer.url, {"step": "write"}).status_code == 404
    assert client.get(f"{answer.url.partition('?')[0]}progress/").status_code == 404
    assert client.get(f"{START}{uuid.uuid4()}/").status_code == 404


def test_customers_out_of_sight_are_not_selected(chosen, make_customer, outsider, units):
    theirs, own = make_customer(), make_customer(by=outsider, department=units.second)

    assert chosen(outsider, theirs).status_code == 422
    edit = edit_of(chosen(outsider, theirs, own))
    assert [one for block in edit.blocks() for one in kept.unpack(block.items)] == [[own.pk, 1]]


def test_all_matching_takes_the_conditions_of_the_address(chosen, make_customer, admin):
    wanted = [make_customer("approved") for _number in range(2)]
    make_customer("enabled")

    edit = edit_of(chosen(admin, query="?state=approved", all="1"))

    items = [one for block in edit.blocks() for one in kept.unpack(block.items)]
    assert sorted(pk for pk, _version in items) == [customer.pk for customer in wanted]
    assert chosen(admin, query="?state=no_such", all="1").status_code == 422


def test_too_many_are_refused_with_number_and_limit(chosen, make_customer, admin, monkeypatch):
    monkeypatch.setattr(job, "MOST", 2)
    for _number in range(3):
        make_customer("approved")

    answer = chosen(admin, query="?state=approved", all="1")

    assert answer.status_code == 422
    assert "3 条超出一次的上限，最多选择 2 条" in text(answer)


def test_what_was_chosen_in_another_window_is_not_carried_out(
    client, looked, make_customer, clerk, world
):
    answer = looked(clerk, [make_customer()], industry=world.industry.words)
    seen = edit_of(answer).job_id
    client.post(answer.url, {"step": "look", "nature": "private"})

    late = client.post(answer.url, {"step": "write", "look": seen})

    assert late.status_code == 409
    assert "在此期间有变动" in text(late)
    assert Change.objects.filter(operation=edit_of(answer).pk).count() == 0


@pytest.mark.parametrize("look", ["", "x", "-1", "9" * 40, "²"])
def test_nonsense_in_the_place_of_the_look_carries_nothing_out(
    client, looked, make_customer, clerk, world, look
):
    answer = looked(clerk, [make_customer()], industry=world.industry.words)

    assert client.post(answer.url, {"step": "write", "look": look}).status_code == 409


def test_large_ones_show_how_far_they_are_and_can_be_stopped(
    client, looked, make_customer, clerk, world, monkeypatch
):
    monkeypatch.setattr(job, "AT_ONCE", 1)
    answer = looked(clerk, [make_customer(), make_customer()], industry=world.industry.words)

    running = write(client, answer)
    panel = client.get(f"{answer.url.partition('?')[0]}progress/")
    stopped = client.post(answer.url, {"step": "stop"}, follow=True)

    assert "0 / 2" in text(running)
    assert 'data-running="1"' in text(panel)
    assert "没有后台进程" in text(panel) or "后台" in text(panel)
    assert "已停止" in text(stopped)
    assert "未处理" in text(stopped)
    assert Customer.objects.filter(industry=world.industry).count() == 0


def test_a_worker_carries_it_out_and_the_page_tells_it(
    client, looked, make_customer, clerk, world, monkeypatch
):
    monkeypatch.setattr(job, "AT_ONCE", 1)
    answer = looked(clerk, [make_customer(), make_customer()], industry=world.industry.words)
    write(client, answer)

    jobs.run_waiting()

    assert "已修改 2 条记录" in text(client.get(answer.url))
    panel = client.get(f"{answer.url.partition('?')[0]}progress/")
    assert 'data-running=""' in text(panel)


def test_lines_come_in_pages_and_by_outcome(
    client, looked, make_customer, clerk, world, monkeypatch
):
    monkeypatch.setattr(shown, "PER_PAGE", 2)
    free = [make_customer() for _number in range(3)]
    held = make_customer("submitted")
    answer = looked(clerk, [*free, held], industry=world.industry.words)

    first = text(client.get(answer.url))
    second = text(client.get(f"{answer.url}?from=2"))
    refused = text(client.get(f"{answer.url}?show=refused"))

    assert [str(one) in first for one in free] == [True, True, False]
    assert [str(one) in second for one in (*free, held)] == [False, False, True, True]
    assert [str(one) in refused for one in (*free, held)] == [False, False, False, True]
    assert client.get(f"{answer.url}?from=-1&show=x").status_code == 200


def test_the_result_stays_and_is_found_again(client, looked, make_customer, clerk, world):
    answer = looked(clerk, [make_customer()], industry=world.industry.words, reason="补行业")
    write(client, answer)

    mine = text(client.get("/customers/bulk/edits/"))

    assert f"/customers/bulk/edit/{edit_of(answer).pk}/" in mine
    assert "补行业" in mine
    assert "制造业" in mine


def test_the_history_tells_it_and_leads_who_made_it_there(
    client, looked, make_customer, clerk, admin, world
):
    customer = make_customer()
    answer = looked(clerk, [customer], industry=world.industry.words, reason="补行业")
    write(client, answer)
    client.post(answer.url, {"step": "undo"})

    shown = client.get(f"/customers/{customer.pk}/?tab=history")
    links = re.findall(r"/customers/bulk/edit/[^\"/]+/", shown.content.decode())
    client.force_login(admin)
    others = client.get(f"/customers/{customer.pk}/?tab=history").content.decode()

    assert "撤销批量修改" in text(shown)
    assert "补行业" in text(shown)
    client.force_login(clerk)
    assert [client.get(one).status_code for one in dict.fromkeys(links)] == [200, 200]
    assert "/customers/bulk/edit/" not in others


def test_who_changed_one_since_stands_beside_it(client, looked, make_customer, clerk, admin, world):
    customer = make_customer("approved")
    answer = looked(clerk, [customer], industry=world.industry.words)
    move(customer, "enable", admin)

    result = write(client, answer)

    assert "选中之后 何嘉 改动过" in text(result)


def test_queries_of_the_pages_do_not_grow(client, looked, make_customer, clerk, world):
    def queries(url):
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    def looked_at(number):
        records = [make_customer(tags=[world.tag]) for _ in range(number)]
        fields = {"industry": world.industry.words, "tags": world.other_tag.words}
        return looked(clerk, records, **fields, **{"tags-way": "add"})

    few, many = looked_at(2), looked_at(12)

    assert queries(many.url) == queries(few.url) <= 20
    assert queries(f"{many.url}?fields=1") == queries(f"{few.url}?fields=1") <= 30
    write(client, few)
    mine = queries("/customers/bulk/edits/")
    write(client, many)
    assert queries(many.url) == queries(few.url) <= 20
    assert queries("/customers/bulk/edits/") == mine <= 15


def test_anonymous_is_sent_to_the_login(client, db):
    assert client.post(START).url.startswith("/login/")
    assert client.get(f"{START}{uuid.uuid4()}/").url.startswith("/login/")


def test_choosing_is_only_posted(client, clerk):
    client.force_login(clerk)

    assert client.get(START).status_code == 405
