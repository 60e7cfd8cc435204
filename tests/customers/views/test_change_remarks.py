"""Remarks on change requests: made on their page, mended on the customer's form."""

import re

import pytest
from django.urls import reverse

from core.aggregate import RowInput
from core.models import Change
from core.records import places, transition
from core.records.changes.asking import Ask
from core.records.record import Record
from core.saving import Refused
from customers.models import Customer, CustomerChange
from customers.services import customer as service
from customers.services.kinds import CHANGE
from tests.cast import act_by, enter
from tests.customers.asking import ask, decide
from tests.customers.views.page_form import edit_url, opened, sent_by
from tests.customers.views.test_change_review import OLD, OTHER, address, body, page, state_of

NEW, LAST = "北京更名后有限公司", "北京终名有限公司"
THIRD, FOURTH = "6222020200112200000", "6222020200112299998"


@pytest.fixture
def customer(finance, world):
    """A customer in force with two accounts."""
    first = {"account_number": OLD, "account_name": "甲", "bank": world.bank}
    second = {"account_number": THIRD, "account_name": "乙"}
    return enter(world, finance, "enabled", accounts=[first, second])


@pytest.fixture
def renamed(make_enabled, clerk):
    """A request for another name, of a customer whose name it is the clerk's to change."""
    return ask(make_enabled(), clerk, {"name": NEW})


@pytest.fixture
def moved(customer, finance):
    """A request to change the first account, drop the second and add two others."""
    first, _gone = customer.bank_accounts.order_by("line")
    rows = [
        RowInput(first.pk, {"branch": "中关村支行"}),
        *(RowInput(None, {"account_number": one, "account_name": "丙"}) for one in (OTHER, FOURTH)),
    ]
    return ask(customer, finance, rows={"bank_accounts": rows})


def places_of(change):
    """Give the places of the accounts: the changed, the dropped one, the two new ones."""
    first, second = change.record.bank_accounts.order_by("line")
    keys = (first.pk, second.pk, "new1", "new2")
    return [f"bank_accounts-{key}" for key in keys]


def remarks_told(html):
    """Give what a page of the desk says first: what was done about each remark."""
    return html.split('id="since"')[1].split("</section>")[0]


def send_back(change, user, remarks, reason="请改"):
    """Return it with remarks by place; gives the request."""
    stored = CustomerChange.objects.get(pk=change.pk)
    transition.perform(
        CHANGE, "return", stored.pk, version=stored.version, act=act_by(user, reason),
        pinned=remarks,
    )  # fmt: skip
    return CustomerChange.objects.get(pk=change.pk)


def form_url(change):
    return f"{edit_url(change.record)}?change={change.pk}"


def answer_to(typed, place):
    """Give the name of the answer field of a place."""
    [name] = [one for one in typed if one.startswith("answer-") and one.endswith(f"-{place}")]
    return name


