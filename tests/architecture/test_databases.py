"""What CI runs on PostgreSQL: every test that touches the database, marked without being asked."""

import re
from pathlib import Path

import pytest

from core.models import User
from tests.architecture.tree import ROOT, files, name_of

# Ways to the database that no mark and no name of a fixture tells of.
HIDDEN_WAYS = ("getfixture" + "value(", "blocker" + ".unblock")
# Their tests are marked; these ways lead to what they share, or to another server first.
ALLOWED = {
    "tests/concurrency/test_database_crash.py",
    "tests/conftest.py",
    "tests/customers/demo/test_loading.py",
    "tests/town.py",
}


def is_marked(request: pytest.FixtureRequest) -> bool:
    """Say whether CI would run the test on PostgreSQL too."""
    return request.node.get_closest_marker("database") is not None


@pytest.mark.django_db
def test_a_test_that_says_so_is_marked(request: pytest.FixtureRequest) -> None:
    assert is_marked(request)


@pytest.mark.usefixtures("clerk")
def test_a_test_whose_fixtures_need_the_database_is_marked(request: pytest.FixtureRequest) -> None:
    assert is_marked(request)


def test_whoever_is_not_marked_cannot_reach_the_database(request: pytest.FixtureRequest) -> None:
    assert not is_marked(request)

    with pytest.raises(RuntimeError, match="Database access not allowed"):
        User.objects.exists()


def test_no_test_finds_another_way() -> None:
    found = {
        name_of(file)
        for file in files(".py", below="tests")
        if any(way in file.read_text(encoding="utf-8") for way in HIDDEN_WAYS)
    }

    assert found == ALLOWED


def test_ci_runs_the_marked_on_postgresql_and_all_on_sqlite() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    chosen = dict(re.findall(r'^ *session "?([\w$]+)"? .* -m "(.*)"$', script, re.MULTILINE))

    assert chosen == {
        "postgresql": "database and not e2e and not long",
        "sqlite": "not e2e and not long",
        "browser$part": "e2e and not long",
    }
    assert 'KEHU_SHARE="$part/4" -- tests/e2e ' in script
    journeys = {
        file for file in files(".py", below="tests") if "mark.e2e" in file.read_text("utf-8")
    }
    assert {name_of(file).split("/")[1] for file in journeys - {Path(__file__)}} == {"e2e"}
    assert "for part in 1 2 3 4; do" in script
    finished = re.findall(r"^ *finish (.*)$", script, re.MULTILINE)
    assert finished == ['"${names[@]}" browser1 browser2 browser3 browser4']
