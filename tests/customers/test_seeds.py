"""The reference values of a new installation, and the migration that writes them."""

from collections import Counter
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from core.models.base import writing
from core.records import code
from customers import models, seeds
from customers.rules import record
from customers.services.kinds import KIND

migration = import_module("customers.migrations.0002_reference_data")
county_cities = import_module("customers.migrations.0012_county_cities")
code_sort = import_module("customers.migrations.0015_reference_code_sort_filled")

LISTS = {
    "regions": seeds.regions(),
    "industries": seeds.industries(),
    "customer_types": seeds.customer_types(),
    "categories": seeds.categories(),
    "tags": seeds.tags(),
    "banks": seeds.banks(),
    "settlement_methods": seeds.settlement_methods(),
    "currencies": seeds.currencies(),
}
TABLES = {
    "regions": models.Region,
    "industries": models.Industry,
    "customer_types": models.CustomerType,
    "categories": models.Category,
    "tags": models.Tag,
    "banks": models.Bank,
    "settlement_methods": models.SettlementMethod,
    "currencies": models.Currency,
}


@pytest.mark.parametrize("name", LISTS)
def test_codes_and_names_are_unique_and_parents_come_first(name):
    rows, seen = LISTS[name], {""}

    for row in rows:
        assert row.parent in seen, row
        seen.add(row.code)
    assert len({row.code for row in rows}) == len(rows)
    twice = Counter((row.parent, row.name) for row in rows).most_common(1)
    assert twice[0][1] == 1, twice
    assert all(row.code.isascii() and row.name == row.name.strip() for row in rows)


def test_regions():
    rows = {row.code: row for row in LISTS["regions"]}
    provinces = [row for row in rows.values() if not row.parent and row.code != seeds.OVERSEAS]
    letters = [row.letters for row in rows.values() if row.letters]

    assert len(provinces) == 34
    assert len(rows) - len(provinces) - 1 > 300
    assert len(set(letters)) == len(letters) == 35
    assert (rows["110000"].letters, rows["310000"].letters, rows["440000"].letters) == (
        "BJ",
        "SH",
        "GD",
    )
    assert rows["440300"] == seeds.Row("440300", "深圳市", parent="440000")
    assert rows["810000"].name == "香港特别行政区"
    assert rows[seeds.OVERSEAS].name == "海外"


def test_regions_are_those_of_today():
    names = {row.name for row in LISTS["regions"]}

    assert names >= {"大连市", "襄阳市", "普洱市", "那曲市", "三沙市"}
    assert names.isdisjoint({"旅大市", "襄樊市", "思茅地区", "莱芜市", "市辖区", "县", "林区"})
    assert not [name for name in names if "直辖县级" in name]


def test_what_a_province_governs_itself_is_there_once():
    rows = {row.code: row for row in LISTS["regions"]}

    assert rows["419001"] == seeds.Row("419001", "济源市", parent="410000")
    assert {rows[code].name for code in ("429004", "429005", "429006", "429021")} == {
        "仙桃市",
        "潜江市",
        "天门市",
        "神农架林区",
    }
    assert (rows["469001"].name, rows["659001"].name) == ("五指山市", "石河子市")
    assert "429001" not in rows  # 随州市 has become a prefecture


def test_existing_bases_get_the_county_cities(filled):
    regions = models.Region.objects
    henan = regions.get(code="410000")
    with writing():
        regions.filter(code__in=("419001", "659001")).delete()
        regions.filter(code="429004").update(code="XT", name="仙桃市")
        county_cities.fill(apps, SimpleNamespace(connection=connection))
        county_cities.fill(apps, SimpleNamespace(connection=connection))

    jiyuan = regions.get(code="419001")
    assert jiyuan.path == f"{henan.path}{jiyuan.pk}/"
    assert jiyuan.sort_path == f"{henan.sort_path}419001/"
    assert "jys" in jiyuan.search_key
    assert regions.filter(name="仙桃市").count() == 1
    assert regions.filter(code="659001").count() == 1