class TestMade:
    """A reviewer pins remarks to what a request asks for."""

    def test_all_that_differs_has_its_button_once(self, client, reviewer, moved):
        html = page(client, reviewer, moved)

        for place in ("bank_accounts", *places_of(moved)):
            assert html.count(f'data-place="{place}"') == 1
            assert html.count(f'<option value="{place}">') == 1
        assert html.count('data-place="') == 5

    def test_what_stays_has_none(self, client, reviewer, renamed):
        html = page(client, reviewer, renamed)

        assert re.findall('data-place="([^"]*)"', html) == ["name"]

    def test_they_go_with_the_return(self, client, reviewer, moved):
        client.force_login(reviewer)
        _kept, gone, new, _last = places_of(moved)
        given = {f"remark-{gone}": "为何删除", f"remark-{new}": "缺开户行"}

        client.post(address(moved), body(moved, reviewer, "return", reason="请改", **given))

        entry = Change.objects.get(subject_type=CHANGE.subject, action="return")
        told = [(one["place"], one["row"], one["text"]) for one in entry.changes["remarks"]]
        assert told == [(gone, "**** 0000", "为何删除"), (new, "**** 7665", "缺开户行")]
        assert state_of(moved) == "returned"

    @pytest.mark.parametrize("place", ["uscc", "bank_accounts", "bank_accounts-new1", "wanted"])
    def test_only_what_is_asked_for_is_a_place(self, client, reviewer, renamed, place):
        client.force_login(reviewer)
        more = {"remark_place": place, "remark_text": "去哪了"}

        answer = client.post(
            address(renamed), body(renamed, reviewer, "return", reason="改", **more)
        )

        assert answer.status_code == 409
        assert "“去哪了”所指之处不存在" in answer.content.decode()
        assert state_of(renamed) == "submitted"

    def test_more_are_added_without_a_script_and_an_approval_swallows_none(
        self, client, reviewer, moved
    ):
        client.force_login(reviewer)
        new = places_of(moved)[2]
        more = {"remark_place": new, "remark_text": "缺开户行"}

        stays = client.post(address(moved), body(moved, reviewer, "stay", **more))
        approved = client.post(
            address(moved), body(moved, reviewer, confirmed="on", **{f"remark-{new}": "缺开户行"})
        )

        for answer in (stays, approved):
            html = answer.content.decode()
            assert f'name="remark-{new}" value="缺开户行"' in html
            assert f'href="#place-{new}"' in html
        assert (stays.status_code, approved.status_code) == (200, 409)
        assert state_of(moved) == "submitted"


