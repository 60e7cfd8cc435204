"""The people and customers that tests act with: names tell the story, no factory magic."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from core import access, extend, saving
from core.access import permissions_of
from core.aggregate import RowInput
from core.history import Act
from core.models import Unit, User
from core.models.base import writing
from core.records import transition
from core.records.record import Record
from core.records.transition import Shown
from customers import models
from customers.lifecycle import LIFE
from customers.parts import BY_NAME
from customers.queries import reach, review
from customers.rules import identity
from customers.services import customer as customer_service
from customers.services.aggregates import CODE_RULE, REFERENCE
from customers.services.kinds import KIND
from tests import standing

_numbers = count(1)
PASSWORD = "correct horse battery"


def act_by(user: User, reason: str = "") -> Act:
    """An act without a form: what a job or a test does."""
    return Act(by=user, source="test", reason=reason, key=None)


def valid_uscc(number: int) -> str:
    """A credit code with a right check character, different for every number."""
    from stdnum.cn import uscc

    body = f"91110108{number:09d}"
    return body + uscc.calc_check_digit(body)


def set_raw(customer: models.Customer, **values: Any) -> None:
    """Change a stored row behind everybody's back."""
    assignments = ", ".join(f"{name} = %s" for name in values)
    with writing(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_customer SET {assignments} WHERE id = %s",
            [*values.values(), customer.pk],
        )


def seat_system() -> User:
    """Give the machine itself, made when it is not there yet."""
    return standing.give("system", _make_system)


def _make_system() -> User:
    known = User.objects.filter(username="system-of-tests").first()
    return known or User.objects.create_user("system-of-tests", display_name="系统", is_system=True)


def seat_units(system: User) -> SimpleNamespace:
    """Give 总公司 with 销售一部 (and its 一组) and 销售二部, made when they are not there yet."""
    return standing.give("units", partial(_make_units, system))


def _make_units(system: User) -> SimpleNamespace:
    act = act_by(system)
    known = {unit.code: unit for unit in Unit.objects.all()}

    def unit(code: str, name: str, parent: Unit | None = None) -> Unit:
        values = {"code": code, "name": name, "parent": parent}
        return known.get(code) or saving.create(REFERENCE["unit"], values, act=act)

    root = Unit.objects.filter(parent=None).order_by("pk").first() or unit("T0", "总公司")
    first = unit("T1", "销售一部", root)
    return SimpleNamespace(
        root=root, first=first, team=unit("T11", "一组", first), second=unit("T2", "销售二部", root)
    )


def seat(username: str, *roles: str, unit: Unit | None = None, **over: Any) -> User:
    """Make a user with roles in a unit."""
    name = over.pop("display_name", username)
    user = User.objects.create_user(
        username, password=PASSWORD, display_name=name, unit=unit, **over
    )
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


# Who plays in the tests: the role, the unit among those of `seat_units`, the name.
PLAYERS = {
    "clerk": ("clerk", "first", "李文静"),
    "colleague": ("clerk", "first", "王海涛"),
    "outsider": ("clerk", "second", "赵敏"),
    "reviewer": ("reviewer", "root", "陈思远"),
    "finance": ("finance", "root", "孙悦"),
    "admin": ("admin", "root", "何嘉"),
    "viewer": ("viewer", "root", "周子昂"),
    "nobody": ("", "root", "无角色"),
    "judge": ("reviewer", "root", "审核甲"),
}


def player(name: str, units: SimpleNamespace) -> User:
    """Give one of the players, made when nobody has called for it yet."""
    return standing.give(name, partial(_make_player, name, units))


def _make_player(name: str, units: SimpleNamespace) -> User:
    role, unit, shown = PLAYERS[name]
    known = User.objects.filter(username=name).first()
    return known or seat(name, role, unit=getattr(units, unit), display_name=shown)


