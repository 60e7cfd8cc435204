"""Draws records of any kind as they may be stored, and sends them out and back as plain data."""

import json
from decimal import Decimal

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.forms.catalog import as_typed
from core.prepared import put
from core.records import plain
from core.records.plain_record import from_plain, to_plain


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


def come_back(kind, user):
    """Say that drawn records of a kind come back as they went out."""

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def walk(data):
        record, marks = drawn(data.draw, kind.catalog, 1)
        record.created_by = user
        for name, values in marks.items():
            put(record, name, values)
        for part in kind.parts:
            keys = range(1, data.draw(st.integers(1, 3)))
            put(record, part.name, [drawn(data.draw, part.catalog, key)[0] for key in keys])

        sent = json.loads(json.dumps(to_plain(kind, record, user)))
        read, _problems = from_plain(kind, sent, user, record)

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
