"""Writing: what was given is what is stored and told, one row or many in one call."""

import datetime
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone

from core import saving, verify
from core.aggregate import Draft, Edit, Outcome, RowInput, as_text
from core.history import Act
from core.models import Change
from customers.models import Bank, Currency, Customer, Tag
from customers.rules import identity
from customers.services.aggregates import AGGREGATE
from tests.cast import act_by

ODD = ["\\", "a\tb", "两\n行", "\\N", "\\.", "'", '"', "%s", "😀", " ", "é", "\r"]
AT = datetime.datetime(2026, 11, 28, 6, 1, 2, 3, tzinfo=datetime.UTC)


def some_text(random, most=8):
    return "".join(
        random.choice([*"华东电子有限公司重庆银行ABc1", *ODD])
        for _n in range(random.randrange(most))
    )


@pytest.fixture
def pieces(make_customer, world, clerk, admin):
    known = make_customer()
    return {
        "unit": known.scope_unit, "parent": known, "banks": list(Bank.objects.all()[:3]),
        "currency": Currency.objects.first(), "tags": list(Tag.objects.all()[:4]),
        "region": known.region, "by": [clerk, admin],
    }  # fmt: skip


def invented(random, pieces, number):
    values = {
        "scope_unit": pieces["unit"], "name": f"{some_text(random, 12)}公司{number}",
        "remark": some_text(random), "website": some_text(random),
        "state": "draft", "credit_managed": random.choice([True, False]),
        "credit_limit": random.choice([None, Decimal("5"), Decimal("0.10"), Decimal("1E+3")]),
        "credit_days": random.choice([None, 0, 30]), "region": pieces["region"],
        "founded_date": random.choice([None, datetime.date(2001, 2, 3)]),
        "parent": random.choice([None, pieces["parent"]]),
        "submitted_at": random.choice([None, timezone.localtime(AT)]),
    }  # fmt: skip
    contacts = [
        {"name": some_text(random) or "某人", "remark": some_text(random), "is_primary": line == 0}
        for line in range(random.randrange(4))
    ]
    accounts = [
        {"account_number": str(random.randrange(10**15)), "bank": random.choice(pieces["banks"]),
         "currency": random.choice([None, pieces["currency"]]), "is_invoice": line == 0}
        for line in range(random.randrange(3))
    ]  # fmt: skip
    tags = random.sample(pieces["tags"], random.randrange(len(pieces["tags"]) + 1))
    return Draft(
        values,
        inputs({"contacts": contacts, "bank_accounts": accounts}),
        {"tags": tags},
        Act(random.choice(pieces["by"]), "import", some_text(random), None, at=AT),
    )


def inputs(rows):
    return {name: [RowInput(None, one) for one in many] for name, many in rows.items()}


def picture(pk):
    """Everything stored about a customer that does not depend on keys."""
    customer = Customer.objects.get(pk=pk)
    gone = ("id", "customer_id", "operation", "hash", "prev_hash", "subject_id")
    plain = lambda row: {k: v for k, v in row.items() if k not in gone}  # noqa: E731
    entries = list(
        Change.objects.filter(subject_type="customers.customer", subject_id=pk)
        .order_by("version")
        .values()
    )
    for entry in entries:
        entry["changes"] = {**entry["changes"], "rows": [
            {**row, "id": 0} for row in entry["changes"].get("rows", [])
        ]}  # fmt: skip
    return [
        plain(Customer.objects.filter(pk=pk).values().get()),
        [plain(row) for row in customer.contacts.order_by("line").values()],
        [plain(row) for row in customer.bank_accounts.order_by("line").values()],
        sorted(customer.tags.values_list("pk", flat=True)),
        [plain(entry) for entry in entries],
    ]


def wrong():
    return [(tally.name, tally.findings) for tally in verify.run() if tally.wrong]


def test_records_made_in_one_call_are_what_they_are_made_alone(pieces, seed):
    random = Random(seed)
    drafts = [invented(random, pieces, number) for number in range(60)]

    single = [
        saving.create(AGGREGATE, draft.values, draft.rows, draft.marks, act=draft.act).pk
        for draft in drafts
    ]
    many = saving.bulk_create(AGGREGATE, drafts, act=act_by(pieces["by"][0]))

    assert [picture(pk) for pk in many] == [picture(pk) for pk in single]
    assert wrong() == []


