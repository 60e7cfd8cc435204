"""The migrations say what the models say, and a difference would be found."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_missing_migration_is_found(settings: Settings) -> None:
    settings.MIGRATION_MODULES = {"sales": "tests.architecture.no_migrations"}

    with pytest.raises(SystemExit) as stopped:
        call_command("makemigrations", "sales", "--check", "--dry-run", verbosity=0)

    assert stopped.value.code == 1
