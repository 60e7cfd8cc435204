"""Remarks on the review page: made with and without a script, kept, sent with the return, read."""

import re

import pytest
from django.urls import reverse

from core.models import Change
from core.records.record import Record
from core.saving import Refused
from customers.models import Customer
from customers.services import customer as customer_service
from tests.cast import act_by, move
from tests.customers.views.page_form import edit_url, opened
from tests.customers.views.test_review import ACCOUNT, address, body, page, state_of

SECOND = "6222 0202 0011 2233 445"


@pytest.fixture
def submitted(make_customer):
    """A customer with a bank account that waits for a review."""
    account = {"account_name": "恒信", "account_number": ACCOUNT}
    return make_customer("submitted", accounts=[account])


def account_of(customer):
    return f"bank_accounts-{customer.bank_accounts.get().pk}"


def send_back(client, customer, reviewer, **remarks):
    """Return it with remarks by place; `account` stands for its bank account."""
    client.force_login(reviewer)
    given = {f"remark-{name}": text for name, text in remarks.items() if name != "account"}
    if "account" in remarks:
        given[f"remark-{account_of(customer)}"] = remarks["account"]
    sent = body(customer, reviewer, "return", reason="请改", **given)
    return client.post(address(customer), sent)


def mend(customer, user, values=None, answers=None, *, submit=False, **parts):
    customer.refresh_from_db()
    back = Change.objects.filter(subject_id=customer.pk, action="return").latest("version").version
    keys = {f"{back}-{place}": text for place, text in (answers or {}).items()}
    return customer_service.save(
        customer.pk,
        Record(values or {}, parts, answers=keys),
        version=customer.version,
        submit=submit,
        act=act_by(user),
    )


def written():
    return [one["text"] for one in Change.objects.get(action="return").changes["remarks"]]


def remark_of(html, place):
    """Give the value of the remark that the page holds for a place, or None."""
    found = re.findall(rf'form="decision" name="remark-{place}" value="([^"]*)"', html)
    assert len(found) < 2
    return found[0] if found else None


class TestMade:
    """A reviewer pins remarks to fields and rows."""

    def test_every_field_and_row_has_its_button_once(self, client, reviewer, submitted):
        html = page(client, reviewer, submitted)

        for place in ("name", "uscc", "credit_limit", "tags", "contacts", account_of(submitted)):
            assert html.count(f'data-place="{place}"') == 1
            assert f'<option value="{place}">' in html
        assert 'data-place="state"' not in html
        buttons, places = html.count('class="pin js-only"'), html.count('data-place="')
        assert buttons == places == html.split('id="remark-place"')[1].count("<option value=") - 1

    def test_they_go_with_the_return(self, client, reviewer, submitted):
        answer = send_back(client, submitted, reviewer, name="名称与执照不符", account="缺开户行")

        assert answer.status_code == 302
        assert written() == ["名称与执照不符", "缺开户行"]
        assert Change.objects.get(action="return").reason == "请改"

    def test_a_form_sent_twice_returns_once(self, client, reviewer, submitted):
        client.force_login(reviewer)
        sent = body(submitted, reviewer, "return", reason="请改", **{"remark-name": "错"})

        answers = [client.post(address(submitted), sent).status_code for _time in range(2)]

        assert answers == [302, 302]
        assert written() == ["错"]

    def test_without_a_script_one_is_chosen_beside_the_reason(self, client, reviewer, submitted):
        client.force_login(reviewer)
        more = {"remark_place": "name", "remark_text": "名称不符"}

        client.post(address(submitted), body(submitted, reviewer, "return", reason="改", **more))

        assert written() == ["名称不符"]

    def test_more_are_added_one_by_one_and_nothing_typed_is_lost(self, client, reviewer, submitted):
        client.force_login(reviewer)
        more = {"remark_place": "uscc", "remark_text": "少一位", "remark-name": "名称不符"}
        sent = body(submitted, reviewer, "stay", reason="请补充", reasons=["wrong"], **more)

        answer = client.post(address(submitted), sent)

        html = answer.content.decode()
        assert answer.status_code == 200
        assert (remark_of(html, "name"), remark_of(html, "uscc")) == ("名称不符", "少一位")
        assert '<a href="#place-name">客户名称</a>' in html
        assert 'name="remark_text" maxlength="500">' in html
        assert 'value="请补充"' in html
        assert state_of(submitted) == "submitted"

    def test_a_return_without_a_reason_keeps_them(self, client, reviewer, submitted):
        client.force_login(reviewer)
        sent = body(submitted, reviewer, "return", **{"remark-name": "名称不符"})

        answer = client.post(address(submitted), sent)

        assert answer.status_code == 422
        assert remark_of(answer.content.decode(), "name") == "名称不符"

    @pytest.mark.parametrize("decision", ["approve", "enable"])
    def test_an_approval_does_not_swallow_them(self, client, reviewer, submitted, decision):
        client.force_login(reviewer)
        sent = body(submitted, reviewer, decision, **{"remark-name": "名称不符"})

        answer = client.post(address(submitted), sent)

        assert answer.status_code == 409
        assert "批注随退回一起发出" in answer.content.decode()
        assert remark_of(answer.content.decode(), "name") == "名称不符"
        assert state_of(submitted) == "submitted"

    @pytest.mark.parametrize("place", ["state", "bank_accounts-0", "nonsense", "", '"><b>'])
    def test_an_unknown_place_is_refused_with_a_sentence_and_kept(
        self, client, reviewer, submitted, place
    ):
        client.force_login(reviewer)
        more = {"remark_place": place, "remark_text": "去哪了"}

        answer = client.post(
            address(submitted), body(submitted, reviewer, "return", reason="改", **more)
        )

        html = answer.content.decode()
        assert answer.status_code == 409
        assert "“去哪了”所指之处不存在" in html
        assert html.count('value="去哪了"') == 1
        assert '"><b>"' not in html
        assert state_of(submitted) == "submitted"

    def test_of_a_record_that_moved_all_is_kept(self, client, reviewer, clerk, submitted):
        sent = body(submitted, reviewer, "return", reason="请改", **{"remark-name": "名称不符"})
        move(submitted, "withdraw", clerk)
        submitted.refresh_from_db()
        move(submitted, "submit", clerk)
        client.force_login(reviewer)

        answer = client.post(address(submitted), sent)

        html = answer.content.decode()
        assert answer.status_code == 409
        assert remark_of(html, "name") == "名称不符"
        assert 'value="请改"' in html
        assert not Change.objects.filter(action="return").exists()

    def test_who_cannot_return_sees_no_place_to_remark(
        self, client, admin, reviewer, make_customer
    ):
        approved = make_customer("approved")
        client.force_login(reviewer)

        html = client.post(address(approved), body(approved, reviewer, "stay")).content.decode()

        assert "data-pin" not in html
        assert 'name="remark_place"' not in html


