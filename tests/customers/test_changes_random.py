"""Random saves, change requests, imports, decisions, days: a record has what was approved alone.

What was saved and what was approved is kept beside it in plain Python; the history tells the same.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import hypothesis
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import history, verify
from core.aggregate import RowInput, as_text
from core.records import transition
from core.records.changes.asking import Ask
from core.records.record import Record
from core.records.transition import Shown
from core.saving import Refused
from customers.imports import desk
from customers.models import Customer, CustomerChange
from customers.services import changes, due
from customers.services import customer as service
from customers.services.kinds import CHANGE
from tests.cast import act_by, enter, move, player
from tests.customers.changes_model import (
    FIELDS,
    HELD,
    KEEPERS,
    MAY_CHANGE,
    Asked,
    Imported,
    Stored,
    Wish,
)
from tests.customers.imports.filled import press, started, workbook

COLUMNS = ("account_number", "branch", "is_default")
ASKERS = ("clerk", "colleague", "finance", "admin")
JUDGES = ("reviewer", "judge", "admin")
NUMBERS = tuple(f"622202020011223344{digit}" for digit in range(3))
HEADS = {"name": "客户名称", "invoice_title": "发票抬头", "remark": "备注"}
MOST_FILES = 2  # of one sequence: a file takes as long as twenty saves
OPEN = ("draft", "returned")

texts = st.text("甲乙", min_size=1, max_size=1).map("改名{}有限公司".format)
askers, judges = st.sampled_from(ASKERS), st.sampled_from(JUDGES)


class Undo(Exception):
    """Ends one random sequence."""


def machine_of(world, cast, monkeypatch):
    """Build the state machine class around the people of a test."""
    people, real, clock = {**cast, "judge": player("judge", world.units)}, timezone.now, {"day": 0}
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=clock["day"]))

    def act_of(who, reason="理由"):
        return replace(act_by(people[who], reason), at=timezone.now())

    class Requests(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            clock["day"] = 0
            self.atomic = transaction.atomic()
            self.atomic._from_testcase = True  # what a job must not nest may be nested in this
            self.atomic.__enter__()
            customer = enter(world, people["clerk"], "enabled", remark="")
            self.pk, self.code, self.asked = customer.pk, customer.code, {}
            self.imports, self.files = [], 0
            self.model = Stored({name: getattr(customer, name) for name in FIELDS})

        def teardown(self):
            try:
                assert [tally.findings for tally in verify.run() if tally.wrong] == []
            finally:
                with suppress(Undo):
                    self.atomic.__exit__(Undo, Undo(), None)

        @rule(who=askers, text=texts)
        def save_what_is_free(self, who, text):
            self.save(who, {"remark": text}, None)

        @rule(
            who=askers, name=st.sampled_from(FIELDS), text=texts, remark=st.none() | texts,
            day=st.none() | st.integers(0, 2), submit=st.booleans(),
        )  # fmt: skip
        def ask_for_a_field(self, who, name, text, remark, day, submit):
            more = {"remark": remark} if remark else {}
            self.save(who, {**more, name: text}, None, day=day, submit=submit)

        @rule(
            who=st.sampled_from(KEEPERS), number=st.sampled_from(NUMBERS), branch=texts,
            goes=st.booleans(), day=st.none() | st.integers(0, 2), submit=st.booleans(),
        )  # fmt: skip
        def ask_for_an_account(self, who, number, branch, goes, day, submit):
            self.save(who, {}, (number, branch, goes), day=day, submit=submit)

        @rule(who=askers, at=st.integers(0, 9), name=st.sampled_from(FIELDS), text=texts)
        def give_a_request_another_content(self, who, at, name, text):
            if pk := self.some(at, OPEN):
                self.save(who, {name: text}, None, replaced=pk)

        @rule(
            who=st.sampled_from(KEEPERS), at=st.integers(0, 9), number=st.sampled_from(NUMBERS),
            branch=texts, goes=st.booleans(),
        )  # fmt: skip
        def give_a_request_another_account(self, who, at, number, branch, goes):
            if pk := self.some(at, OPEN):
                self.save(who, {}, (number, branch, goes), replaced=pk)

        @rule(who=askers, at=st.integers(0, 9))
        def submit(self, who, at):
            if pk := self.some(at, OPEN):
                one = self.asked[pk]
                may_ask = len(one.not_of(who)) < len(one.wishes)
                if self.move(pk, "submit", who, expected=may_ask and self.is_possible(one)):
                    one.submitter = who

        @rule(who=askers, at=st.integers(0, 9))
        def withdraw(self, who, at):
            if pk := self.some(at, HELD):
                one = CustomerChange.objects.get(pk=pk)
                is_asker = people[who].pk in (one.created_by_id, one.submitted_by_id)
                self.move(pk, "withdraw", who, expected=is_asker or who == "admin")

        @rule(who=judges, at=st.integers(0, 9))
        def give_back(self, who, at):
            if pk := self.some(at, ("submitted", "approved")):
                self.move(pk, "return", who, expected=True)

        @rule(who=judges, at=st.integers(0, 9))
        def approve(self, who, at):
            if pk := self.some(at, ("submitted",)):
                one = self.asked[pk]
                is_other = who not in one.authors and who != one.submitter
                if self.move(pk, "approve", who, expected=is_other and self.is_possible(one)):
                    one.approver = who
                    if one.day is None or one.day <= clock["day"]:
                        self.takes_effect(one)

        @rule()
        def a_day_passes(self):
            clock["day"] += 1
            waiting = [
                one for one in self.asked.values()
                if one.is_open and one.state == "approved" and one.day <= clock["day"]
            ]  # fmt: skip
            taken = due.take()
            done = 0
            for one in sorted(waiting, key=lambda one: one.day):
                if self.is_possible(one):
                    self.takes_effect(one)
                    done += 1
                else:
                    one.state = "returned"
            assert taken == done

        @rule()
        def reopen(self):
            if self.model.is_in_force:
                customer = Customer.objects.get(pk=self.pk)
                if customer.state == "enabled":
                    customer = move(customer, "disable", people["admin"])
                move(customer, "reopen", people["judge"])
                self.model.is_in_force = False

        @rule()
        def approve_again(self):
            if not self.model.is_in_force:
                customer = move(Customer.objects.get(pk=self.pk), "submit", people["clerk"])
                move(customer, "approve", people["judge"])
                self.model.is_in_force = True

        @precondition(lambda self: self.files < MOST_FILES)
        @rule(name=st.none() | texts, title=st.none() | texts, remark=st.none() | texts)
        def import_a_file(self, name, title, remark):
            given = {"name": name, "invoice_title": title, "remark": remark}
            values = {field: text for field, text in given.items() if text}
            wishes, _rows = self.wishes_of(values, None)
            if not wishes:
                return
            self.files += 1
            asked = [one for one in wishes if one.place != "remark" and self.model.is_in_force]
            heads = ["客户编码", *(HEADS[field] for field in values)]
            book = workbook({"客户": [heads, [self.code, *values.values()]]})
            batch = started(book, people["admin"])
            if self.is_held(asked, None):
                assert batch.issues.filter(is_error=True).exists()
                return
            batch = desk.write(batch, "all", False, press(people["admin"]), reason="来函")
            assert batch.state == "done", (batch.failure, list(batch.issues.values("reason")))
            free = [one for one in wishes if one not in asked]
            self.model.apply(free)
            made = CustomerChange.objects.filter(import_batch=batch).first()
            assert (made is not None) is bool(asked)
            if made:
                self.asked[made.pk] = Asked(asked, {"admin"}, "admin", "submitted", None)
            version = Customer.objects.get(pk=self.pk).version
            before = {one.place: one.old for one in free}
            self.imports.append(Imported(batch, before, version, made and made.pk))

        @rule()
        def undo_an_import(self):
            if not self.imports:
                return
            last = self.imports.pop()
            is_same = Customer.objects.get(pk=self.pk).version == last.version
            batch = desk.undo(last.batch, press(people["admin"]))
            assert batch.state == "undone", batch.failure
            request = self.asked.get(last.request)
            if request and request.is_open and request.state != "approved":
                request.state = "withdrawn"
            if is_same:
                self.model.fields |= last.before

        def some(self, at, states):
            """Give the key of one of the open requests in these states, if there is any."""
            keys = [pk for pk, one in self.asked.items() if one.is_open and one.state in states]
            return keys[at % len(keys)] if keys else None

        def is_possible(self, one):
            return self.model.is_in_force and all(wish.is_met(self.model) for wish in one.wishes)

        def takes_effect(self, one):
            one.is_applied = True
            self.read_keys(self.model.apply(one.wishes))

        def read_keys(self, new):
            for row in new:
                number = row["account_number"]
                [pk] = set(self.stored_rows(account_number=number)) - self.model.rows.keys()
                self.model.rows[pk] = dict(row)

        def wishes_of(self, values, account):
            """Give what differs from the record when somebody gives it this."""
            now = self.model
            found = [
                Wish(name, now.fields[name], text)
                for name, text in values.items()
                if now.fields[name] != text
            ]
            if account is None:
                return found, None
            number, branch, goes = account
            keys = [pk for pk, row in now.rows.items() if row["account_number"] == number]
            kept = {pk: RowInput(pk, {}) for pk in now.rows}
            if not keys:
                given = {"account_number": number, "branch": branch}
                new = {**given, "is_default": not kept}
                return [*found, Wish(number, None, new)], [*kept.values(), RowInput(None, given)]
            [pk] = keys
            old = dict(now.rows[pk])
            if goes:
                del kept[pk]
                return [*found, Wish(pk, old, None)], list(kept.values())
            kept[pk] = RowInput(pk, {"branch": branch})
            moved = [Wish(pk, old, {"branch": branch})] if branch != old["branch"] else []
            return [*found, *moved], list(kept.values())

        def is_right(self, who, wishes, account):
            """Say whether somebody may change, or ask for, all of this now."""
            touched = [wish.place for wish in wishes if wish.place in FIELDS]
            touched += ["accounts"] if account else []
            return not self.model.is_in_force or all(who in MAY_CHANGE[one] for one in touched)

        def is_held(self, wishes, but):
            others = [one for pk, one in self.asked.items() if one.is_open and pk != but]
            places = {wish.place for wish in wishes}
            return any(places & {wish.place for wish in one.wishes} for one in others)

        def save(self, who, values, account, *, day=None, submit=True, replaced=None):
            wishes, rows = self.wishes_of(values, account)
            free = [one for one in wishes if one.place == "remark" or not self.model.is_in_force]
            asked = [one for one in wishes if one not in free]
            is_right = self.is_right(who, wishes, account) and not self.is_held(asked, replaced)
            if replaced and self.model.is_in_force:  # what others ask for stays
                submit &= bool(asked)  # what only others may ask for, they submit
                asked += self.asked[replaced].not_of(who)
                is_right &= not submit or all(one.is_met(self.model) for one in asked)
            expected = is_right and (replaced is None or bool(asked))
            given = CustomerChange.objects.filter(pk=replaced).first()
            ask = Ask(
                "来函", timezone.localdate() + timedelta(days=day) if day is not None else None,
                replaced, given.version if given else None, submit,
            )  # fmt: skip
            record = Record(values, {} if rows is None else {"bank_accounts": rows})
            version = Customer.objects.get(pk=self.pk).version
            try:
                with transaction.atomic():
                    saved = service.save(
                        self.pk, record, version=version, submit=False, act=act_of(who), ask=ask
                    )
            except Refused:
                assert not expected, (who, values, account)
                return
            assert expected, (who, values, account)
            assert (saved.requested is not None) is bool(asked)
            self.read_keys(self.model.apply(free))
            if asked:
                known = self.asked.get(replaced)
                authors = {who} | (known.authors if known else set())
                holds = None if day is None else clock["day"] + day
                kept = known.submitter if known else ""
                state = "submitted" if submit else (known.state if known else "draft")
                self.asked[saved.requested.pk] = Asked(
                    asked, authors, who if submit else kept, state, holds
                )

        def move(self, pk, name, who, *, expected):
            """Make a move of a request; it works as expected, or changes nothing."""
            request = CustomerChange.objects.get(pk=pk)
            shown = None
            if name == "approve":
                judged = changes.judgement([request], people[who])[pk]
                shown = Shown(judged.digest, confirmed=True)
            try:
                transition.perform(
                    CHANGE, name, pk, version=request.version, act=act_of(who), shown=shown
                )
            except Refused:
                assert not expected, (name, who, self.asked[pk])
                return False
            assert expected, (name, who, self.asked[pk])
            self.asked[pk].state = CHANGE.life.transition(name).target
            return True

        def stored_rows(self, **only):
            rows = Customer.objects.get(pk=self.pk).bank_accounts.filter(**only)
            return {one["pk"]: one for one in rows.values("pk", *COLUMNS)}

        @invariant()
        def the_record_has_what_was_saved_and_approved(self):
            stored = Customer.objects.values(*FIELDS).get(pk=self.pk)
            assert stored == self.model.fields
            rows = {pk: {"pk": pk, **row} for pk, row in self.model.rows.items()}
            assert self.stored_rows() == rows

        @invariant()
        def requests_are_as_they_were_left(self):
            rows = CustomerChange.objects.values_list("pk", "state", "closed_at")
            told = {pk: (state, closed is None) for pk, state, closed in rows}
            assert told == {pk: (one.state, one.is_open) for pk, one in self.asked.items()}

        @invariant()
        def the_history_replays_to_the_record(self):
            entries = list(history.of("customers.customer", self.pk))[::-1]
            told = history.net(entry.changes for entry in entries)
            customer = Customer.objects.get(pk=self.pk)
            assert [entry.version for entry in entries] == list(range(1, customer.version + 1))
            for name in FIELDS:
                assert told.fields.get(name, ("", ""))[1] == getattr(customer, name)
            rows = {
                pk: [row["fields"].get(name, ("", ""))[1] for name in ("branch", "is_default")]
                for (child, pk), row in told.rows.items()
                if child == "bank_accounts"
            }
            for row in rows.values():
                row[1] = row[1] or "false"  # of a new row only what is there is told
            assert rows == {
                pk: [row["branch"], as_text(row["is_default"])]
                for pk, row in self.stored_rows().items()
            }

    return Requests


def run(machine, examples, seed):
    chosen = settings(
        max_examples=examples, stateful_step_count=30, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=chosen)


@pytest.mark.django_db
def test_a_record_has_what_was_approved_whatever_people_do(world, cast, monkeypatch, seed):
    run(machine_of(world, cast, monkeypatch), 8, seed)


@pytest.mark.long
@pytest.mark.django_db
def test_a_record_has_what_was_approved_in_many_sequences(world, cast, monkeypatch, seed):
    run(machine_of(world, cast, monkeypatch), 200, seed)
