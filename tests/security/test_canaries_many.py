"""Two hundred planted bank numbers in records, requests and all that people wrote about those.

They stand in stored, changed and removed accounts, in requests in every state, in reasons,
remarks and answers, however they are written; who has no right meets none of them on any way.
"""

import random
import re
import unicodedata

import pytest
from stdnum import iban

from core.aggregate import RowInput
from core.forms.keyed import new_key
from core.models import Change
from core.records import transition
from core.records.changes.asking import Ask
from core.records.record import Record
from customers.change_lifecycle import LIFE
from customers.models import Customer, CustomerChange
from customers.services import customer as service
from customers.services.kinds import CHANGE, KIND
from tests.cast import act_by, enter
from tests.customers.asking import ask, decide
from tests.customers.exports.sheets import body, table
from tests.security.page import Page
from tests.security.test_canaries import log  # noqa: F401 - the fixture
from tests.security.walk import client_of
from tests.town import share

STATES = tuple(state.name for state in LIFE.states)
EACH, RETURNED, COUNT = 4, 4, 200
BETWEEN = re.compile(r"[\s\-‐‑‒–—·.]")  # noqa: RUF001
PEOPLE = ("clerk", "colleague", "outsider", "reviewer", "viewer", "nobody")


def foreign(account):
    """Give an account as an IBAN with a right check."""
    return f"DE{iban.calc_check_digits(f'DE00{account}')}{account}"


class Planter:
    """Plants numbers, each in another writing, and knows where."""

    def __init__(self, town):
        self.town, self.people, self.world = town, town.people, town.world
        self.numbers, self.customers, self.changes = {}, {}, {}

    def number(self, about, *, is_account=True):
        """Give a number that stands nowhere else: long, foreign, and of accounts short ones."""
        at = len(self.numbers)
        ways = [f"6222021{at:012d}", foreign(f"50010517{at:010d}"), f"88{at:07d}"]
        number = ways[at % 3] if is_account else ways[at % 2]
        self.numbers[number] = about
        return number

    def told(self, about, *others):
        """Give a sentence with a number, and with those, as somebody might write them."""
        numbers = (self.number(about, is_account=False), *others)
        return f"账号 {'、'.join(self._written(one, at) for at, one in enumerate(numbers))} 有误"

    def _written(self, number, at):
        parts = [number[at : at + 4] for at in range(0, len(number), 4)]
        ways = (number, " ".join(parts), "-".join(parts), "·".join(parts), number.translate(WIDE))
        return ways[(len(self.numbers) + at) % len(ways)]

    def live(self, about):
        """Make a customer in force whose accounts were changed by an approved request."""
        made = enter(self.world, self.people["clerk"], "enabled", accounts=[
            {"account_name": "金丝雀", "account_number": self.number(about)} for _ in range(2)
        ])  # fmt: skip
        first, second = made.bank_accounts.order_by("line")
        rows = [RowInput(first.pk, {"account_number": self.number(about)}), RowInput(second.pk, {})]
        finance = self.people["finance"]
        change = ask(made, finance, rows={"bank_accounts": rows}, reason=self.told(about))
        decide(change, "approve", self.people["admin"])
        return Customer.objects.get(pk=made.pk)

    def change(self, state, at):
        """Ask for another, a new and no account, have it returned and answered, bring it there."""
        about = (state, at)
        customer = self.customers[about] = self.live(about)
        first, second = customer.bank_accounts.order_by("line")
        new = {"account_name": "新户", "account_number": self.number(about)}
        rows = [RowInput(first.pk, {"account_number": self.number(about)}), RowInput(None, new)]
        asked = [rows[0].values["account_number"], new["account_number"]]
        finance, reason = self.people["finance"], self.told(about, *asked, first.account_number)
        change = ask(
            customer, finance, rows={"bank_accounts": rows}, reason=reason,
            submit=state != "draft",
        )  # fmt: skip
        if state != "draft":
            places = (f"bank_accounts-{key}" for key in (first.pk, second.pk, "new1"))
            pinned = {place: self.told(about, *asked) for place in places}
            self.back(CHANGE, change, pinned, about)
            change.refresh_from_db()
            answers = {f"{change.version}-{place}": self.told(about, *asked) for place in pinned}
            again = Ask(reason, None, change.pk, change.version, submit=state != "returned")
            service.save(
                customer.pk, Record({}, {"bank_accounts": rows}, answers=answers),
                version=customer.version, submit=False, act=act_by(finance), ask=again,
            )  # fmt: skip
        if state == "approved":
            decide(change, "approve", self.people["admin"])
        if state == "withdrawn":
            decide(change, "withdraw", finance)
        self.changes[about] = CustomerChange.objects.get(pk=change.pk)
        assert self.changes[about].state == state

    def returned(self, at):
        """Have a customer returned with remarks, which its clerk answers."""
        about, clerk = ("returned customer", at), self.people["clerk"]
        account = {"account_name": "金丝雀", "account_number": self.number(about)}
        made = enter(self.world, clerk, "submitted", accounts=[account])
        [row] = made.bank_accounts.all()
        text = self.told(about, row.account_number)
        pinned = {f"bank_accounts-{row.pk}": text, "name": self.told(about)}
        self.back(KIND, made, pinned, about)
        made = Customer.objects.get(pk=made.pk)
        answers = {f"{made.version}-{place}": self.told(about) for place in pinned}
        service.save(
            made.pk, Record({}, answers=answers), version=made.version, submit=False,
            act=act_by(clerk),
        )  # fmt: skip
        self.customers[about] = Customer.objects.get(pk=made.pk)

    def back(self, kind, record, pinned, about):
        act = act_by(self.people["admin"], self.told(about))
        transition.perform(
            kind, "return", record.pk, version=record.version, act=act, pinned=pinned
        )