class TestMended:
    """A clerk changes or answers each before it is submitted again."""

    def test_it_is_refused_from_everywhere_while_one_is_open(
        self, client, reviewer, clerk, submitted
    ):
        send_back(client, submitted, reviewer, name="名称不符", uscc="少一位")
        submitted.refresh_from_db()
        client.force_login(clerk)
        typed = opened(client, edit_url(submitted)) | {"action": "submit"}

        by_form = client.post(edit_url(submitted), typed)
        do = reverse("customers:customer-do", args=[submitted.pk, "submit"])
        by_page = client.post(do, {"key": "k" * 32, "version": submitted.version, "reason": ""})
        start = {"action": "submit", "pks": [submitted.pk]}
        by_list = client.post(reverse("customers:customer-bulk"), start, follow=True)

        sentence = "以下批注尚未修改或说明：客户名称、统一社会信用代码。"
        assert [one.status_code for one in (by_form, by_page)] == [422, 409]
        for answer in (by_form, by_page, by_list):
            assert sentence in answer.content.decode()
        assert state_of(submitted) == "returned"

    def test_the_form_takes_answers_and_the_reviewer_reads_them_first(
        self, client, reviewer, clerk, submitted
    ):
        send_back(client, submitted, reviewer, name="名称不符", uscc="少一位", account="缺开户行")
        client.force_login(clerk)
        typed = opened(client, edit_url(submitted))
        [answer] = [name for name in typed if name.endswith("-uscc") and name.startswith("answer")]
        typed |= {"name": "北京恒信科技股份公司", answer: "执照即如此", "action": "submit"}
        typed |= {"accounts-0-branch": "中关村支行"}

        assert client.post(edit_url(submitted), typed).status_code == 302

        submitted.refresh_from_db()
        html = page(client, reviewer, submitted)
        told = html.split('id="since"')[1].split("自动检查")[0]
        assert "第 2 次提交，上次退回 3 处：2 处已修改，1 处已说明" in told
        assert "名称不符" in told
        assert "执照即如此" in told
        assert "<ins>北京恒信科技股份公司</ins>" in told.split("</ul>")[0]
        assert "<ins>中关村支行</ins>" in told.split("</ul>")[0]
        assert 'href="#place-uscc"' in told

    def test_the_reason_of_an_equal_name_counts_for_the_name(
        self, client, reviewer, clerk, submitted
    ):
        send_back(client, submitted, reviewer, name="为何同名？")

        mend(submitted, clerk, {"same_name_reason": "母子公司"}, submit=True)

        assert state_of(submitted) == "submitted"

    def test_tags_count_as_a_field(self, client, reviewer, clerk, submitted, world):
        send_back(client, submitted, reviewer, tags="请加标签")

        customer_service.save(
            submitted.pk,
            Record({}, marks={"tags": [world.tag]}),
            version=Customer.objects.get(pk=submitted.pk).version,
            submit=True,
            act=act_by(clerk),
        )

        assert state_of(submitted) == "submitted"

    def test_a_withdrawn_record_that_is_put_back_waits_again(
        self, client, reviewer, clerk, submitted
    ):
        name = submitted.name
        send_back(client, submitted, reviewer, name="名称不符")
        mend(submitted, clerk, {"name": "北京恒信股份公司"}, submit=True)
        submitted.refresh_from_db()
        move(submitted, "withdraw", clerk)
        mend(submitted, clerk, {"name": name})
        client.force_login(clerk)

        html = client.get(edit_url(submitted)).content.decode()

        assert "退回 1 处：1 处待处理" in html

    def test_of_a_withdrawn_record_with_all_settled_nothing_is_asked(
        self, client, reviewer, clerk, submitted
    ):
        send_back(client, submitted, reviewer, name="名称不符")
        mend(submitted, clerk, {"name": "北京恒信股份公司"}, submit=True)
        submitted.refresh_from_db()
        move(submitted, "withdraw", clerk)
        client.force_login(clerk)

        html = client.get(edit_url(submitted)).content.decode()

        assert "退回 1 处" not in html
        assert "remark--asked" not in html

    def test_what_was_approved_takes_no_answer_any_more(self, client, reviewer, clerk, submitted):
        send_back(client, submitted, reviewer, short_name="简称？")
        mend(submitted, clerk, answers={"short_name": "没有"}, submit=True)
        submitted.refresh_from_db()
        move(submitted, "approve", reviewer)

        with pytest.raises(Refused, match="“有了”所说明的批注已不存在"):
            mend(submitted, clerk, answers={"short_name": "有了"})


