"""The pages of change requests: what they ask the database, and whom they show a number to."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from core.aggregate import RowInput
from tests.customers.asking import ask, decide
from tests.customers.views.test_change_review import QUEUE, address, page, renamed, with_account

NUMBERS = [f"62220{place:02d}8765{place:02d}4321{place:02d}" for place in range(10, 30)]


def planted(customer, finance):
    """Requests with twenty numbers: wanted, replaced, removed, beside the one that stands."""
    made = []
    for one, other in zip(NUMBERS[::2], NUMBERS[1::2], strict=True):
        rows = [{"account_number": number, "account_name": "甲"} for number in (one, other)]
        whole = [RowInput(row.pk, {}) for row in customer.bank_accounts.all()]
        whole += [RowInput(None, row) for row in rows]
        made.append(ask(customer, finance, rows={"bank_accounts": whole}))
    return made


def shown_in(text):
    plain = re.sub(r"\s", "", text)
    return [number for number in NUMBERS if number in plain]


def test_no_number_is_in_any_page_of_who_may_not_see_it(
    client, make_enabled, cast, finance, reviewer
):
    customer = make_enabled()
    made = planted(customer, finance)
    decide(made[0], "approve", reviewer)
    decide(made[1], "return", reviewer, "再核实")
    decide(made[2], "withdraw", finance)
    paths = [reverse("customers:change-list"), QUEUE]
    paths += [reverse("customers:customer-detail", args=[customer.pk])]
    for one in made:
        paths += [reverse("customers:change-detail", args=[one.pk]), address(one)]

    for who in ("clerk", "viewer", "outsider", "nobody"):
        client.force_login(cast[who])
        for path in paths:
            assert shown_in(client.get(path).content.decode()) == [], (who, path)
    for who in ("finance", "admin"):
        client.force_login(cast[who])
        detail = client.get(reverse("customers:change-detail", args=[made[3].pk]))
        assert shown_in(detail.content.decode()) == NUMBERS[6:8]
    assert set(NUMBERS[6:8]) <= set(shown_in(page(client, reviewer, made[3])))
    done = client.get(reverse("customers:change-detail", args=[made[2].pk])).content.decode()
    assert shown_in(done) == []


def test_reasons_tell_no_number_to_who_may_not_see_it(
    client, make_enabled, cast, finance, reviewer
):
    first, short = "6217 0000 1111 2222 333", "62170001"
    reason = f"由 {NUMBERS[0]} 换为 {first}"
    customer = make_enabled()
    change = with_account(customer, finance, short, reason=f"{reason}，或 {short}")
    decide(change, "return", reviewer, f"核实 {NUMBERS[1]}、{short}")
    detail = reverse("customers:change-detail", args=[change.pk])
    again = f"/customers/{customer.pk}/edit/?change={change.pk}"
    paths = [reverse("customers:change-list"), detail, again]

    client.force_login(finance)
    assert NUMBERS[0] in client.get(detail).content.decode()
    assert NUMBERS[0] in client.get(again).content.decode()
    for who in ("clerk", "viewer"):
        client.force_login(cast[who])
        for path in paths:
            shown = client.get(path).content.decode()
            assert shown_in(shown) == [], (who, path)
            assert first not in shown, (who, path)
            assert short not in shown, (who, path)


def test_no_reason_tells_the_short_number_of_another_request_or_of_before(
    client, make_enabled, cast, clerk, finance, reviewer, admin
):
    customer = make_enabled()
    taken, gone = (with_account(customer, finance, number) for number in ("62170001", "62170002"))
    decide(taken, "approve", reviewer)
    decide(gone, "withdraw", finance)
    reason = "由 62170001 改名，另见 62170002，电话 62170003"
    change = decide(
        ask(customer, clerk, {"name": "新名"}, reason=reason), "return", reviewer, reason
    )
    paths = ["/changes/", f"/changes/{change.pk}/", "/", f"/customers/{customer.pk}/"]
    paths += [f"/customers/{customer.pk}/edit/?change={change.pk}"]

    for who in ("clerk", "viewer"):
        client.force_login(cast[who])
        shown = "".join(client.get(path, follow=True).content.decode() for path in paths)
        assert "电话 62170003" in shown
        assert "62170001" not in shown
        assert "62170002" not in shown
    client.force_login(finance)
    assert reason in client.get(f"/changes/{change.pk}/").content.decode()
    client.force_login(admin)
    file = client.post("/changes/export/", {"kind": "csv"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert "电话 62170003" in text
    assert "62170001" not in text
    assert "62170002" not in text


@pytest.mark.parametrize("asked", ["q=6222", "q=87651", "q=换为 6", "reason=6222", "reason=87651"])
def test_no_search_tells_what_reasons_hide(client, make_enabled, cast, finance, asked):
    change = with_account(make_enabled(), finance, reason=f"换为 {NUMBERS[0]}")
    listed = f"{change.code}</"
    client.force_login(cast["viewer"])

    assert listed in client.get("/changes/?q=换为").content.decode()
    right, wrong = (client.get(f"/changes/?{one}").content.decode() for one in (asked, asked + "9"))
    assert (listed in right) == (listed in wrong)


def test_the_desk_hides_numbers_of_a_request_that_was_decided_meanwhile(
    client, make_enabled, finance, reviewer
):
    change = with_account(make_enabled(), finance, reason=f"换为 {NUMBERS[0]}")
    assert NUMBERS[0] in page(client, reviewer, change)
    decide(change, "withdraw", finance)

    answer = client.post(address(change), {"decision": "return", "version": change.version})

    assert answer.status_code == 422
    assert NUMBERS[0] not in answer.content.decode()


def test_the_list_tells_an_amount_as_people_read_it(client, make_enabled, finance):
    limit = Decimal("1800000.00")
    wanted = {"credit_managed": True, "credit_limit": limit, "credit_days": 30}
    ask(make_enabled(), finance, wanted)
    client.force_login(finance)

    assert "信用额度 → 1,800,000.00" in client.get("/changes/").content.decode()


def test_a_file_of_requests_says_what_changes_and_no_number(
    client, make_enabled, clerk, finance, admin
):
    customer = make_enabled()
    with_account(customer, finance, "62170001", reason=f"{NUMBERS[0]} 换为 62170001")
    renamed(customer, clerk)
    client.force_login(admin)

    answer = client.post("/changes/export/", {"kind": "csv"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "银行账户" in text
    assert "客户资料" in text
    assert "bank_accounts" not in text
    assert NUMBERS[0] not in text
    assert "62170001" not in text


def test_pages_ask_the_same_of_few_and_of_many(
    client, make_enabled, clerk, finance, reviewer, django_assert_max_num_queries
):
    def asked(path):
        client.get(path)  # the numbers in the navigation are kept until something is written
        with django_assert_max_num_queries(40) as found:
            assert client.get(path).status_code == 200
        return len(found)

    customer = make_enabled()
    first, account = (
        renamed(customer, clerk, "北京第零改名有限公司"),
        with_account(customer, finance),
    )
    paths = [address(first), address(account), reverse("customers:change-list")]
    paths.append(reverse("customers:change-detail", args=[account.pk]))
    client.force_login(reviewer)
    few = [asked(path) for path in paths]
    for number in range(1, 6):
        another = make_enabled()
        renamed(another, clerk, f"北京第{number}改名有限公司")
        with_account(another, finance, f"62220202009988770{number}")

    assert [asked(path) for path in paths] == few