def test_industries():
    sections = [row for row in LISTS["industries"] if not row.parent]
    divisions = [row for row in LISTS["industries"] if row.parent]

    assert "".join(row.code for row in sections) == "ABCDEFGHIJKLMNOPQRST"
    assert [row.code for row in divisions] == [f"{number:02d}" for number in range(1, 98)]
    assert Counter(row.parent for row in divisions)["C"] == 31


def test_kinds_and_tones_are_known():
    assert {row.kind for row in LISTS["customer_types"]} == {
        record.COMPANY,
        record.PERSON,
        record.OVERSEAS,
    }
    assert {row.tone for row in LISTS["tags"]} <= set(models.Tag.Tone.values)


def test_banks_and_currencies():
    assert len(LISTS["banks"]) >= 30
    assert all(len(row.code) == 3 and row.code.isdigit() for row in LISTS["banks"])
    assert all(len(row.code) == 3 and row.code.isupper() for row in LISTS["currencies"])


def test_the_shipped_rule_gives_the_well_known_code():
    _row, segments = seeds.code_rule()

    assert code.problems(segments, KIND.coding.names) == []
    assert code.render(segments, {"region": "BJ", "type": "JS"}, 1) == "BJ-JS-001"


def emptied() -> None:
    """Take the reference values away, children first."""
    with writing():
        models.CodeSegment.objects.all().delete()
        models.CodeRule.objects.all().delete()
        for table in TABLES.values():
            if hasattr(table, "parent"):
                table.objects.exclude(parent=None).delete()
            table.objects.all().delete()


@pytest.fixture
def filled(db):
    """The tables as the migration fills them in a new installation."""
    emptied()
    fill()


def fill() -> None:
    """Run the migration's function on the models of today."""
    with writing():
        migration.fill(apps, SimpleNamespace(connection=connection))


@pytest.mark.parametrize("name", LISTS)
def test_migration_writes_every_row(filled, name):
    rows = {row.code: row for row in LISTS[name]}
    stored = {row.code: row for row in TABLES[name].objects.all()}

    assert stored.keys() == rows.keys()
    assert all(stored[key].name == rows[key].name for key in rows)
    assert all(row.version == 0 and row.is_active for row in stored.values())


def test_migration_places_tree_nodes(filled):
    shenzhen = models.Region.objects.select_related("parent").get(code="440300")

    assert shenzhen.path == f"/{shenzhen.parent_id}/{shenzhen.pk}/"
    assert shenzhen.sort_path == "440000/440300/"
    assert shenzhen.parent.path == f"/{shenzhen.parent_id}/"
    assert shenzhen.parent.letters == "GD"


def test_migration_sorts_codes_by_their_numbers(filled):
    with writing():
        models.Tag.objects.bulk_create(models.Tag(code=one, name=one) for one in ("10", "2", "01"))
        code_sort.fill(apps, SimpleNamespace(connection=connection))

    tags = models.Tag.objects.filter(code__in=["10", "2", "01"]).in_order()
    assert [tag.code for tag in tags] == ["01", "2", "10"]
    shenzhen = models.Region.objects.get(code="440300")
    assert (shenzhen.code_sort, shenzhen.sort_path) == ("06440300", "06440000!06440300!")


def test_migration_ships_one_active_rule(filled):
    rule = models.CodeRule.objects.get(is_active=True)

    kinds = rule.segments.order_by("line").values_list("kind", "separator", "is_basis")

    assert list(kinds) == [("region", "-", True), ("type", "-", True), ("serial", "", False)]


def test_migration_twice_changes_nothing(filled, django_assert_num_queries):
    before = {name: set(table.objects.values_list("pk", "name")) for name, table in TABLES.items()}

    with django_assert_num_queries(9):
        fill()

    assert before == {
        name: set(table.objects.values_list("pk", "name")) for name, table in TABLES.items()
    }
