"""Fields: cleaning in models and forms, and CHECKs that hold under raw writes on both databases."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from core.fields import (
    CleanCharField,
    DayInput,
    LongText,
    Money,
    SortKey,
    Text,
    Whole,
    constraint_name,
)
from core.forms.catalog import control

TABLE = "sessions_thing"
CHECKS = {
    f"{TABLE}_{name}"
    for name in ("title_len", "code_len", "remark_len", "sort_len", "amount_floor", "share_range")
}


def shout(value: str) -> str:
    """A rule for the tests: no digits, dashes dropped, capitals."""
    if any(character.isdigit() for character in value):
        raise ValidationError("No digits.")
    return value.replace("-", "").upper()


def make_thing(*, title: int = 10, extra: bool = False) -> type[models.Model]:
    """A throwaway model with every field of ours, one of them inherited."""
    with isolate_apps("django.contrib.sessions"):

        class Base(models.Model):
            title_field = Text(max_length=title, db_column="title")

            class Meta:
                abstract = True
                app_label = "sessions"
                constraints = [
                    models.CheckConstraint(condition=models.Q(amount__lt=100), name="%(class)s_own")
                ]

        body = {
            "__module__": __name__,
            "code": Text(max_length=5, null=True, blank=True, fold=True, rule=shout),
            "remark": LongText(max_length=20, blank=True, fold=True),
            "amount": Money(null=True, blank=True),
            "sort": SortKey(max_length=30),
            "share": Whole(low=0, high=1_000, default=0),
            "Meta": type("Meta", (Base.Meta,), {"abstract": False}),
        }
        if extra:
            body["extra"] = Text(max_length=7, blank=True)
        return type("Thing", (Base,), body)


def state_of(*things: type[models.Model]) -> ProjectState:
    """The migration state that holds these models."""
    state = ProjectState()
    for thing in things:
        state.add_model(ModelState.from_model(thing))
    return state


def migrate(before: ProjectState, thing: type[models.Model], editor) -> ProjectState:
    """Run what makemigrations would write, as `migrate` would."""
    changes = MigrationAutodetector(before, state_of(thing))._detect_changes()
    for migration in changes.get("sessions", []):
        assert "core.fields" in MigrationWriter(migration).as_string()
        for operation in migration.operations:
            after = before.clone()
            operation.state_forwards("sessions", after)
            operation.database_forwards("sessions", editor, before, after)
            before = after
    return before


def checks_in_database() -> set[str]:
    """The names of the CHECKs the table has."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
    return {name for name, one in found.items() if one["check"]}


@pytest.fixture
def table(transactional_db):
    """The thing's table, dropped afterwards."""
    thing = make_thing()
    with connection.schema_editor() as editor:
        state = migrate(ProjectState(), thing, editor)
    yield thing, state
    with connection.schema_editor() as editor:
        editor.delete_model(thing)


def test_constraints_reach_the_migration_once():
    state = ModelState.from_model(make_thing())

    names = [constraint.name for constraint in state.options["constraints"]]

    assert set(names) == CHECKS | {"thing_own"}
    assert len(names) == len(set(names))


def test_a_second_makemigrations_finds_nothing():
    changes = MigrationAutodetector(state_of(make_thing()), state_of(make_thing()))

    assert changes._detect_changes() == {}


def test_historical_models_do_not_add_their_own():
    historical = state_of(make_thing()).apps.get_model("sessions", "Thing")

    names = [constraint.name for constraint in historical._meta.constraints]

    assert sorted(names) == sorted(CHECKS | {"thing_own"})


def test_abstract_bases_stay_clean():
    parent = make_thing().__bases__[0]

    assert [constraint.name for constraint in parent._meta.constraints] == ["%(class)s_own"]


def test_deconstruct_keeps_fold_but_not_the_rule():
    thing = make_thing()

    assert thing._meta.get_field("code").deconstruct()[1:] == (
        "core.fields.Text",
        [],
        {"max_length": 5, "null": True, "blank": True, "fold": True},
    )
    assert thing._meta.get_field("remark").deconstruct()[3]["fold"] is True
    assert "max_digits" not in thing._meta.get_field("amount").deconstruct()[3]