class TestSecrets:
    """Numbers in reasons, remarks and answers are read by those who may see the account only."""

    @pytest.fixture
    def told(self, client, reviewer, clerk, submitted):
        """A returned customer, with account numbers in all that people wrote."""
        client.force_login(reviewer)
        text = f"账号 {ACCOUNT} 应为 {SECOND}"
        more = {f"remark-{account_of(submitted)}": text}
        client.post(address(submitted), body(submitted, reviewer, "return", reason=text, **more))
        return mend(submitted, clerk, answers={account_of(submitted): f"不是 {SECOND}"})

    def pages(self, client, user, customer):
        client.force_login(user)
        urls = [
            reverse("customers:customer-detail", args=[customer.pk]),
            reverse("customers:customer-detail", args=[customer.pk]) + "?tab=finance",
            reverse("customers:dashboard"),
            edit_url(customer),
        ]
        return "".join(client.get(url, follow=True).content.decode() for url in urls)

    @pytest.mark.parametrize("who", ["viewer", "colleague", "reviewer"])
    def test_others_are_shown_the_last_digits(self, client, cast, told, who):
        html = self.pages(client, cast[who], told)

        assert "**** 0109 应为 **** 3445" in html
        for number in (ACCOUNT, SECOND, SECOND.replace(" ", "")):
            assert number not in html

    @pytest.mark.parametrize("who", ["clerk", "finance", "admin"])
    def test_who_sees_the_account_reads_all_of_it(self, client, cast, told, who):
        html = self.pages(client, cast[who], told)

        assert f"账号 {ACCOUNT} 应为 {SECOND}" in html
        assert f"不是 {SECOND}" in html

    def test_a_colleague_who_saves_does_not_mask_what_is_stored(self, client, colleague, told):
        client.force_login(colleague)
        typed = opened(client, edit_url(told)) | {"short_name": "恒信", "action": "draft"}

        assert client.post(edit_url(told), typed).status_code == 302

        newest = Change.objects.filter(subject_id=told.pk).latest("version")
        assert "short_name" in newest.changes["fields"]
        assert "answers" not in newest.changes

    def test_the_submitter_who_did_not_create_it_reads_it_masked_at_work(
        self, client, colleague, reviewer, make_customer
    ):
        account = {"account_name": "恒信", "account_number": ACCOUNT}
        customer = move(make_customer("draft", accounts=[account]), "submit", colleague)
        client.force_login(reviewer)
        client.post(
            address(customer), body(customer, reviewer, "return", reason=f"账号 {ACCOUNT} 不对")
        )
        client.force_login(colleague)

        html = client.get(reverse("customers:dashboard")).content.decode()

        assert "账号 **** 0109 不对" in html
        assert ACCOUNT not in html


def test_a_removed_account_of_a_remark_is_told_masked(client, reviewer, clerk, submitted, viewer):
    send_back(client, submitted, reviewer, account="删掉它")
    mend(submitted, clerk, bank_accounts=[])
    client.force_login(viewer)

    html = client.get(reverse("customers:customer-detail", args=[submitted.pk])).content.decode()

    told = html.split('class="remarks"')[1].split("</ul>")[0]
    assert "已修改" in told
    assert "**** 0109" in told
    assert ACCOUNT not in html