WIDE = {ord(char): chr(ord(char) + 0xFEE0) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@pytest.fixture(scope="module")
def planted(standing_town, for_all):
    """The town with two hundred numbers more."""
    with for_all():
        planter = Planter(standing_town)
        for at in range(EACH):
            for state in STATES:
                planter.change(state, at)
        for at in range(RETURNED):
            planter.returned(at)
        assert len(planter.numbers) >= COUNT
        return planter


def may_read(who, about):
    """Say whether somebody may read the numbers of these customers (PRODUCT.md, roles)."""
    is_own = who == "clerk" and about[0] == "returned customer"
    return is_own or (who == "reviewer" and about[0] == "submitted")


def leaks(planted, who, answer, echo=""):
    """Give the numbers in an answer that somebody may not read, however they are written."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace")
    shown = " ".join(Page(text).text) if "<html" in text else ""
    raw = f"{text} {shown} {dict(answer.items())} {answer.cookies}"
    folded = BETWEEN.sub("", unicodedata.normalize("NFKC", raw)).replace(echo or "\0", "").upper()
    return [
        f"{about}: {number}" for number, about in planted.numbers.items()
        if number in folded and not may_read(who, about)
    ]  # fmt: skip


def addresses(planted, abouts):
    """Give every page about these customers and their requests, and those of all."""
    for about in abouts:
        pk = planted.customers[about].pk
        yield from (f"/customers/{pk}/?tab={tab}" for tab in ("finance", "history", "overview"))
        yield from (f"/customers/{pk}/edit/", f"/customers/{pk}/edit/?only=accounts")
        yield f"/review/{pk}/"
        if change := planted.changes.get(about):
            yield from (f"/changes/{change.pk}/", f"/review/changes/{change.pk}/")
            yield f"/customers/{pk}/edit/?change={change.pk}"
    queues = ("", "?queue=data", "?queue=accounts")
    yield from ("/", "/customers/", "/changes/", *(f"/review/{queue}" for queue in queues))
    yield from (f"/changes/?per=100&state={state}" for state in STATES)
    yield from ("/customers/?per=100", "/customers/bulk/edits/", "/customers/exports/")


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_shows_one(planted, who, seed):
    at = random.Random(seed).randrange(EACH)
    walk(planted, who, [about for about in planted.customers if about[1] == at])


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_of_any_shows_one(planted, who):
    walk(planted, who, list(planted.customers))


def walk(planted, who, abouts):
    client = client_of(planted.town, who)
    found, opened = [], 0
    for path in share(addresses(planted, abouts), who, PEOPLE):
        answer = client.get(path, follow=True)
        assert answer.status_code != 500, path
        opened += answer.status_code == 200
        found += [(path, one) for one in leaks(planted, who, answer)]
    assert found == []
    assert opened or who == "nobody"


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_no_search_finds_one(planted, who, seed):
    client, rng, found = client_of(planted.town, who), random.Random(seed), []
    readable = {number for number, about in planted.numbers.items() if may_read(who, about)}
    for number in rng.sample(sorted(planted.numbers.keys() - readable), 12):
        for path in ("/customers/", "/changes/"):
            answer = client.get(path, {"q": number})
            found += [(path, one) for one in leaks(planted, who, answer, echo=number)]
            text = answer.content.decode()
            known = (*planted.changes.values(), *planted.customers.values())
            found += [(path, number) for one in known if f">{one.code}<" in text]
    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_no_bulk_page_shows_one(planted, who):
    client, found = client_of(planted.town, who), []
    customers = [one.pk for one in planted.customers.values()]
    changes = [one.pk for one in planted.changes.values()]
    for path, keys, actions in (
        ("/customers/bulk/", customers, ("submit", "disable", "edit")),
        ("/changes/bulk/", changes, ("approve", "return", "withdraw", "submit")),
    ):
        for action in actions:
            answer = client.post(path, {"action": action, "pks": keys}, follow=True)
            found += [(path, action, one) for one in leaks(planted, who, answer)]
            if action in ("withdraw", "submit") and answer.redirect_chain:
                last = answer.redirect_chain[-1][0]
                done = client.post(last, {"reason": "不办了"}, follow=True)
                found += [(path, action, "done", one) for one in leaks(planted, who, done)]
    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*PEOPLE, "finance", "admin"])
def test_no_file_of_requests_holds_one(planted, who):
    """Whoever reads a file may hand it on: nobody gets numbers in one of requests."""
    client, found = client_of(planted.town, who), []
    for kind in ("csv", "xlsx"):
        answer = client.post("/changes/export/", {"kind": kind})
        if kind == "xlsx" and answer.status_code == 200:
            text = " ".join(str(row) for row in table(body(answer)))
            text = BETWEEN.sub("", unicodedata.normalize("NFKC", text))
            found += [number for number in planted.numbers if number in text]
        else:
            found += leaks(planted, "nobody", answer)
        customers = client.post("/customers/export/", {"kind": kind})
        assert customers.status_code == (200 if who == "admin" else 403)
    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk", "colleague"])
@pytest.mark.parametrize("about", [*((state, 0) for state in STATES), ("returned customer", 0)])
def test_no_conflict_nor_mistake_shows_one(planted, who, about, log, monkeypatch):  # noqa: F811
    client, customer = client_of(planted.town, who), planted.customers[about]
    path = f"/customers/{customer.pk}/edit/"
    page = Page(client.get(path).content.decode(), path)
    form = next(form for form in page.forms if "version" in form.fields and "fax" in form.fields)
    typed = {**form.fields, "change_reason": "更名", "action": "draft"}

    invalid = client.post(path, {**typed, "email": "a" * 400})
    stale = client.post(path, {**typed, "version": "1", "fax": "010-62510009", "key": new_key()})
    hints = client.post(path.replace("edit", "hints"), typed)
    monkeypatch.setattr("core.records.save.save", broken(planted))
    bug = client.post(path, {**typed, "fax": "010-62510008", "key": new_key()})

    answers = (invalid, stale, hints, bug)
    assert [one.status_code for one in answers] == [422, 409, 200, 500]
    assert [leaks(planted, who, one) for one in answers] == [[], [], [], []]
    assert "RuntimeError" in log.getvalue()
    lines = log.getvalue()
    assert [number for number in planted.numbers if number in lines] == []


def broken(planted):
    def save(*args, **kwargs):
        raise RuntimeError(f"cannot store {[*planted.numbers]} with {args} {kwargs}")

    return save


@pytest.mark.django_db
def test_who_may_read_them_does(planted):
    """What is planted is there: on the pages of finance stands all that others do not see."""
    client, text = client_of(planted.town, "finance"), ""
    for path in addresses(planted, planted.customers):
        text += client.get(path, follow=True).content.decode()
    folded = BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    missing = [f"{about}: {number}" for number, about in planted.numbers.items()
               if number not in folded]  # fmt: skip
    assert missing == []
    assert Change.objects.exists()