def test_long_text_needs_a_limit():
    with pytest.raises(TypeError):
        LongText()


def test_a_text_without_a_limit_is_left_to_djangos_own_check():
    with isolate_apps("django.contrib.sessions"):
        body = {
            "__module__": __name__,
            "a": Text(),
            "Meta": type("Meta", (), {"app_label": "sessions"}),
        }
        loose = type("Loose", (models.Model,), body)

    assert loose._meta.constraints == []


def test_long_names_are_cut_with_a_hash():
    name = constraint_name(
        "a_very_long_table_name_of_a_business_model", "an_equally_long_column", "len"
    )

    assert len(name) <= 60
    assert name.endswith("_len")
    assert name != constraint_name(
        "a_very_long_table_name_of_a_business_model", "an_equally_long_x", "len"
    )


@pytest.mark.parametrize(
    "values",
    [
        {"title_field": "甲" * 11},
        {"code": "ABCDEF"},
        {"remark": "r" * 21},
        {"sort": "s" * 31},
        {"amount": Decimal(-1)},
        {"share": -1},
        {"share": 1_001},
    ],
)
def test_database_refuses_what_skips_validation(table, values):
    thing, _state = table

    with pytest.raises(DatabaseError), transaction.atomic():
        thing.objects.bulk_create([thing(**{"title_field": "甲", **values})])


def test_database_takes_what_fits(table):
    thing, _state = table

    thing.objects.create(title_field="甲" * 9 + "😀", sort="a", amount=Decimal("1.50"))

    assert thing.objects.filter(title_field__endswith="😀", code=None, amount__gt=1).count() == 1


def test_checks_follow_the_field(table):
    _thing, state = table
    wider, with_extra = make_thing(title=12), make_thing(title=12, extra=True)

    with connection.schema_editor() as editor:
        state = migrate(state, wider, editor)
    wider.objects.create(title_field="甲" * 12)
    with connection.schema_editor() as editor:
        state = migrate(state, with_extra, editor)
    extended = checks_in_database()

    assert extended >= CHECKS | {f"{TABLE}_extra_len"}
    assert MigrationAutodetector(state, state_of(with_extra))._detect_changes() == {}


def test_sort_keys_order_byte_by_byte(table):
    thing, _state = table
    keys = ["a b", "a", "~0", "B", "a-c", "ab"]
    thing.objects.bulk_create(thing(title_field="t", sort=key) for key in keys)

    assert list(thing.objects.order_by("sort").values_list("sort", flat=True)) == sorted(keys)


def test_model_cleaning_stores_the_clean_form():
    thing = make_thing()(title_field=" 甲\n乙 ", code="ａ-ｂ", remark="x\r\ny ", amount="1,000")

    thing.full_clean(exclude=["id"], validate_constraints=False)

    assert (thing.title_field, thing.code, thing.remark) == ("甲 乙", "AB", "x\ny")
    assert thing.amount == Decimal("1000")


def test_validation_asks_the_database_nothing(django_assert_num_queries, db):
    thing = make_thing()(title_field="甲")
    own = [c for c in thing._meta.constraints if c.name != "thing_own"]

    with django_assert_num_queries(0):
        for constraint in own:
            constraint.validate(type(thing), thing)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"title_field": " \u3000"}, "title_field"),
        ({"title_field": "a\x07"}, "title_field"),
        ({"title_field": "甲" * 11}, "title_field"),
        ({"code": "a1"}, "code"),
        ({"remark": "r" * 21}, "remark"),
        ({"sort": "甲"}, "sort"),
        ({"amount": "-0.01"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"share": "1001"}, "share"),
        ({"share": "much"}, "share"),
    ],
)
def test_model_cleaning_names_the_field(values, wrong):
    thing = make_thing()(**{"title_field": "甲", **values})

    with pytest.raises(ValidationError) as refused:
        thing.full_clean(validate_constraints=False)

    assert list(refused.value.message_dict) == [wrong]


def test_sort_keys_are_kept_as_they_are():
    assert make_thing()._meta.get_field("sort").clean(" a ~", None) == " a ~"


