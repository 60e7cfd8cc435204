"""Fixtures of all tests: a guarded database, a known language, a printed seed.

People and customers to act with are in tests/cast.py.
"""

import gc
import os
import random
import signal
from collections.abc import Generator, Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from tests import migrated

# The site of tests/parcel has none of the product's apps.
IS_ALONE = settings.ROOT_URLCONF == "tests.parcel.urls"
pytest_plugins = ["tests.parcel.people"] if IS_ALONE else ["tests.cast", "tests.town"]

SEED = int(os.environ.get("KEHU_SEED") or random.SystemRandom().randrange(10**6))

# How long an example takes says nothing about the code; a test that hangs is ended anyhow.
hypothesis.settings.register_profile("kehu", deadline=None)
hypothesis.settings.load_profile("kehu")

# "1/4" runs the first, fifth, ninth … of the tests: four sessions share them (.ci/run).
SHARE = os.environ.get("KEHU_SHARE", "1/1")
LONG_SECONDS = 3600  # for tests of the full length, which CI does not run

# pytest-django lets nobody else near the database: a test that asks for none of these is pure.
DATABASE_FIXTURES = {
    "db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback",
    "live_server",
}  # fmt: skip
CONNECTIONS = {"connection", "connections", "transaction"}


def pytest_configure() -> None:
    """Heed the signals that a run in the background or under nohup ignores.

    What tests start inherits what is ignored.
    """
    for name, heeded in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, heeded)


def pytest_report_header() -> str:
    """Say which database the tests use, and how to get the same random choices again."""
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return f"kehu: {engine}, seed {SEED} (KEHU_SEED={SEED} repeats it)"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Mark what touches the database: the second database has nothing to say about the rest.

    Of the tests that are then left this session runs its share.
    """
    for item in items:
        if touches_database(item):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))
    yield
    number, parts = map(int, SHARE.split("/"))
    others = [item for at, item in enumerate(items) if at % parts != number - 1]
    items[:] = items[number - 1 :: parts]
    config.hook.pytest_deselected(items=others)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays anyway: a fifth of the time of a page."""
    gc.collect()
    gc.freeze()


def touches_database(item: pytest.Item) -> bool:
    """Say whether a test may reach the database, or asks what kind it is."""
    asked = set(getattr(item, "fixturenames", ()))
    knows_connection = CONNECTIONS & set(vars(getattr(item, "module", None) or object))
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or bool(asked & DATABASE_FIXTURES or knows_connection)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Begin with the database that an earlier session migrated, where nothing changed since."""
    return migrated.take() or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Guard the business tables from the moment the test database is there."""
    from tests import guard  # the models exist only now

    migrated.keep()
    guard.begin()
    if not IS_ALONE:
        from tests import cast

        with django_db_blocker.unblock():
            cast.keep_standing()


@pytest.fixture(scope="session")
def seed() -> int:
    """A number for the random choices of a test: the same for all tests of a run."""
    return SEED


@pytest.fixture(autouse=True)
def _known_start() -> Iterator[None]:
    """Begin every test in Chinese and with empty caches, whatever the test before did."""
    cache.clear()
    with translation.override(settings.LANGUAGE_CODE):
        yield