def test_every_value_row_and_mark_of_a_draft_is_stored_and_told(pieces, seed):
    random = Random(seed)
    drafts = [invented(random, pieces, number) for number in range(40)]

    keys = saving.bulk_create(AGGREGATE, drafts, act=act_by(pieces["by"][0]))

    for pk, draft in zip(keys, drafts, strict=True):
        customer = Customer.objects.get(pk=pk)
        (entry,) = Change.objects.filter(subject_type=AGGREGATE.subject_type, subject_id=pk)
        assert {name: getattr(customer, name) for name in draft.values} == draft.values
        for child, rows in draft.rows.items():
            assert held(customer, child, rows) == [dict(row.values) for row in rows]
        assert set(customer.tags.all()) == set(draft.marks["tags"])
        told = dict(draft.values, tags="、".join(sorted(map(str, draft.marks["tags"]))))
        assert entry.changes["fields"] == {
            name: ["", text]
            for name, value in told.items()
            if name not in AGGREGATE.silent and (text := as_text(value)) not in ("", "false")
        }
        assert [
            (row["op"], row["child"], row["label"]) for row in entry.changes.get("rows", ())
        ] == [
            ("add", child, str(row))
            for child in draft.rows
            for row in getattr(customer, child).order_by("line")
        ]
        assert (entry.version, entry.actor, entry.reason) == (1, draft.act.by, draft.act.reason)
        assert entry.hash == entry.digest()


def held(customer, child, rows):
    """What the stored rows say of the fields that the given ones name, in order."""
    stored = getattr(customer, child).order_by("line")
    return [
        {name: getattr(one, name) for name in row.values}
        for one, row in zip(stored, rows, strict=True)
    ]


def test_an_edit_leaves_what_it_names_and_keeps_the_rest(pieces, seed):
    random = Random(seed)
    act = act_by(pieces["by"][0])
    drafts = [invented(random, pieces, number) for number in range(40)]
    keys = saving.bulk_create(AGGREGATE, drafts, act=act)
    edits = [edited(random, pieces, pk) for pk in keys]
    before = {pk: picture(pk) for pk in keys}

    outcome = saving.bulk_change(AGGREGATE, edits, act=act)

    for edit in edits:
        customer = Customer.objects.get(pk=edit.pk)
        version = 2 if edit.pk in outcome.changed else 1
        assert (customer.version, version == 1) == (version, picture(edit.pk) == before[edit.pk])
        assert {name: getattr(customer, name) for name in edit.values} == edit.values
        for child, rows in edit.rows.items():
            assert held(customer, child, rows) == [dict(row.values) for row in rows]
            kept = [row.pk for row in rows if row.pk is not None]
            assert [pk for pk in stored_keys(customer, child) if pk in kept] == kept
        if "tags" in edit.marks:
            assert set(customer.tags.all()) == set(edit.marks["tags"])
        for place, child in enumerate(("contacts", "bank_accounts"), 1):
            assert child in edit.rows or picture(edit.pk)[place] == before[edit.pk][place]
    assert wrong() == []


def stored_keys(customer, child):
    return list(getattr(customer, child).order_by("line").values_list("pk", flat=True))


def test_records_changed_in_one_call_become_what_they_become_alone(pieces, seed):
    random = Random(seed)
    drafts = [invented(random, pieces, number) for number in range(60)]
    act = act_by(pieces["by"][0])
    single, many = (saving.bulk_create(AGGREGATE, drafts, act=act) for _side in range(2))
    edits = []
    for first, second in zip(single, many, strict=True):
        state = random.getstate()
        sides = []
        for pk in (first, second):
            random.setstate(state)
            sides.append(edited(random, pieces, pk))
        edits.append(sides)

    for edit, _other in edits:
        saving.change(
            AGGREGATE, edit.pk, edit.values, edit.rows, edit.marks, version=1, act=edit.act
        )
    outcome = saving.bulk_change(AGGREGATE, [other for _edit, other in edits], act=act)

    assert [picture(pk) for pk in many] == [picture(pk) for pk in single]
    assert outcome.stale == []
    assert sorted(outcome.changed + outcome.unchanged) == many
    assert wrong() == []


def edited(random, pieces, pk):
    new = invented(random, pieces, pk)
    customer = Customer.objects.get(pk=pk)
    names = random.sample(["remark", "credit_limit", "region", "founded_date"], random.randrange(4))
    rows = {}
    for name in random.sample(["contacts", "bank_accounts"], random.randrange(3)):
        flag = {"contacts": "is_primary", "bank_accounts": "is_invoice"}[name]
        kept = [RowInput(row.pk, {flag: False}) for row in getattr(customer, name).order_by("line")]
        random.shuffle(kept)
        kept = kept[random.randrange(2) :]
        added = [RowInput(None, {**one.values, flag: False}) for one in new.rows[name]]
        rows[name] = kept + added
        if rows[name]:
            last = rows[name][-1]
            rows[name][-1] = RowInput(last.pk, {**last.values, flag: True})
    marks = new.marks if random.random() < 0.5 else {}
    return Edit(pk, 1, {name: new.values[name] for name in names}, rows, marks, new.act)


