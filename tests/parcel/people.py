"""The people and parcels of a site that has parcels only."""

import re
import sys
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from core import saving
from core.aggregate import Aggregate, RowInput
from core.catalog import Catalog
from core.history import Act
from core.models import Unit, User
from core.records import transition
from core.records.part import Part
from core.text import natural_key
from tests.parcel import models
from tests.parcel.kind import KIND
from tests.parcel.parts import LINES
from tests.parcel.settings import PRODUCT


def sorted_by_code(values):
    return {**values, "code_sort": natural_key(values["code"])}


SEGMENTS = Part("segments", "rule", Catalog(models.Segment, (), (), ()))
UNIT = Aggregate(Unit, derive=sorted_by_code, is_tree=True)
RULE = Aggregate(models.Rule, children=(SEGMENTS,), derive=sorted_by_code)


def act_by(user, reason=""):
    """An act without a form."""
    return Act(by=user, source="test", reason=reason, key=None)


def seat(name, role, unit):
    """Make a user with a role in a unit."""
    user = User.objects.create_user(
        name, password="correct horse battery", display_name=name, unit=unit
    )
    user.groups.set([Group.objects.get(name=role)])
    return user


@pytest.fixture(scope="session", autouse=True)
def _alone():
    """Nothing of the product is imported, whatever the tests do."""
    yield
    assert [name for name in sys.modules if name.partition(".")[0] in PRODUCT] == []


@pytest.fixture
def machine(db):
    return User.objects.create_user("machine", display_name="Machine", is_system=True)


@pytest.fixture
def units(machine):
    """A house with two departments, and a team of the first."""

    def make(code, name, parent=None):
        values = {"code": code, "name": name, "parent": parent}
        return saving.create(UNIT, values, act=act_by(machine))

    house = make("H", "House")
    north, south = make("N", "North", house), make("S", "South", house)
    return SimpleNamespace(house=house, north=north, south=south, team=make("T", "Team", north))


@pytest.fixture
def packer(units):
    return seat("packer", "packer", units.north)


@pytest.fixture
def stranger(units):
    """A packer of the other department."""
    return seat("stranger", "packer", units.south)


@pytest.fixture
def carrier(units):
    return seat("carrier", "carrier", units.house)


@pytest.fixture
def claimant(units):
    return seat("claimant", "claimant", units.north)


@pytest.fixture
def rule(machine):
    """Codes are the letters of the sender and a number."""
    segments = [{"kind": "unit", "separator": "-"}, {"kind": "serial", "is_basis": False}]
    values = {"code": "P", "name": "Rule", "subject": KIND.subject}
    return saving.create(
        RULE, values, {"segments": [RowInput(None, one) for one in segments]}, act=act_by(machine)
    )


@pytest.fixture
def make_parcel(units, packer, carrier, rule):
    """Pack a parcel and walk it to a state through its life."""

    def make(
        state="packed",
        by=packer,
        lines=({"item": "Books", "seal": "SEAL-123456", "is_main": True},),
        **over,
    ):
        values = {"name": "Anna", "department": by.unit, "scope_unit": by.unit, **over}
        rows = {LINES.name: [RowInput(None, row) for row in lines]}
        parcel = saving.create(KIND.aggregate, values, rows, act=act_by(by))
        for wanted in KIND.life.path(state):
            who = by if wanted.permission == "parcel.send_parcel" else carrier
            transition.perform(
                KIND,
                wanted.name,
                parcel.pk,
                version=parcel.version,
                act=act_by(who, "wrong house"),
            )
            parcel.refresh_from_db()
        return parcel

    return make


@pytest.fixture
def inside(client, packer):
    """A browser in which the packer is signed in."""
    client.force_login(packer)
    return client


def text(answer):
    """Give what an answer says below the name of the product; nothing there is of customers."""
    page = answer.content.decode().replace("Kehu 客户引入", "")
    page = re.sub(r'<dialog class="dialog" id="shortcuts".*?</dialog>', "", page, flags=re.DOTALL)
    assert re.findall(r"[^<>]*(?:客户|customer|\b家\b)[^<>]*", page, flags=re.IGNORECASE) == []
    return page