def keep_standing() -> None:
    """Write all of the above once, for `standing.give` to put back later."""
    found: dict[str, Any] = {}

    def keep(name: str, make: Callable[..., Any], *needed: str) -> Callable[[], Any]:
        def made() -> Any:
            found[name] = make(*(found[one] for one in needed))
            return found[name]

        return made

    makers = {
        "system": keep("system", _make_system),
        "units": keep("units", _make_units, "system"),
        "world": keep("world", _make_world, "system", "units"),
    }
    players = {name: keep(name, partial(_make_player, name), "units") for name in PLAYERS}
    standing.keep({**makers, **players})


@pytest.fixture
def system_user(db: None) -> User:
    """The machine itself."""
    return seat_system()


@pytest.fixture
def units(system_user: User) -> SimpleNamespace:
    """总公司 with 销售一部 (and its 一组) and 销售二部."""
    return seat_units(system_user)


@pytest.fixture
def make_user(units: SimpleNamespace) -> Callable[..., User]:
    """Make a user with roles in a unit."""
    return seat


@pytest.fixture
def add_role(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Group]:
    """Add a role with some rights for one test, as a company could."""
    monkeypatch.setattr(access, "_added_up", access._added_up.__wrapped__)  # it keeps by name

    def add(name: str, *rights: str) -> Group:
        monkeypatch.setitem(extend._roles, name, extend.Role(name, "", frozenset(rights), "unit"))
        return Group.objects.create(name=name)

    return add


@pytest.fixture
def clerk(units: SimpleNamespace) -> User:
    """A sales clerk of 销售一部."""
    return player("clerk", units)


@pytest.fixture
def colleague(units: SimpleNamespace) -> User:
    """Another clerk of the same department."""
    return player("colleague", units)


@pytest.fixture
def outsider(units: SimpleNamespace) -> User:
    """A clerk of another department."""
    return player("outsider", units)


@pytest.fixture
def reviewer(units: SimpleNamespace) -> User:
    """A reviewer."""
    return player("reviewer", units)


@pytest.fixture
def finance(units: SimpleNamespace) -> User:
    """Somebody of finance."""
    return player("finance", units)


@pytest.fixture
def admin(units: SimpleNamespace) -> User:
    """An administrator."""
    return player("admin", units)


@pytest.fixture
def viewer(units: SimpleNamespace) -> User:
    """Somebody who only looks."""
    return player("viewer", units)


@pytest.fixture
def nobody(units: SimpleNamespace) -> User:
    """A user without any role."""
    return player("nobody", units)


@pytest.fixture
def cast(
    clerk: User,
    colleague: User,
    outsider: User,
    reviewer: User,
    finance: User,
    admin: User,
    viewer: User,
    nobody: User,
) -> dict[str, User]:
    """Everybody by name."""
    return {
        user.username: user
        for user in (clerk, colleague, outsider, reviewer, finance, admin, viewer, nobody)
    }


def found_world(system: User, units: SimpleNamespace) -> SimpleNamespace:
    """Give the reference values of the tests and their code rule, made when not there yet."""
    found = standing.give("world", partial(_make_world, system, units))
    return SimpleNamespace(units=units, **vars(found))


def _make_world(system: User, units: SimpleNamespace) -> SimpleNamespace:
    act = act_by(system)

    def one(stem: str, code: str, name: str, **more: Any) -> Any:
        known = REFERENCE[stem].root._default_manager.filter(code=code).first()
        values = {"code": code, "name": name, **more}
        return known or saving.create(REFERENCE[stem], values, act=act)

    rules = models.CodeRule.objects.active().filter(subject=KIND.subject)
    rule = rules.first() or saving.create(
        CODE_RULE,
        {"code": "T", "name": "地区-类型-流水号", "subject": KIND.subject},
        {
            "segments": [
                RowInput(None, {"kind": "region", "separator": "-"}),
                RowInput(None, {"kind": "type", "separator": "-"}),
                RowInput(None, {"kind": "serial", "is_basis": False}),
            ]
        },
        act=act,
    )
    return SimpleNamespace(
        rule=rule,
        beijing=one("region", "110000", "北京市", letters="BJ"),
        shanghai=one("region", "310000", "上海市", letters="SH"),
        dealer=one("customer-type", "JS", "经销商"),
        person=one("customer-type", "GR", "个人", kind="person"),
        overseas=one("customer-type", "HW", "海外客户", kind="overseas"),
        category=one("category", "T1", "重点客户"),
        industry=one("industry", "C", "制造业"),
        tag=one("tag", "T1", "长期合作", tone="info"),
        other_tag=one("tag", "T2", "高消费"),
        salesperson=one("salesperson", "T1", "李文静", unit=units.first),
        other_salesperson=one("salesperson", "T2", "赵敏", unit=units.second),
        bank=one("bank", "102", "中国工商银行"),
        currency=one("currency", "CNY", "人民币"),
        settlement=one("settlement-method", "T1", "银行转账"),
    )