def test_bulk_delete_keeps_snapshots_and_leaves_what_is_in_use(pieces, clerk, seed):
    random = Random(seed)
    parent = pieces["parent"]
    drafts = [invented(random, pieces, number) for number in range(10)]
    for draft in drafts:
        draft.values["parent"] = parent
    keys = saving.bulk_create(AGGREGATE, drafts, act=act_by(clerk))
    seen = dict.fromkeys(keys[:-1], 1) | {parent.pk: parent.version, keys[1]: 7}

    left = saving.bulk_delete(AGGREGATE, seen, act=act_by(clerk))

    assert list(left) == [parent.pk, keys[1]]
    assert list(saving.in_use(AGGREGATE, [parent.pk])) == [parent.pk]
    assert wrong() == []
    last = Change.objects.get(subject_id=keys[0], version=2, subject_type=AGGREGATE.subject_type)
    assert last.changes["snapshot"]["fields"]["name"] == drafts[0].values["name"]
    assert saving.bulk_delete(
        AGGREGATE, {keys[1]: 1, keys[-1]: 1, parent.pk: parent.version}, act=act_by(clerk)
    ) == {}  # fmt: skip


def test_a_pending_row_is_out_of_reach_until_it_is_released(pieces, clerk):
    values = {"scope_unit": pieces["unit"], "name": "甲", "pending_batch": 7}
    act = act_by(clerk)
    own = Act(clerk, "import", "", None, batch=7)
    pk, other = saving.bulk_create(AGGREGATE, [Draft(values), Draft(values)], act=own)

    with pytest.raises(saving.Stale):
        saving.change(AGGREGATE, pk, {"remark": "改"}, version=1, act=act)
    with pytest.raises(saving.Stale):
        saving.delete(AGGREGATE, pk, version=1, act=act)
    edit = Edit(pk, 1, {"remark": "改"})
    assert saving.bulk_change(AGGREGATE, [edit], act=act) == Outcome(stale=[pk])
    assert saving.bulk_delete(AGGREGATE, {pk: 1}, act=act) == {pk: ""}
    assert not Customer.objects.visible_to(clerk).filter(pk=pk).exists()
    assert saving.bulk_change(AGGREGATE, [edit], act=own) == Outcome(changed=[pk])

    assert Customer.objects.filter(pk__in=[pk, other], pending_batch=7).count() == 2
    assert saving.release(AGGREGATE, 7) == 2

    assert not Customer.objects.filter(pending_batch=7).exists()
    saving.change(AGGREGATE, pk, {"remark": "又改"}, version=2, act=act)
    assert wrong() == []


def test_keys_are_never_given_twice(pieces, clerk):
    draft = Draft({"scope_unit": pieces["unit"], "name": "甲"})
    (first,) = saving.bulk_create(AGGREGATE, [draft], act=act_by(clerk))
    saving.delete(AGGREGATE, first, version=1, act=act_by(clerk))

    (second,) = saving.bulk_create(AGGREGATE, [draft], act=act_by(clerk))

    assert second > first


def test_a_taken_code_is_a_duplicate_and_nothing_of_the_call_stays(pieces, clerk):
    values = {"scope_unit": pieces["unit"], "name": "甲", "code": "X-1"}
    before = Customer.objects.count()

    with pytest.raises(saving.Duplicate, match="已被使用|already used"):
        saving.bulk_create(AGGREGATE, [Draft(values), Draft(values)], act=act_by(clerk))

    assert Customer.objects.count() == before


@pytest.mark.parametrize(
    "values", [{"name": "长" * 10_000}, {"credit_days": 10**30}, {"name": "\ud800"}]
)
def test_values_that_cannot_be_kept_are_refused(pieces, clerk, values):
    draft = Draft({"scope_unit": pieces["unit"], **values})

    with pytest.raises(saving.Refused):
        saving.bulk_create(AGGREGATE, [draft], act=act_by(clerk))


def test_sort_keys_are_those_of_the_pinyin_dictionary(seed):
    random = Random(seed)
    for _n in range(500):
        name = some_text(random, 20)
        folded = identity._folded(name)
        plain = " ".join(escaped(part) for part in identity.lazy_pinyin(folded))
        assert identity.pinyin_sort(name) == (f"{plain} !{escaped(name)}"[:400] if name else "")


def escaped(value):
    plain = " 0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(c if c in plain else f"~{ord(c):06x}" for c in value)
