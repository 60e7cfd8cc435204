"""The review queue and the machine checklist: results, evidence, and the digest that names them."""

import pytest
from django.utils import translation

from core import pages
from core.models.base import writing
from customers.models import BankAccount, Customer, UsedCode
from customers.queries import duplicate, review, waiting
from customers.rules.identity import normalised_name
from tests.cast import move, valid_uscc

NUMBER = valid_uscc(950_001)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def line(customer, user, name):
    found = [line for line in review.checklist(customer, user).lines if line.name == name]
    assert len(found) <= 1
    return found[0] if found else None


def account(number="4000023009200123456", **more):
    return {"account_number": number, **more}


def test_a_clean_record_passes_every_check_with_evidence(make_customer, world, reviewer):
    customer = make_customer(
        "submitted",
        name="北京恒信科技有限公司",
        accounts=[account(account_name="北京恒信科技有限责任公司", bank=world.bank)],
    )

    checked = review.checklist(customer, reviewer)

    assert [(line.name, line.result) for line in checked.lines] == [
        (name, "ok")
        for name in (
            "code", "complete", "uscc", "tax_number", "same_name", "account_banks",
            "account_names", "account_numbers", "four_eyes",
        )
    ]  # fmt: skip
    assert all(line.finding and line.evidence for line in checked.lines)
    assert checked.red(confirmed=False) == []


def test_what_a_record_does_not_have_is_not_checked(make_customer, world, reviewer):
    customer = make_customer("submitted", customer_type=world.person, uscc="")

    names = {line.name for line in review.checklist(customer, reviewer).lines}

    assert names == {"code", "complete", "same_name", "four_eyes"}


def test_a_missing_or_foreign_code_is_red(make_customer, reviewer):
    customer = make_customer("submitted")
    with writing():
        UsedCode.objects.filter(code=customer.code).update(subject_id=0)

    assert line(customer, reviewer, "code").result == "fail"
    customer.code = ""
    assert line(customer, reviewer, "code").evidence == "No code yet"


def test_missing_things_are_red_and_listed(make_customer, reviewer):
    customer = make_customer("submitted")
    customer.registered_address = ""
    customer.salesperson = None

    found = line(customer, reviewer, "complete")

    assert (found.result, found.finding) == ("fail", "2 things are missing")
    assert found.evidence == "Registered address is missing. Salesperson is missing."


@pytest.mark.parametrize("name", ["uscc", "tax_number"])
def test_a_number_with_a_slip_is_red(make_customer, reviewer, name):
    customer = make_customer("submitted")
    value = getattr(customer, name)
    setattr(customer, name, value[:-1] + ("0" if value[-1] != "0" else "1"))

    found = line(customer, reviewer, name)

    assert (found.result, found.needs_confirmation) == ("fail", False)
    assert "check character" in found.evidence


def test_the_number_of_another_is_red_and_names_it(make_customer, reviewer):
    other = make_customer("submitted", uscc=NUMBER)
    customer = make_customer()
    customer.uscc = NUMBER

    found = line(customer, reviewer, "uscc")

    assert found.result == "fail"
    assert (found.evidence, [hit.pk for hit in found.hits]) == (
        f"{other.code} {other.name}",
        [other.pk],
    )


def test_the_number_of_a_draft_is_no_obstacle_but_told(make_customer, reviewer):
    draft = make_customer(uscc=NUMBER)

    found = line(make_customer("submitted", uscc=NUMBER), reviewer, "uscc")

    assert (found.result, [hit.pk for hit in found.hits]) == ("warn", [draft.pk])
    assert draft.name in found.evidence


def test_a_code_of_another_names_it(make_customer, reviewer):
    other, customer = make_customer("submitted"), make_customer("submitted")
    with writing():
        UsedCode.objects.filter(code=customer.code).update(subject_id=other.pk)

    found = line(customer, reviewer, "code")

    assert [hit.pk for hit in found.hits] == [other.pk]
    assert other.name in found.evidence


def test_an_account_without_its_bank_is_amber(make_customer, world, reviewer):
    named = account(account_name="", branch="中国工商银行中关村支行")
    customer = make_customer("submitted", accounts=[named, account("4000023009200123457")])

    found = line(customer, reviewer, "account_banks")

    assert (found.result, found.evidence) == ("warn", "**** 3457")


def test_an_equal_name_without_a_word_says_so_once(make_customer, reviewer):
    customer = make_customer("submitted")
    other = make_customer(name=customer.name)

    found = line(customer, reviewer, "same_name")

    assert found.evidence == f"{other.code} {other.name}. The clerk gave no reason."


def test_an_equal_name_is_red_until_confirmed_and_shows_the_explanation(make_customer, reviewer):
    customer = make_customer("submitted")
    other = make_customer(name=customer.name)
    customer.same_name_reason = "分公司"

    checked = review.checklist(customer, reviewer)
    found = checked.lines[0]

    assert (found.name, found.result, found.needs_confirmation) == ("same_name", "fail", True)
    assert other.code in found.evidence
    assert "分公司" in found.evidence
    assert checked.red(confirmed=False) == [found]
    assert checked.red(confirmed=True) == []


def test_an_account_in_another_name_is_amber(make_customer, reviewer):
    customer = make_customer("submitted", accounts=[account(account_name="张三")])

    found = line(customer, reviewer, "account_names")

    assert (found.result, found.evidence) == ("warn", "张三")


