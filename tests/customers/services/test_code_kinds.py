"""Any kind of record gets codes: its own rules, counters and ledger, from the pieces it names."""

import pytest
from django.utils.html import escape

from core import extend
from core.aggregate import Aggregate, RowInput
from core.forms.keyed import new_key
from core.models.base import writing
from core.records import coding, numbering
from core.records.kind import Coding, Kind, Piece
from core.saving import Duplicate, Refused
from customers.catalog import CUSTOMER as CATALOG
from customers.lifecycle import LIFE
from customers.models import Bank, CodeRule, CodeSegment, Region, UsedCode
from customers.services import code_rule
from customers.services.kinds import KIND
from tests.cast import act_by

pytestmark = pytest.mark.django_db

ADD = "/settings/code-rules/add/"


def _short(region):
    return region.name[:2]


def _places():
    return list(Region.objects.filter(code="310000"))


BANK = Kind(
    app="customers",
    stem="bank",
    icon="building",
    aggregate=Aggregate(Bank, extra_tables=(UsedCode,)),
    catalog=CATALOG,
    parts=(),
    life=LIFE,
    code=Coding(
        rules=CodeRule,
        ledger=UsedCode,
        pieces=(Piece("place", "Place", "seat", _short, _places),),
        anything="Every bank",
        nothing="No place fits.",
    ),
)


def make_rule(author, **serial):
    segments = [
        RowInput(None, {"kind": "place", "separator": "-"}),
        RowInput(None, {"kind": "serial", "is_basis": False, **serial}),
    ]
    values = {"code": "B", "name": "银行", "allow_typed": True}
    return code_rule.save(None, BANK, values, segments, version=None, act=act_by(author))


@pytest.fixture
def bank_rule(world, admin):
    return make_rule(admin)


@pytest.fixture
def two_kinds(monkeypatch):
    """Let the tests' kind be known beside the app's."""
    monkeypatch.setitem(extend._kinds, Bank, BANK)


def test_of_codes_typed_at_once_the_highest_moves_the_counter(world, bank_rule):
    seat = {"seat": world.shanghai}

    refused = coding.accept(BANK, [("上海-050", seat), ("上海-020", seat)])

    assert refused == {}
    assert coding.draw(BANK, [seat]) == ["上海-051"]


def test_a_code_leaps_when_it_is_more_than_a_thousand_beyond_the_start(world, admin):
    make_rule(admin, start=5000)
    seat = {"seat": world.shanghai}

    assert coding.leap(BANK, "上海-5999", seat) is None
    assert coding.leap(BANK, "上海-6000", seat) == coding.Leap(4999, 6000)


def test_a_rule_of_its_own_gives_codes_from_its_own_pieces(world, bank_rule):
    seats = [{"seat": world.beijing}, {"seat": world.shanghai}, {}, {"seat": world.beijing}]

    codes = coding.draw(BANK, seats)

    assert codes == ["北京-001", "上海-001", "", "北京-002"]
    assert dict(numbering.counters(bank_rule)) == {"上海": 1, "北京": 2}
    assert coding.expected(BANK, seats[0], bank_rule) == "北京-003"


def test_what_is_missing_is_said_in_its_own_words(bank_rule):
    with pytest.raises(Refused, match="Place"):
        coding.demand(BANK, {"seat": None})


def test_each_kind_has_its_rule_in_force(world, bank_rule):
    assert bank_rule.is_active
    assert coding.active_rule(BANK) == bank_rule
    assert coding.active_rule(KIND) == world.rule


def test_the_first_rule_of_a_kind_is_in_force_and_the_next_takes_its_place_alone(
    world, bank_rule, admin
):
    values = {"code": "B2", "name": "银行", "allow_typed": True}
    serial = [RowInput(None, {"kind": "serial", "is_basis": False})]
    other = code_rule.save(None, BANK, values, serial, version=None, act=act_by(admin))
    waiting = not other.is_active

    code_rule.activate(other.pk, version=1, act=act_by(admin))

    assert waiting
    assert list(coding.in_force(CodeRule, BANK.subject)) == [other]
    assert world.rule in CodeRule.objects.active()


def test_a_code_is_given_once_to_each_kind(make_customer, bank_rule):
    customer = make_customer(code="北京-001")

    coding.remember(BANK, [("北京-001", 7)])

    assert coding.used(BANK, ["北京-001", "X"]) == {"北京-001"}
    assert numbering.ledger(BANK).get().subject_id == 7
    assert numbering.ledger(KIND).get().subject_id == customer.pk
    with pytest.raises(Duplicate, match="北京-001"):
        coding.remember(BANK, [("北京-001", 8)])


def test_typed_codes_push_the_counter_and_used_ones_are_refused(world, bank_rule):
    coding.remember(BANK, [("北京-002", 7)])
    seat = {"seat": world.beijing}

    refused = coding.accept(BANK, [("北京-002", seat), ("北京-008", seat)])

    assert list(refused) == ["北京-002"]
    assert coding.draw(BANK, [seat]) == ["北京-009"]


def test_the_pages_offer_every_kind_that_has_codes(client, admin, world, two_kinds):
    client.force_login(admin)
    form = {"key": new_key(), "version": "", "code": "B", "name": "银行", "allow_typed": "on"}
    form |= {"segments-TOTAL_FORMS": "2", "segments-INITIAL_FORMS": "0"}
    form |= {"segments-0-kind": "place", "segments-0-is_basis": "on", "segments-1-kind": "serial"}
    listed = client.get("/settings/code-rules/").content.decode()

    page = client.get(f"{ADD}?for={BANK.subject}").content.decode()
    refused = client.post(ADD, form)
    added = client.post(f"{ADD}?for={BANK.subject}", form)

    assert escape(f"{ADD}?for={BANK.subject}") in listed
    assert ('value="place"' in page, 'value="category"' in page) == (True, False)
    assert (refused.status_code, added.status_code) == (422, 302)
    assert CodeRule.objects.get(code="B").subject == BANK.subject
    assert client.get(f"{ADD}?for=customers.tag").status_code == 404


def test_with_one_kind_the_pages_do_not_speak_of_kinds(client, admin, world, monkeypatch):
    monkeypatch.setattr(extend, "_kinds", {KIND.model: KIND})
    with writing():
        CodeSegment.objects.exclude(rule=world.rule).delete()
        CodeRule.objects.exclude(pk=world.rule.pk).delete()
    client.force_login(admin)

    pages = [client.get(url).content.decode() for url in ("/settings/code-rules/", ADD)]

    assert not any("?for=" in page for page in pages)
