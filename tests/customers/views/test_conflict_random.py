"""Random edits of a form that somebody else overtook: nothing is overwritten, all typing is shown.

Every field and every part is typed into, by whoever may, in drafts and in customers in force.
"""

import html
import random
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from core.access import mask
from core.aggregate import RowInput
from core.forms.reference import source_for
from core.records import transition
from customers.catalog import CUSTOMER
from customers.models import Customer, CustomerChange
from customers.parts import PARTS
from customers.services.kinds import KIND
from tests.cast import act_by, enter, valid_uscc
from tests.customers.asking import ask, decide
from tests.customers.views.page_form import edit_url, opened, sent_by

pytestmark = pytest.mark.django_db
TYPED_AT_MOST, ROWS = 9, 2
KEYS = ("pk", "line", "DELETE")  # of rows; nobody types them
FORM = ("key", "version", "writer", "csrfmiddlewaretoken", "code", "change", "change_version")
FLAGS = {row.pick for part in PARTS for row in part.catalog if row.name in part.flags}
LONG_TEXTS = ("reason", "answer", "remark", "responsibilities")


class Undo(Exception):
    """Ends one round."""


@dataclass
class Typist:
    """Somebody with a form open; what is typed by the names of the controls, and how it reads."""

    client: Client
    rng: random.Random
    world: object
    numbers: object
    page: dict = field(default_factory=dict)
    typed: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)

    def open(self, url):
        self.page = opened(self.client, url)

    def type(self, names):
        for name in names:
            raw, words = self.value(name.rpartition("-")[2] if "-" in name else name, name)
            if filled(self.page, name) != [raw]:
                self.typed[name], self.words[name] = raw, words

    def places(self):
        """Give the names of all controls, with those of the first rows of each part."""
        found = []
        for name in self.page:
            if name.startswith("answer-"):
                found.append(name)
                continue
            *part, row, column = name.rsplit("-", 2) if name.count("-") > 1 else ["", "", name]
            is_row = bool(part and part[0]) and row.isdigit()
            if is_row:
                is_typed = column not in KEYS and int(row) <= ROWS
            else:
                is_typed = name not in FORM and not name.endswith(("_FORMS", "-seen"))
            if is_typed:
                found.append(name)
        return found

    def value(self, column, name):
        """Give a value that is right there, as it is typed and as it reads."""
        number = next(self.numbers)
        text = f"值{number:05d}"
        known = {
            "uscc": valid_uscc(500_000 + number), "tax_number": valid_uscc(600_000 + number),
            "email": f"a{number}@example.com", "website": f"www.w{number}.example.com",
            "phone": f"010-{60_000_000 + number}", "fax": f"010-{70_000_000 + number}",
            "mobile": f"138{number:08d}", "postcode": f"{100_000 + number % 900_000}",
            "founded_date": f"20{number % 20:02d}-0{1 + number % 9}-11",
            "change_holds_from": str(TODAY + timedelta(days=1 + number % 700)),
            "account_number": f"62220212{number:011d}", "cnaps": f"{102_100_000_000 + number}",
            "registered_capital": f"{number:,}.50", "credit_limit": f"{number:,}.25",
            "credit_days": str(number % 900 + 1),
        }  # fmt: skip
        if column in known:
            return known[column], known[column]
        reference = {
            "customer_type": (self.world.dealer, self.world.overseas),
            "region": (self.world.beijing, self.world.shanghai),
            "industry": (self.world.industry,), "category": (self.world.category,),
            "currency": (self.world.currency,), "bank": (self.world.bank,),
            "settlement_method": (self.world.settlement,),
            "department": (self.world.units.first, self.world.units.team),
            "salesperson": (self.world.salesperson,),
            "tags": (self.world.tag, self.world.other_tag),
        }  # fmt: skip
        if column in reference:
            one = self.rng.choice(reference[column])
            return one.words, str(one)
        if column == "parent":
            return self.world.title, self.world.title
        if column in CUSTOMER.by_name and CUSTOMER.field(column).choices:
            raw, words = self.rng.choice([*CUSTOMER.field(column).choices])
            return raw, str(words)
        if column == "credit_managed":
            return "on", "是"
        if column in FLAGS:
            return str(self.rng.randrange(ROWS)), ""
        is_long = any(one in name for one in LONG_TEXTS)
        return (f"{text} {number}，说明" if is_long else text), text

    def sent(self, action):
        return self.page | self.typed | {"action": action}


