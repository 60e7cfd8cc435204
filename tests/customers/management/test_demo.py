"""`manage.py demo` loads an empty database on request, and never touches one in use."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core import verify
from customers.demo import cast, loading
from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_allowed(settings):
    settings.DEMO = True


@pytest.fixture
def small(monkeypatch):
    """Loads one kind of each customer only."""
    load = loading.load
    monkeypatch.setattr(loading, "load", lambda: load(share=0.01))


def test_without_demo_1_nothing_is_loaded(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")

    assert loading.is_empty()


@pytest.mark.usefixtures("demo_allowed")
def test_a_database_in_use_is_refused(clerk):
    with pytest.raises(CommandError, match="in use"):
        call_command("demo")

    assert not Customer.objects.exists()


@pytest.mark.usefixtures("demo_allowed")
def test_if_empty_says_nothing_when_there_are_data(clerk, capsys):
    call_command("demo", "--if-empty")

    assert capsys.readouterr().out == ""
    assert not Customer.objects.exists()


@pytest.mark.usefixtures("demo_allowed")
def test_logins_of_a_database_without_demo_people_are_not_told(clerk, capsys):
    call_command("demo", "--logins")

    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("demo_allowed", "small")
def test_an_empty_database_is_filled_and_the_logins_told(capsys, monkeypatch):
    monkeypatch.setattr(loading, "TOUCHED", 1)

    call_command("demo")

    out = capsys.readouterr().out
    assert "demo customers in" in out
    assert f"password {cast.PASSWORD}" in out
    assert all(person.username in out for person in cast.PEOPLE if person.has_login)
    assert "wanghaitao" not in out


@pytest.mark.long
@pytest.mark.usefixtures("demo_allowed")
def test_the_whole_demo_is_clean():
    call_command("demo")

    assert 1_150 < Customer.objects.count() < 1_300
    assert sum(tally.wrong for tally in verify.run()) == 0
