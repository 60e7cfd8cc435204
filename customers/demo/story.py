"""Invents what happened to each customer over the past fourteen months: who did what when.

Pure: the present moment and a random number generator go in, plans come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import ceil
from random import Random
from typing import Any

from customers.demo import cast, company, words
from customers.demo.company import Company
from customers.rules import identity

DAYS = 425
SEED = 20_261_123
# How many customers end how.
ENDINGS = {
    "enabled": 924, "returned once": 98, "withdrawn once": 21, "disabled": 52, "enabled again": 12,
    "reopened": 16, "approved": 22, "draft": 16,
}  # fmt: skip
REASONS = (
    "资料不全：请补充主联系人的手机号。",
    "信息有误：注册地址与营业执照不一致，请核对。",
    "信息有误：开票抬头与客户名称不一致。",
    "资料不全：请说明信用额度的依据。",
    "疑似重复：请确认与已有客户不是同一家。",
)
DISABLED = (
    "连续 12 个月没有交易。",
    "欠款超过 180 天，停用。",
    "客户已注销，停止合作。",
    "业务转由集团总部下单。",
)
REOPENED = ("税号变更，重新审核。", "客户更名，需重新核对资料。", "发票抬头有误，重新提交。")


@dataclass(frozen=True)
class Step:
    """One thing that somebody did: a move of the lifecycle, "change" or "check"."""

    action: str
    at: datetime
    by: str
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Plan:
    """A customer, who entered it when, and what happened since."""

    company: Company
    by: str
    created: datetime
    steps: list[Step] = field(default_factory=list)


class Clock:
    """Moments in the past, in working hours, relative to one present."""

    def __init__(self, now: datetime, random: Random) -> None:
        self.now = now
        self.random = random

    def ago(self, days: float) -> datetime:
        """Give a moment in the working hours of about that many days ago."""
        minute = timedelta(minutes=self.random.randrange(525, 1075))
        day = self.now - timedelta(days=days)
        opening = datetime.combine(day.date(), time(), tzinfo=self.now.tzinfo)
        moment = self._workday(opening + minute)
        return moment if moment < self.now else self.now - timedelta(days=max(days, 0.1))

    def after(self, moment: datetime, low: float, high: float) -> datetime:
        """Give a moment that many hours later, moved to working hours, before now in any case."""
        later = moment + timedelta(hours=self.random.uniform(low, high))
        if not time(8, 30) < later.time() < time(18, 0):
            days = timedelta(days=1 if later.hour > 12 else 0)
            later = later.replace(hour=8, minute=self.random.randrange(30, 59)) + days
        later = self._workday(later, forward=True)
        if later >= self.now:
            later = moment + (self.now - moment) * self.random.uniform(0.2, 0.8)
        return later

    def _workday(self, moment: datetime, *, forward: bool = False) -> datetime:
        while moment.weekday() > 4:
            moment += timedelta(days=1 if forward else -1)
        return moment


def plans(now: datetime, share: float = 1.0) -> Iterator[Plan]:
    """Give the customers of the past, or a share of each kind, oldest first."""
    endings = [name for name, count in ENDINGS.items() for _one in range(ceil(count * share))]
    made = []
    names: set[str] = set()
    for number, ending in enumerate(endings):
        clock = Clock(now, Random(f"{SEED} {number}"))
        made.append(_plan(clock, _unlike(Random(f"{number} {SEED}"), number, names), ending))
    return iter(sorted(made, key=lambda plan: plan.created))


def dressed(random: Random, made: Company) -> Company:
    """Give the customer with what our company says of it: department, category, tags, remark."""
    code = cast.department_of(made.values["region"])
    made.values |= {
        "department": code,
        "salesperson": random.choice(cast.SELLERS_OF[code]),
        "category": random.choice(("ZD", "PT", "PT", "PT", "PT", "QZ", "QZ", "ZL", "HY", "XX", "")),
    }
    if random.random() < 0.35:
        made.values["remark"] = random.choice(words.REMARKS)
    tags = random.choices(("CQHZ", "GXF", "ZHXS", "LKHJS", "WZXJ", "XYHK"), (6, 3, 2, 2, 2, 1), k=2)
    made.tags = sorted(set(tags[: random.choice((0, 1, 1, 2))]))
    return made


def _unlike(random: Random, number: int, names: set[str]) -> Company:
    """Give a customer whose name no other has."""
    kind = company.ABROAD if number in _ABROAD else ""
    while True:
        made = company.invent(random, number, kind=kind)
        key = identity.normalised_name(made.values["name"])
        if key not in names:
            names.add(key)
            return dressed(random, made)


def _plan(clock: Clock, made: Company, ending: str) -> Plan:
    random = clock.random
    low, high = _AGES.get(ending, (4, DAYS))
    created = clock.ago(low + (high - low) * random.random() ** 1.2)
    clerk = cast.CLERKS[made.values["department"]]
    plan = Plan(made, clerk, created)
    if clock.now - created > timedelta(days=200) and made.values["department"] == "XS2":
        made.values["salesperson"] = random.choice(("YW04", cast.RETIRED))
    if ending == "draft":
        _forget(random, made)
        return plan
    _enter(clock, plan, ending)
    if ending not in ("approved", "disabled"):
        _live(clock, plan)
    return plan


def _enter(clock: Clock, plan: Plan, ending: str) -> None:
    """Submit, perhaps twice, approve, enable; then what the ending asks for."""
    reviewer = clock.random.choice(("chensiyuan", "chensiyuan", "chensiyuan", "linruolan"))
    _add(clock, plan, "submit", plan.by, 0.02, 5)
    if ending == "returned once":
        _add(clock, plan, "return", reviewer, 0.3, 20, clock.random.choice(REASONS))
        _mend(clock, plan)
    if ending == "withdrawn once":
        _add(clock, plan, "withdraw", plan.by, 0.1, 2)
        _mend(clock, plan)
    _add(clock, plan, "approve", reviewer, 0.2, 14)
    if ending == "approved":
        return
    _enable(clock, plan, reviewer)
    if ending in ("disabled", "enabled again"):
        by = clock.random.choice((reviewer, cast.ADMIN))
        _add(clock, plan, "disable", by, 400, 2500, clock.random.choice(DISABLED))
    if ending == "enabled again":
        _add(clock, plan, "enable", reviewer, 24, 400)
    if ending == "reopened":
        _add(clock, plan, "disable", reviewer, 400, 900, "资料变更，暂停使用。")
        _add(clock, plan, "reopen", reviewer, 0.1, 5, clock.random.choice(REOPENED))
        _mend(clock, plan)
        _add(clock, plan, "approve", reviewer, 0.2, 14)
        _enable(clock, plan, reviewer)


def _enable(clock: Clock, plan: Plan, reviewer: str) -> None:
    if clock.random.random() < 0.7:  # approved and enabled with one button
        plan.steps.append(Step("enable", plan.steps[-1].at, reviewer))
    else:
        _add(clock, plan, "enable", clock.random.choice((reviewer, cast.ADMIN)), 0.5, 30)


def _mend(clock: Clock, plan: Plan) -> None:
    """The clerk corrects what was asked for and submits again."""
    address = f"{plan.company.values['registered_address']} {clock.random.randrange(2, 20)} 层"
    _add(clock, plan, "change", plan.by, 0.3, 9, values={"registered_address": address})
    _add(clock, plan, "submit", plan.by, 0.02, 0.4)


def _live(clock: Clock, plan: Plan) -> None:
    """What happens to a customer in use: small changes, the yearly check."""
    random, since = clock.random, plan.steps[-1].at
    if clock.now - since > timedelta(days=21) and random.random() < 0.4:
        known = dict(plan.company.values)
        for _one in range(random.choice((1, 1, 2))):
            by, values = _small_change(random, plan, known)
            known |= values
            _add(clock, plan, "change", by, 200, 2200, values=values)
    due = next(step.at for step in plan.steps if step.action == "approve") + timedelta(days=366)
    early = due - timedelta(days=9)
    if due < clock.now and plan.steps[-1].at < early and random.random() < 0.85:
        plan.steps.append(Step("check", clock.after(early, 1, 200), plan.by))


def _small_change(
    random: Random, plan: Plan, known: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Give who sets which field to a value it does not have yet."""
    offered = (
        (plan.by, "remark", words.REMARKS),
        (plan.by, "salesperson", cast.SELLERS_OF[plan.company.values["department"]]),
        (plan.by, "category", ("ZD", "PT", "ZL", "HY")),
        ("sunyue", "settlement_method", ("DH", "YHCD", "SYCD")),
        ("sunyue", "invoice_type", ("special", "ordinary")),
    )
    by, name, values = random.choice(offered)
    return by, {name: random.choice([one for one in values if one != known.get(name)])}


def _forget(random: Random, made: Company) -> None:
    """Leave fields out, as people do who are called away while they enter a customer."""
    names = ["customer_type", "region", "registered_address", "uscc", "industry", "phone"]
    for name in random.sample(names, random.choice((0, 1, 2, 2, 3))):
        made.values.pop(name, None)
        if name == "uscc":
            made.values.pop("tax_number", None)
    if random.random() < 0.4:
        made.contacts = []
    if random.random() < 0.6:
        made.accounts = []


def _add(
    clock: Clock,
    plan: Plan,
    action: str,
    by: str,
    low: float,
    high: float,
    reason: str = "",
    values: dict[str, Any] | None = None,
) -> None:
    """Add a step some hours after the last one."""
    last = plan.steps[-1].at if plan.steps else plan.created
    plan.steps.append(Step(action, clock.after(last, low, high), by, reason, values or {}))


_AGES = {"draft": (0.3, 45), "approved": (1, 12), "disabled": (120, DAYS), "reopened": (80, DAYS),
         "enabled again": (150, DAYS)}  # fmt: skip
_ABROAD = frozenset(range(7, 7 + 71 * len(words.OVERSEAS), 71))