FREE_TO_GO = {"change_reason"}


def filled(page, name):
    """Give what stands in a control; fields of many values end in an empty one."""
    return [one for one in page.get(name, ()) if one]


TODAY = timezone.localdate()
ALONE = {"customer_type", "uscc", "tax_number", "credit_managed", "credit_limit", "credit_days"}


def picture(customer):
    """Give all that is stored of a customer, its rows and its requests."""
    stored = Customer.objects.get(pk=customer.pk)
    parts = [list(getattr(stored, part.name).order_by("pk").values()) for part in PARTS]
    tags = sorted(stored.tags.values_list("pk", flat=True))
    requests = list(CustomerChange.objects.filter(record=stored).order_by("pk").values())
    return Customer.objects.filter(pk=stored.pk).values().get(), parts, tags, requests


def seen(answer):
    """Give what a person reads on a page, without the blanks."""
    text = answer.content.decode()
    text = re.sub(r"<[^>]*>", " ", text[text.index("<main") : text.index("</main>")])
    return re.sub(r"\s", "", html.unescape(text))


def wrong(answer):
    """Give what a form that comes back has to say."""
    if answer.status_code != 422:
        return {}
    entry = answer.context["entry"]
    return {
        **entry.form.errors,
        **{grid.prefix: [grid.non_form_errors(), grid.errors] for grid in entry.grids},
    }