def test_an_odd_account_number_is_amber_and_masked(make_customer, reviewer):
    customer = make_customer("submitted", accounts=[account("1111111111111111")])

    found = line(customer, reviewer, "account_numbers")

    assert found.result == "warn"
    assert found.evidence.startswith("**** 1111")
    assert "11111" not in found.evidence


def test_of_two_accounts_each_has_its_sentence(make_customer, reviewer):
    numbers = [account("622202020011"), account("622202020012", is_default=False)]
    customer = make_customer("submitted", accounts=numbers)

    told = line(customer, reviewer, "account_numbers").evidence

    first, second = told.rstrip(".").split(". ")
    assert first.startswith("**** 0011: 12 digits")
    assert second.startswith("**** 0012: 12 digits")


def test_no_evidence_shows_an_account_number_in_full(make_customer, reviewer):
    customer = make_customer("submitted", accounts=[account()])

    stored = BankAccount.objects.get(customer=customer).account_number
    told = " ".join(line.evidence for line in review.checklist(customer, reviewer).lines)
    assert stored not in told


def test_ones_own_submission_is_amber(make_customer, clerk, reviewer):
    customer = make_customer("submitted")

    assert line(customer, clerk, "four_eyes").result == "warn"
    assert line(customer, reviewer, "four_eyes").result == "ok"


def test_failures_come_first(make_customer, clerk):
    customer = make_customer("submitted", accounts=[account(account_name="张三")])
    customer.registered_address = ""

    results = [line.result for line in review.checklist(customer, clerk).lines]

    assert results == sorted(results, key=["fail", "warn", "ok"].index)
    assert set(results) == {"fail", "warn", "ok"}


class TestDigest:
    """The digest names exactly what was on the screen."""

    def test_it_stays_while_nothing_changes(self, make_customer, reviewer):
        customer = make_customer("submitted")

        digests = {review.checklist(customer, reviewer).digest for _look in range(2)}

        assert len(digests) == 1

    def test_it_does_not_depend_on_the_language(self, make_customer, reviewer):
        customer = make_customer("submitted")
        english = review.checklist(customer, reviewer).digest

        with translation.override("zh-hans"):
            assert review.checklist(customer, reviewer).digest == english

    def test_it_changes_with_the_version(self, make_customer, reviewer, clerk):
        customer = make_customer("submitted")
        before = review.checklist(customer, reviewer).digest

        again = move(move(customer, "withdraw", clerk), "submit", clerk)

        assert review.checklist(again, reviewer).digest != before

    def test_it_changes_with_a_result(self, make_customer, reviewer):
        customer = make_customer("submitted")
        before = review.checklist(customer, reviewer).digest

        make_customer(name=customer.name)
        one = review.checklist(customer, reviewer).digest
        make_customer(name=customer.name)
        two = review.checklist(customer, reviewer).digest

        assert len({before, one, two}) == 3


class TestQueue:
    """What waits, oldest first."""

    def test_the_oldest_submission_comes_first(self, make_customer, reviewer, clerk):
        first, second = make_customer(), make_customer()
        make_customer()
        move(second, "submit", clerk)
        move(first, "submit", clerk)

        assert list(review.queue(reviewer)) == [second, first]

    def test_everybody_sees_the_own_part(self, make_customer, outsider, colleague):
        customer = make_customer("submitted")

        assert list(review.queue(outsider)) == []
        assert list(review.queue(colleague)) == [customer]

    def test_it_is_counted_up_to_a_cap(self, make_customer, reviewer, monkeypatch):
        monkeypatch.setattr(pages, "CAP", 2)
        make_customer("submitted")
        counted = []
        for _one in range(2):
            make_customer("submitted")
            counted.append(waiting.NEW.count(reviewer))

        assert counted == [(2, False), (2, True)]

    def test_it_is_one_question(self, make_customer, reviewer, django_assert_num_queries):
        for _one in range(3):
            make_customer("submitted")
        list(review.queue(reviewer))

        with django_assert_num_queries(1):
            for customer in review.queue(reviewer):
                assert str(customer.submitted_by) + str(customer.customer_type)


def named(make_customer, name, number):
    """Give submitted customers that got the same name without a word about it."""
    made = [make_customer("submitted").pk for _number in range(number)]
    found = Customer.objects.filter(pk__in=made).order_by("pk")
    with writing():
        found.update(name=name, name_key=normalised_name(name))
    return list(found)


def test_some_records_are_checked_as_each_alone(make_customer, reviewer):
    make_customer("draft", name="同名公司")
    customers = [*named(make_customer, "同名公司", 2), make_customer("submitted")]
    make_customer("draft", uscc=customers[2].uscc)

    together = review.checklists(customers, reviewer)

    assert together == [review.checklist(customer, reviewer) for customer in customers]
    assert [len(checked.failed) for checked in together] == [1, 1, 0]


def test_of_many_of_the_same_name_those_in_the_way_are_kept(make_customer, reviewer, monkeypatch):
    monkeypatch.setattr(duplicate, "MOST_HITS", 2)
    for _number in range(3):
        make_customer("draft", name="同名公司")
    one, two = named(make_customer, "同名公司", 2)

    hits = duplicate.same_names_of([one, two], reviewer)

    assert [len(hits[one.pk]), len(hits[two.pk])] == [2, 2]
    assert (hits[one.pk][0].pk, hits[two.pk][0].pk) == (two.pk, one.pk)
