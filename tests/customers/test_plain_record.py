"""A record of any kind goes out as plain data and comes back as it was; what is wrong is named."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import extend
from core.forms.catalogue import as_typed
from core.prepared import put
from core.records import plain
from core.records.plain_record import KEY, from_plain, to_plain
from customers.services.kinds import CUSTOMER


def stored_text(field, text):
    """Give a text as a record holds it: right, or wrong in form and kept as typed."""
    try:
        return field.clean(text, None)
    except ValidationError:
        return as_typed(field, text) or ""


def values_of(target):
    """Draw what a field of a record may hold."""
    field, model = target.field, target.field.related_model
    if target.kind == plain.TAGS:
        return st.lists(st.sampled_from(list(model.objects.all())), unique=True, max_size=3)
    if model is not None:
        nothing = [None] if field.null else []
        return st.sampled_from([*nothing, *model._default_manager.all()[:5]])
    if target.kind == plain.CHOICE:
        return st.sampled_from([key for key, _label in field.flatchoices])
    low, high = getattr(field, "low", 0), getattr(field, "high", 100)
    known = {
        plain.FLAG: st.booleans(),
        plain.INTEGER: st.integers(low, high),
        plain.DATE: st.dates(),
        plain.DECIMAL: st.decimals(0, Decimal(10**9), places=2),
    }
    if target.kind in known:
        return st.none() | known[target.kind] if field.null else known[target.kind]
    return st.text(max_size=12).map(lambda text: stored_text(field, text))


def drawn(draw, catalog, pk):
    """Give a row of a table, not written anywhere, and its marks."""
    targets = plain.targets_of("", catalog)
    values = {one.name: draw(values_of(one)) for one in targets}
    marks = {one.name: values.pop(one.name) for one in targets if one.kind == plain.TAGS}
    return catalog.model(pk=pk, **values), marks


def of_record(kind, record):
    return {
        one.name: getattr(record, one.name)
        for one in plain.targets_of("", kind.catalog)
        if one.kind != plain.TAGS
    }


@pytest.mark.parametrize("kind", extend.kinds(), ids=lambda kind: kind.stem)
def test_what_goes_out_comes_back(kind, world, admin, make_customer):
    make_customer()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def walk(data):
        record, marks = drawn(data.draw, kind.catalog, 1)
        record.created_by = admin
        for name, values in marks.items():
            put(record, name, values)
        for part in kind.parts:
            keys = range(1, data.draw(st.integers(1, 3)))
            put(record, part.name, [drawn(data.draw, part.catalog, key)[0] for key in keys])

        sent = json.loads(json.dumps(to_plain(kind, record, admin)))
        read, _problems = from_plain(kind, sent, admin, record)

        assert read.values == of_record(kind, record)
        assert {name: set(given) for name, given in read.marks.items()} == {
            name: set(values) for name, values in marks.items()
        }
        for part in kind.parts:
            rows = getattr(record, part.name).all()
            assert [row.pk for row in read.rows[part.name]] == [row.pk for row in rows]
            for came, row in zip(read.rows[part.name], rows, strict=True):
                assert came.values == {name: getattr(row, name) for name in came.values}
                assert set(came.values) == {one.name for one in plain.targets_of("", part.catalog)}

    walk()


def test_references_stand_by_code_and_parts_as_lists(make_customer, world, admin):
    customer = make_customer(tags=[world.tag], contacts=[{"name": "刘洋", "phone": "010-62510002"}])

    told = to_plain(CUSTOMER, customer, admin)

    assert (told["region"], told["tags"]) == ("110000", ["T1"])
    (row,) = told["contacts"]
    assert (row["name"], row["phone"]) == ("刘洋", "010-62510002")
    assert "state" not in told


def test_everything_wrong_is_named_by_field_and_row(world, admin):
    data = {
        "name": ["甲"],
        "region": "nowhere",
        "nothing": 1,
        "credit_days": "soon",
        "tags": "T1",
        "contacts": [{"name": "刘洋"}, {"name": "李雷", "email": "no mail"}],
        "bank_accounts": {"bank": "102"},
    }

    _record, problems = from_plain(CUSTOMER, data, admin)

    assert {(one.field, one.row, one.column) for one in problems} == {
        ("name", None, ""),
        ("region", None, ""),
        ("nothing", None, ""),
        ("credit_days", None, ""),
        ("tags", None, ""),
        ("contacts", 1, "email"),
        ("bank_accounts", None, ""),
    }


def test_a_text_wrong_in_form_is_kept_and_told(world, admin):
    record, problems = from_plain(CUSTOMER, {"contacts": [{"email": "no mail"}]}, admin)

    assert record.rows["contacts"][0].values == {"email": "no mail"}
    assert [one.column for one in problems] == ["email"]


def test_what_is_not_for_everybody_goes_only_by_right(make_customer, viewer, admin):
    customer = make_customer(accounts=[{"account_number": "6222020000000001"}])

    (hidden,) = to_plain(CUSTOMER, customer, viewer)["bank_accounts"]
    (seen,) = to_plain(CUSTOMER, customer, admin)["bank_accounts"]

    assert "account_number" not in hidden
    assert seen["account_number"] == "6222020000000001"


def test_a_disabled_value_stays_where_it_was_and_cannot_be_chosen_anew(make_customer, world, admin):
    customer = make_customer()
    customer.region.is_active = False
    data = {"region": "110000"}

    stays, told = from_plain(CUSTOMER, data, admin, customer)

    assert (stays.values["region"], told) == (customer.region, [])


def test_a_row_of_another_record_is_a_new_one(make_customer, admin):
    theirs, mine = make_customer(), make_customer()
    data = {"contacts": [{KEY: theirs.contacts.get().pk, "name": "刘洋"}]}

    record, _problems = from_plain(CUSTOMER, data, admin, mine)

    assert [row.pk for row in record.rows["contacts"]] == [None]