class Rounds:
    """Customers to edit, and the people who do."""

    def __init__(self, world, cast, seed):
        self.world, self.cast, self.rng = world, cast, random.Random(seed)
        self.numbers = iter(range(1, 1_000_000))
        clerk, finance, reviewer = cast["clerk"], cast["finance"], cast["reviewer"]
        parent = enter(world, clerk, "enabled", name="北京总部集团有限公司")
        world.title = source_for(CUSTOMER.field("parent")).title(parent, clerk)
        accounts = [{"account_name": "甲", "account_number": f"622202120000000000{n}"}
                    for n in range(ROWS)]  # fmt: skip
        contacts = [{"name": f"联系人{n}", "mobile": f"1390000000{n}"} for n in range(ROWS)]
        made = {"accounts": accounts, "contacts": contacts, "tags": [world.tag]}
        self.customers = {
            about: enter(world, clerk, state, **made)
            for about, state in (("draft", "draft"), ("returned", "submitted"),
                                 ("live", "enabled"), ("asked", "enabled"))
        }  # fmt: skip
        customer = self.customers["returned"]
        self.customers["returned"] = transition.perform(
            KIND, "return", customer.pk, version=customer.version, act=act_by(reviewer, "请改"),
            pinned={"name": "与执照不符", "contacts": "缺少财务"},
        )  # fmt: skip
        customer = self.customers["asked"]
        first, second = customer.bank_accounts.order_by("line")
        rows = [RowInput(first.pk, {}), RowInput(second.pk, {"branch": "新支行"})]
        more = {"invoice_title": "新抬头"}
        request = ask(customer, finance, more, {"bank_accounts": rows})
        self.request = decide(request, "return", reviewer, "请改")

    def typist(self, name):
        client = Client()
        client.force_login(self.cast[name])
        return Typist(client, self.rng, self.world, self.numbers)

    def somebody_saves(self, customer, name):
        """Let somebody else save some of it; gives what was typed by name."""
        other = self.typist(name)
        other.open(edit_url(customer))
        is_held = customer.pk == self.request.record_id
        free = ["fax", "website", "mailing_address", "postcode"]
        places = [
            one for one in other.places()
            if one not in ALONE and not one.startswith(("answer-", "change_"))
            and f"-{ROWS}-" not in one and not (is_held and one.startswith("accounts-"))
        ]  # fmt: skip
        chosen = self.rng.sample(places, self.rng.randint(0, 5))
        other.type(dict.fromkeys([self.rng.choice(free), *chosen]))
        if "change_reason" in other.page:
            other.typed["change_reason"] = "同事的理由"
        answer = other.client.post(edit_url(customer), other.sent("draft"))
        assert answer.status_code == 302, (wrong(answer), other.typed)
        if self.rng.random() < 0.5:
            for one in CustomerChange.objects.filter(record=customer, state="submitted"):
                decide(one, "approve", self.cast["reviewer"])
        return other.typed

    def play(self):
        """One person types, another one saves before; look at what comes of it."""
        about = self.rng.choice(list(self.customers))
        customer = self.customers[about]
        is_live = customer.state == "enabled"
        me = self.typist(
            self.rng.choice(["clerk", "finance", "admin"] if is_live else ["clerk", "admin"])
        )
        url, action = edit_url(customer), "draft"
        if about == "asked":
            url, action, me = f"{url}?change={self.request.pk}", "keep", self.typist("finance")
        me.open(url)
        theirs = self.somebody_saves(customer, self.rng.choice(["colleague", "admin"]))
        places = [one for one in me.places() if not one.startswith("change_")]
        me.type(self.rng.sample(places, min(len(places), self.rng.randint(1, TYPED_AT_MOST))))
        if is_live:
            me.type(["change_reason", "change_holds_from"])
        before = picture(customer)

        answer = me.client.post(edit_url(customer), me.sent(action))

        assert answer.status_code == 409, (about, wrong(answer), me.typed)
        assert picture(customer) == before
        text, now = seen(answer), opened(me.client, url)
        lacking = {
            name: raw for name, raw in me.typed.items()
            if filled(now, name) != [raw]
            and not any(re.sub(r"\s", "", one) in text for one in (me.words[name], mask(raw)))
        }  # fmt: skip
        assert lacking == {}, (about, text)
        self.resolve(me, answer, customer, theirs, action)

    def resolve(self, me, answer, customer, theirs, action):
        """Keep mine wherever that is asked: what only they typed stays."""
        sent = sent_by(answer.content.decode(), "conflict-form") | {"action": action}
        taken = {f"take-{one.name}": "mine" for one in answer.context["conflict"].choices}
        again = me.client.post(edit_url(customer), sent | taken)
        assert again.status_code in (302, 422), seen(again)[:2000]
        if again.status_code == 302:
            judge = self.typist("admin")
            judge.open(edit_url(customer))
            requests = CustomerChange.objects.filter(record=customer)
            wishes = [one.new for request in requests for one in request.asks.rows]
            asked = {name for wish in wishes for name in ("bank", "currency") if wish.get(name)}
            kept = f"{judge.page} {list(requests.values('wanted'))}"
            gone = [
                name for name, raw in theirs.items()
                if name not in me.typed and name not in FREE_TO_GO and raw not in kept
                and name.rpartition("-")[2] not in asked  # a request names them by their keys
            ]  # fmt: skip
            assert gone == []


@pytest.fixture
def play(world, cast, seed):
    """Play that many rounds; each leaves nothing behind."""

    def rounds(count):
        found = Rounds(world, cast, seed)
        for _ in range(count):
            with suppress(Undo), transaction.atomic():
                found.play()
                raise Undo

    return rounds


def test_nothing_is_overwritten_and_all_that_was_typed_is_shown(play):
    play(10)


@pytest.mark.long
def test_nothing_is_overwritten_in_a_thousand_stale_saves(play):
    play(1_000)
