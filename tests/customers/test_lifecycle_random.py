"""Random sequences of what people do: no state, version or history that the matrix forbids."""

from collections import defaultdict
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core import history
from core.records.record import Record
from core.saving import Refused, Stale
from customers.lifecycle import LIFE
from customers.models import Customer
from customers.services import customer as service
from tests.cast import act_by, move
from tests.matrix import matrix

ACTORS = ("clerk", "colleague", "outsider", "reviewer", "finance", "admin", "viewer", "nobody")
ACTIONS = tuple(transition.name for transition in LIFE.transitions)


class Undo(Exception):
    """Ends one random sequence."""


def allowed() -> dict[tuple[str, str], set[str]]:
    """(actor, state) -> actions with a + in the hand-written matrix."""
    found = defaultdict(set)
    for (state, name), cells in matrix("lifecycle_matrix.txt").items():
        for actor in (actor for actor, cell in cells.items() if cell == "+"):
            found["clerk" if actor == "author" else actor, state].add(name)
    return found


def machine_of(complete, cast):
    """Build the state machine class around the people of a test."""
    table = allowed()

    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.customer = service.save(
                None, complete(), version=None, submit=False, act=act_by(cast["clerk"])
            )
            self.pk, self.state, self.was_approved = self.customer.pk, "draft", False
            self.editors, self.submitter = {"clerk"}, ""

        def teardown(self):
            with suppress(Undo):
                self.atomic.__exit__(Undo, Undo(), None)

        def place(self):
            return "reopened" if self.state == "returned" and self.was_approved else self.state

        def expects(self, actor, name):
            if name not in table[actor, self.place()]:
                return name == "withdraw" and self.state == "submitted" and self.withdraws(actor)
            if name == "withdraw":
                return self.withdraws(actor)
            if name == "approve":
                return actor not in self.editors and actor != self.submitter
            if name == "delete":
                return not self.was_approved
            return True

        def withdraws(self, actor):
            return actor == "admin" or (actor == self.submitter and actor != "outsider")

        @rule(actor=st.sampled_from(ACTORS), name=st.sampled_from(ACTIONS))
        def act(self, actor, name):
            if self.state == "":
                return
            expected = self.expects(actor, name)
            try:
                moved = move(self.customer, name, cast[actor])
            except (Refused, Stale):
                assert not expected, (actor, name, self.place())
                return
            assert expected, (actor, name, self.place())
            self.state = LIFE.transition(name).target
            self.customer = moved
            if name == "submit":
                self.submitter = actor
            if name == "approve":
                self.was_approved, self.editors = True, set()

        @rule(actor=st.sampled_from(ACTORS), text=st.text("甲乙丙", max_size=2))
        def rename(self, actor, text):
            if self.state == "":
                return
            record = Record({"name": f"北京改名{text}有限公司", "remark": text})
            before = self.customer
            try:
                self.customer = service.save(
                    self.pk, record, version=before.version, submit=False, act=act_by(cast[actor])
                )
            except (Refused, Stale):
                return
            if self.customer.name != before.name:
                assert self.state in ("draft", "returned")
                self.editors.add(actor)
            if self.customer.version != before.version:
                assert actor in ("clerk", "colleague", "finance", "admin")

        @rule(name=st.sampled_from(ACTIONS), actor=st.sampled_from(ACTORS))
        def act_on_an_old_screen(self, name, actor):
            if self.state == "" or self.customer.version == 1:
                return
            old = Customer(pk=self.pk, version=self.customer.version - 1)
            with pytest.raises(Stale):
                service.save(
                    self.pk,
                    Record({"remark": "旧"}),
                    version=old.version,
                    submit=True,
                    act=act_by(cast[actor]),
                )

        @invariant()
        def history_tells_the_state(self):
            entries = list(history.of("customers.customer", self.pk))
            assert [e.version for e in entries] == list(range(len(entries), 0, -1))
            assert all(entry.hash == entry.digest() for entry in entries)
            now = Customer.objects.filter(pk=self.pk).first()
            assert (now.state if now else "") == self.state
            if now:
                assert now.version == len(entries)

    return Life


def run(complete, cast, examples):
    run_state_machine_as_test(
        machine_of(complete, cast),
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=False,
        ),
    )


@pytest.mark.django_db
def test_random_sequences_stay_within_the_matrix(complete, cast):
    run(complete, cast, 25)


@pytest.mark.long
@pytest.mark.django_db
def test_many_random_sequences_stay_within_the_matrix(complete, cast):
    run(complete, cast, 500)