class TestMended:
    """Who asked changes what is asked for at each place, or answers."""

    def test_the_form_shows_them_at_their_places(self, client, finance, reviewer, moved):
        kept, gone, _new, last = places_of(moved)
        said = {kept: "哪家支行", gone: "为何删除", last: "缺开户行", "bank_accounts": "附证明"}
        send_back(moved, reviewer, said)
        client.force_login(finance)

        html = client.get(form_url(moved)).content.decode()

        grid = html[html.index('id="accounts"') :]
        top = html[: html.index('id="accounts"')]
        for place in said:
            assert html.count(f'id="remark-{place}"') == 1
            assert (f'id="remark-{place}"' in grid) is (place != gone)
            assert f'href="#remark-{place}"' in top
        rows = re.split(r"<tr data-row>", grid)
        assert "缺开户行" in rows[2]  # above the third row, the second new one
        assert FOURTH in rows[3]
        assert "退回 4 处：4 处待处理" in top

    def test_a_field_has_it_beside_its_control(self, client, clerk, reviewer, renamed):
        send_back(renamed, reviewer, {"name": "与公告不符"})
        client.force_login(clerk)

        html = client.get(form_url(renamed)).content.decode()
        plain = client.get(edit_url(renamed.record)).content.decode()

        assert re.search('name="name"[^>]*aria-describedby="[^"]*remark-name"', html)
        assert html.count("与公告不符") == 2
        assert "与公告不符" not in plain

    def test_it_is_refused_from_everywhere_while_one_is_open(
        self, client, clerk, reviewer, renamed
    ):
        change = send_back(renamed, reviewer, {"name": "与公告不符"})
        client.force_login(clerk)
        typed = opened(client, form_url(change))

        by_form = client.post(edit_url(change.record), typed)
        do = reverse("customers:change-do", args=[change.pk, "submit"])
        by_page = client.post(do, {"key": "k" * 32, "version": change.version, "reason": ""})

        for answer, status in ((by_form, 422), (by_page, 409)):
            assert answer.status_code == status
            assert "以下批注尚未修改或说明：客户名称。" in answer.content.decode()
        assert state_of(change) == "returned"
        assert 'id="remark-name"' in by_form.content.decode()

    def test_what_was_done_is_read_by_the_reviewer_first(self, client, finance, reviewer, moved):
        kept, gone, new, _last = places_of(moved)
        send_back(moved, reviewer, {kept: "哪家支行", gone: "为何删除", new: "户名不对"})
        client.force_login(finance)
        typed = opened(client, form_url(moved))
        typed |= {"accounts-0-branch": "海淀支行", "accounts-1-account_name": "北京恒信"}
        typed |= {answer_to(typed, gone): "已销户"}

        answer = client.post(edit_url(moved.record), typed)

        assert answer.status_code == 302, answer.content.decode()
        assert state_of(moved) == "submitted"
        html = page(client, reviewer, CustomerChange.objects.get(pk=moved.pk))
        told = html.split('id="since"')[1].split("</section>")[0]
        assert "第 2 次提交，上次退回 3 处：2 处已修改，1 处已说明" in told
        assert "已销户" in told
        assert f'href="#place-{gone}"' in told
        assert f'href="#place-{new}"' not in told  # another one is asked for in its place

    def test_the_reviewer_reads_what_was_asked_for_before(
        self, client, clerk, viewer, reviewer, finance, renamed, moved
    ):
        kept, gone, new, _last = places_of(moved)
        send_back(moved, reviewer, {kept: "哪家支行", gone: "为何删除", new: "账号不对"})
        client.force_login(finance)
        typed = opened(client, form_url(moved)) | {"accounts-0-branch": "海淀支行"}
        typed |= {"accounts-1-account_number": "6222020200112266666"}
        client.post(edit_url(moved.record), typed | {answer_to(typed, gone): "已销户"})
        send_back(renamed, reviewer, {"name": "不对"})
        client.force_login(clerk)
        client.post(edit_url(renamed.record), opened(client, form_url(renamed)) | {"name": LAST})

        told = remarks_told(page(client, reviewer, CustomerChange.objects.get(pk=moved.pk)))
        name = remarks_told(page(client, reviewer, CustomerChange.objects.get(pk=renamed.pk)))

        assert "<del>中关村支行</del> → <ins>海淀支行</ins>" in told
        assert "<del>丙 6222 0202 0099 8877 665</del> → （空）" in told
        assert f"<del>{NEW}</del> → <ins>{LAST}</ins>" in name
        entry = Change.objects.get(
            subject_id=moved.pk, action="return", subject_type=CHANGE.subject
        )
        stored = next(one for one in entry.changes["remarks"] if one["place"] == new)
        request = CustomerChange.objects.get(pk=moved.pk)
        assert places.of(CHANGE, request).pairs(stored, viewer) == (
            ("银行账户", "丙 **** 7665", ""),
        )

    def test_answers_are_kept_with_a_draft_and_count_later(self, client, clerk, reviewer, renamed):
        change = send_back(renamed, reviewer, {"name": "与公告不符"})
        client.force_login(clerk)
        typed = opened(client, form_url(change))

        typed |= {answer_to(typed, "name"): "公告有误", "action": "keep"}
        client.post(edit_url(change.record), typed)

        assert state_of(change) == "returned"
        assert "公告有误" in client.get(form_url(change)).content.decode()
        assert decide(change, "submit", clerk).state == "submitted"

    def test_an_untouched_new_row_keeps_its_remark_wherever_it_is_counted(
        self, client, finance, reviewer, moved
    ):
        *_others, last = places_of(moved)
        change = send_back(moved, reviewer, {last: "缺开户行"})
        client.force_login(finance)
        typed = opened(client, form_url(change))

        client.post(edit_url(change.record), typed | {"accounts-1-DELETE": "on", "action": "keep"})

        html = client.get(form_url(change)).content.decode()
        rows = re.split(r"<tr data-row>", html[html.index('id="accounts"') :])
        assert "缺开户行" in rows[1]
        assert FOURTH in rows[2]
        with pytest.raises(Refused, match="银行账户 .*9998"):
            decide(change, "submit", finance)

    def test_a_row_that_is_not_asked_for_any_more_is_mended(self, client, finance, reviewer, moved):
        _kept, gone, _new, last = places_of(moved)
        change = send_back(moved, reviewer, {last: "不要这个", "bank_accounts": "太多"})
        client.force_login(finance)
        typed = opened(client, form_url(change))

        client.post(edit_url(change.record), typed | {"accounts-2-DELETE": "on"})

        assert state_of(change) == "submitted"
        html = page(client, reviewer, CustomerChange.objects.get(pk=change.pk))
        assert "退回 2 处：2 处已修改" in html
        assert f'data-place="{gone}"' in html

    def test_an_answer_to_what_was_not_remarked_is_refused(self, clerk, reviewer, renamed):
        change = send_back(renamed, reviewer, {"name": "与公告不符"})
        record = Record({"name": NEW}, answers={f"{change.version}-uscc": "没错"})
        stored = Customer.objects.get(pk=change.record_id)

        with pytest.raises(Refused, match="“没错”所说明的批注已不存在"):
            service.save(
                stored.pk, record, version=stored.version, submit=False, act=act_by(clerk),
                ask=again(change),
            )  # fmt: skip

    def test_a_conflict_keeps_the_answer(self, client, clerk, colleague, reviewer, renamed):
        change = send_back(renamed, reviewer, {"name": "与公告不符"})
        client.force_login(clerk)
        typed = opened(client, form_url(change))
        typed |= {answer_to(typed, "name"): "公告有误"}
        stored = Customer.objects.get(pk=change.record_id)
        service.save(
            stored.pk, Record({"short_name": "别人"}), version=stored.version, submit=False,
            act=act_by(colleague),
        )  # fmt: skip

        stale = client.post(edit_url(stored), typed)

        assert stale.status_code == 409
        sent = sent_by(stale.content.decode(), "conflict-form")
        assert client.post(edit_url(stored), sent | {"action": "draft"}).status_code == 302
        assert state_of(change) == "submitted"