def test_blank_becomes_null_only_where_null_is_allowed():
    thing = make_thing()
    code, remark = thing._meta.get_field("code"), thing._meta.get_field("remark")

    assert code.clean(" ", None) is None
    assert code.clean(None, None) is None
    assert remark.clean(" ", None) == ""
    assert (thing().code, thing().remark, thing().sort) == (None, "", "")


def form_of(thing: type[models.Model], **typed: str) -> forms.ModelForm:
    """A form made by Django from the model, filled with what was typed."""
    with isolate_apps("django.contrib.sessions"):
        made = forms.modelform_factory(
            thing, fields=["title_field", "code", "remark", "amount", "share"]
        )
    return made({"title_field": "甲", "share": "0", **typed})


def test_form_cleans_before_it_measures(db):
    form = form_of(make_thing(), code=" ａ-b-c-d-e ", remark="x\r\ny", amount="１2.50")

    form.full_clean()

    assert form.errors == {}
    assert form.cleaned_data["code"] == "ABCDE"
    assert form.cleaned_data["remark"] == "x\ny"
    assert form.cleaned_data["amount"] == Decimal("12.50")


def test_form_names_each_wrong_field():
    form = form_of(make_thing(), title_field="a\x07", code="1", remark="r" * 21, amount="-1")

    assert set(form.errors) == {"title_field", "code", "remark", "amount"}


def test_nothing_that_is_pasted_into_a_form_is_cut():
    html = form_of(make_thing())

    assert [name for name in html.fields if "maxlength" in html.fields[name].widget.attrs] == []
    assert html.fields["amount"].widget.attrs["inputmode"] == "decimal"


def test_lengths_and_amounts_are_told_once_and_alike_by_form_and_model():
    thing = make_thing()
    form = form_of(thing, title_field="甲" * 12, remark="r" * 21, amount="-1")
    told = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
    words = form_of(thing, amount="一百万").errors["amount"]

    assert told["title_field"] == ["最多 10 个字符，现为 12 个。"]
    assert told["remark"] == ["最多 20 个字符，现为 21 个。"]
    assert told["amount"] == ["金额不能小于 0。"]
    for name, typed in (("title_field", "甲" * 12), ("amount", "-1")):
        with pytest.raises(ValidationError) as refused:
            thing._meta.get_field(name).clean(typed, None)
        assert refused.value.messages == told[name]
    with pytest.raises(ValidationError) as refused:
        thing._meta.get_field("amount").clean("一百万", None)
    assert refused.value.messages == [str(one) for one in words]


@pytest.mark.parametrize("typed", ["-1", "1001", "1.5", "much"])
def test_a_whole_number_is_told_its_range_whatever_is_wrong(db, typed):
    assert form_of(make_thing(), share=typed).errors["share"] == ["请填 0 到 1,000 之间的整数。"]


def test_form_field_alone_gives_its_empty_value():
    assert CleanCharField(required=False, empty_value=None).clean(" \u200b") is None
    assert CleanCharField(required=False).clean(None) == ""


@pytest.mark.parametrize(
    "typed",
    ["2026-12-01", "２０２６－１２－０１", "２０２６-12－1", "２０２６／１２／１", "2026．12．01",
     "２０２６１２０１", "２０２６年１２月１日", "2026年12月1号", " 2026-12-01　"],
)  # fmt: skip
def test_a_day_is_read_in_any_width_and_shown_as_browsers_take_it(typed):
    class Days(forms.Form):
        day = DayInput()

    form = Days({"day": typed})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == datetime.date(2026, 12, 1)
    assert 'value="2026-12-01"' in str(form["day"])


@pytest.mark.parametrize("typed", ["２０２６－１３－０１", "x", "2026-12-01x"])
def test_what_is_no_day_is_refused_and_kept(typed):
    class Days(forms.Form):
        day = DayInput()

    form = Days({"day": typed})

    assert list(form.errors) == ["day"]
    assert form["day"].value() == typed


def test_every_day_that_people_type_is_read_so():
    found = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if type(field) is models.DateField
        and field.editable
        and model.__module__.split(".")[0] in ("core", "customers", "sales")
    ]

    assert found
    assert {type(control(field, None, None)) for field in found} == {DayInput}
