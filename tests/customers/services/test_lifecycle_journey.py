"""A customer from draft to disabled through the services, and what is written on the way."""

from core import history
from customers.models import Customer, UsedCode
from tests.cast import move


def test_a_customer_walks_from_draft_to_disabled_and_back(make_customer, clerk, reviewer):
    draft = make_customer()

    submitted = move(draft, "submit", clerk)
    returned = move(submitted, "return", reviewer)
    resubmitted = move(returned, "submit", clerk)
    approved = move(resubmitted, "approve", reviewer)
    enabled = move(approved, "enable", reviewer)
    disabled = move(enabled, "disable", reviewer)
    again = move(disabled, "enable", reviewer)

    assert [c.state for c in (submitted, returned, approved, enabled, disabled, again)] == [
        "submitted",
        "returned",
        "approved",
        "enabled",
        "disabled",
        "enabled",
    ]
    actions = [entry.action for entry in history.of("customers.customer", draft.pk)]
    assert actions == [
        "enable",
        "disable",
        "enable",
        "approve",
        "submit",
        "return",
        "submit",
        "create",
    ]
    assert again.version == len(actions)


def test_a_draft_gets_its_code_as_soon_as_region_and_type_are_known(make_customer, world):
    known = make_customer()
    unknown = make_customer(region=None)

    assert known.code.startswith("BJ-JS-")
    assert unknown.code == ""
    assert UsedCode.objects.filter(code=known.code, subject_id=known.pk).exists()


def test_a_deleted_draft_leaves_its_history_and_its_code_behind(make_customer, clerk):
    draft = make_customer()

    move(draft, "delete", clerk)

    assert not Customer.objects.filter(pk=draft.pk).exists()
    last = history.of("customers.customer", draft.pk)[0]
    assert last.action == "delete"
    assert last.changes["snapshot"]["fields"]["name"] == draft.name
    assert UsedCode.objects.filter(code=draft.code).exists()