def again(change):
    """Ask for the same once more, in the place of the request."""
    return Ask("客户来函", request=change.pk, version=change.version)


class TestSecrets:
    """Numbers in what is written about a request are read by those who may see the account."""

    @pytest.fixture
    def told(self, client, finance, reviewer, moved):
        """A returned request, with account numbers in all that people wrote."""
        new = places_of(moved)[2]
        text = f"账号 {OTHER} 应为 6222 0202 0011 2233 999"
        change = send_back(moved, reviewer, {new: text}, reason=f"不是 {OLD}")
        client.force_login(finance)
        typed = opened(client, form_url(change))
        typed |= {answer_to(typed, new): f"正是 {OTHER}", "action": "keep"}
        client.post(edit_url(change.record), typed)
        return change

    def shown(self, client, user, change):
        client.force_login(user)
        urls = [reverse("customers:change-detail", args=[change.pk]), form_url(change)]
        return "".join(client.get(url, follow=True).content.decode() for url in urls)

    @pytest.mark.parametrize("who", ["viewer", "clerk", "reviewer"])
    def test_others_are_shown_the_last_digits(self, client, cast, told, who):
        html = self.shown(client, cast[who], told)

        assert "账号 **** 7665 应为 **** 3999" in html
        assert "正是 **** 7665" in html
        for number in (OLD, OTHER, "6222 0202 0011 2233 999"):
            assert number not in html

    def test_who_sees_the_account_reads_all_of_it(self, client, finance, told):
        html = self.shown(client, finance, told)

        assert f"账号 {OTHER} 应为 6222 0202 0011 2233 999" in html
        assert f"正是 {OTHER}" in html

    def test_a_short_number_that_is_asked_for_is_covered_too(
        self, client, finance, reviewer, viewer, make_enabled
    ):
        customer = make_enabled()
        stored = customer.bank_accounts.get()
        new = RowInput(None, {"account_number": "881200345", "account_name": "北京恒信"})
        rows = {"bank_accounts": [RowInput(stored.pk, {}), new]}
        change = ask(customer, finance, rows=rows)
        send_back(change, reviewer, {"bank_accounts-new1": "881200345 太短"})
        client.force_login(viewer)

        html = client.get(reverse("customers:change-detail", args=[change.pk])).content.decode()

        assert "**** 0345 太短" in html
        assert "881200345" not in html