def complete_record(world: SimpleNamespace, **over: Any) -> Record:
    """Make the record of a customer that can be submitted; keywords replace values."""
    number = next(_numbers)
    contacts = over.pop("contacts", [{"name": "刘洋", "mobile": "13800132207"}])
    given = {"contacts": contacts, "bank_accounts": over.pop("accounts", [])}
    given |= {name: over.pop(name) for name in BY_NAME if name in over}
    tags = over.pop("tags", [])
    values = {
        "name": f"北京恒信第{number}科技有限公司",
        "customer_type": world.dealer,
        "region": world.beijing,
        "registered_address": "北京市海淀区中关村南大街 12 号",
        "uscc": valid_uscc(number),
        "department": world.units.first,
        "salesperson": world.salesperson,
        **over,
    }
    values["uscc"] = identity.registration(values["uscc"])
    return Record(
        values,
        {name: [RowInput(None, row) for row in rows] for name, rows in given.items()},
        {"tags": tags},
    )


def enter(world: SimpleNamespace, author: User, state: str = "draft", **over: Any) -> Any:
    """Make a customer by `author` and walk it to `state` through the real lifecycle."""
    if reach.outside("salesperson", world.salesperson, author):
        over.setdefault("salesperson", world.other_salesperson)
    record = complete_record(world, **over)
    customer = customer_service.save(None, record, version=None, submit=False, act=act_by(author))
    return walk(customer, state, world, author)


def walk(customer: models.Customer, state: str, world: SimpleNamespace, author: User) -> Any:
    """Move a draft to `state`: the author submits, a reviewer or who else may does the rest."""
    for wanted in LIFE.path(state):
        actor = author
        if LIFE.state(customer.state) is not LIFE.initial:
            others = [player(name, world.units) for name in ("judge", "admin")]
            actor = next(one for one in others if wanted.permission in permissions_of(one))
        customer = move(customer, wanted.name, actor)
    return customer


@pytest.fixture
def world(system_user: User, units: SimpleNamespace) -> SimpleNamespace:
    """Reference values that belong to the tests, and the code rule 地区-类型-流水号."""
    return found_world(system_user, units)


@pytest.fixture
def complete(world: SimpleNamespace) -> Callable[..., Record]:
    """Make the record of a customer that can be submitted; keywords replace values."""
    return partial(complete_record, world)


@pytest.fixture
def make_customer(world: SimpleNamespace, clerk: User) -> Callable[..., models.Customer]:
    """Make a customer by clerk `by` and walk it to `state` through the real lifecycle."""

    def make(state: str = "draft", by: User | None = None, **over: Any) -> models.Customer:
        customer: models.Customer = enter(world, by or clerk, state, **over)
        return customer

    return make


def move(customer: models.Customer, name: str, user: User, **over: Any) -> Any:
    """Make one move of the lifecycle as a user who has looked at the record."""
    options: dict[str, Any] = {}
    if name == "approve":
        options = {"shown": Shown(review.checklist(customer, user).digest, confirmed=True)}
    return transition.perform(
        KIND,
        name,
        customer.pk,
        version=customer.version,
        act=act_by(user, "资料有误"),
        **{**options, **over},
    )
