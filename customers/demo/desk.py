"""What lies on desks today: customers to review, returned ones, drafts, a pair of namesakes.

Pure; these are entered one by one through the services, so that every rule is obeyed as in life.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.workflow import Transition
from customers.demo import cast, company, story, words
from customers.demo.company import Company
from customers.demo.story import Clock, Plan, Step
from customers.lifecycle import LIFE, SUBMITTED
from customers.roles import ROLES

FIRST_NUMBER = 100_000
OLD = 200  # hours; what is older happened in working hours
RESUBMITTED = "resubmitted"
OVERDUE = "欠款超过 180 天，停用。"
WRONG_BANK = "信息有误：开户行与账号不一致，请核对。"
NO_MOBILE = "资料不全：缺联系人手机号。"
TWIN, TWIN_REASON = "北京恒信科技有限公司", "母子公司：子公司单独开票，税号不同。"


@dataclass(frozen=True)
class Case:
    """A customer by name, and how many hours ago it got to where it is."""

    name: str
    city: str
    kind: str
    state: str
    hours: float
    limit: int = 0
    reason: str = ""


REGULARS = (
    Case("北京恒信科技有限责任公司", "北京", "ZD", "enabled", 5200, 800_000),
    Case("上海澜舟精密仪器有限公司", "上海", "ZD", "enabled", 8900, 2_000_000),
    Case("苏州澜舟计量技术有限公司", "苏州", "ZD", "enabled", 6100, 300_000),
    Case("深圳市蔚然电子有限公司", "深圳", "JS", "enabled", 7400, 1_200_000),
    Case("南京钟山自动化设备有限公司", "南京", "JS", "enabled", 6900, 600_000),
    Case("广州粤海通达供应链有限公司", "广州", "JS", "enabled", 4300, 800_000),
    Case("西安秦岭新能源装备股份有限公司", "西安", "ZD", "enabled", 3900, 3_000_000),
    Case("青岛琴岛海洋食品有限公司", "青岛", "ZD", "enabled", 2600),
    Case("苏州金鸡湖包装材料有限公司", "苏州", "JS", "disabled", 5600, 200_000, OVERDUE),
)
TODAY = (
    Case("杭州云栖谷生物科技有限公司", "杭州", "ZD", "approved", 26, 300_000),
    Case("武汉光谷联创激光技术有限公司", "武汉", "ZD", "submitted", 31, 800_000),
    Case("济南泉城机电设备有限公司", "济南", "JS", "submitted", 25, 300_000),
    Case("成都蜀锦纺织机械有限公司", "成都", "ZD", "returned", 21, 0, WRONG_BANK),
    Case(TWIN, "北京", "JS", RESUBMITTED, 18, 500_000, "资料不全：请补充注册地址的楼层。"),
    Case("杭州满觉陇茶业有限公司", "杭州", "ZD", "returned", 15, 0, "资料不全：请补充联系人职务。"),
    Case("深圳湾畔智能装备有限公司", "深圳", "JS", "submitted", 6, 500_000),
    Case("烟台蓬莱葡萄酒业有限公司", "烟台", "ZD", "submitted", 5, 400_000),
    Case("绍兴鉴湖纺织染整有限公司", "绍兴", "JS", "submitted", 4.2),
    Case("无锡淀山湖模具有限公司", "无锡", "JS", "submitted", 4, 200_000),
    Case("常州天宁动力机械有限公司", "常州", "JS", "submitted", 3),
    Case("镇江金山船舶配件有限公司", "镇江", "ZD", "returned", 2.5, 0, NO_MOBILE),
    Case("福州闽江纸业有限公司", "福州", "ZD", "submitted", 2),
    Case("南通狼山港机有限公司", "南通", "ZD", "submitted", 1, 1_000_000),
    Case("长沙麓山环保工程有限公司", "长沙", "DL", "submitted", 0.7),
    Case("嘉兴南湖食品有限公司", "嘉兴", "ZD", "submitted", 0.4),
    Case("无锡太湖新材料有限公司", "无锡", "JS", "draft", 60, 300_000),
    Case("天津海河港口物流有限公司", "天津", "JS", "draft", 3.4),
    Case("", "北京", "", "draft", 17),
    Case("石家庄燕赵制冷设备有限公司", "石家庄", "JS", "draft", 30),
    Case("宁波东钱湖轴承有限公司", "宁波", "ZD", "draft", 48, 100_000),
)
UNFINISHED = {
    "天津海河港口物流有限公司": ("uscc", "tax_number", "registered_address"),
    "石家庄燕赵制冷设备有限公司": ("customer_type",),
    "宁波东钱湖轴承有限公司": ("credit_days",),
}


def plans(now: datetime) -> Iterator[Plan]:
    """Give these customers in the order in which they got to where they are."""
    clock = Clock(now, Random(story.SEED + 1))
    cases = (*REGULARS, *TODAY)
    made = [_plan(clock, number, case) for number, case in enumerate((*cases, *_elsewhere(cases)))]
    return iter(sorted(made, key=lambda plan: plan.created))


def _elsewhere(cases: Iterable[Case]) -> list[Case]:
    """Give a customer for each state of the lifecycle in which none of the others stands."""
    known = {case.state for case in cases}
    return [
        Case(f"苏州阳澄湖{number}号仓储有限公司", "苏州", "ZD", state.name, 6000, 0, OVERDUE)
        for number, state in enumerate(LIFE.states, start=1)
        if state.name not in known
    ]


def _plan(clock: Clock, number: int, case: Case) -> Plan:
    random = Random(f"{story.SEED} {case.name}")
    made = _company(random, FIRST_NUMBER + number, case)
    clerk = cast.CLERKS[made.values["department"]]
    is_old, is_again = case.hours > OLD, case.state == RESUBMITTED
    at = clock.ago(case.hours / 24) if is_old else clock.now - timedelta(hours=case.hours)
    steps = _sent_back(case, clerk, at, made.values) if is_again else []
    way = LIFE.path(SUBMITTED if is_again else case.state)
    people = [clerk, *(_judge(move) for move in way[1:])]
    moments = [at] if len(way) == 1 else _moments(clock, at, len(way))
    for move, who, moment in zip(way, people, moments, strict=False):
        steps.append(Step(move.name, moment, who, case.reason if move.comment_required else ""))
    return Plan(made, clerk, at - timedelta(hours=72 if is_again else 1), steps)


def _judge(move: Transition) -> str:
    """Give the first of our people whose role may make a move."""
    may = {role.name for role in ROLES if move.permission in role.permissions}
    return next(person.username for person in cast.PEOPLE if person.role in may)


def _moments(clock: Clock, at: datetime, count: int) -> list[datetime]:
    """Give when it was submitted, decided on at `at`, enabled right after, the rest much later."""
    found = [at - timedelta(minutes=30), at, at + timedelta(minutes=1)]
    while len(found) < count:
        found.append(clock.after(found[-1], 3500, 3700))
    return found


def _sent_back(case: Case, clerk: str, at: datetime, values: dict[str, Any]) -> list[Step]:
    """Give how it was submitted, returned and mended before it is submitted again."""
    address = f"{values['registered_address']} 3 层"
    return [
        Step("submit", at - timedelta(hours=70), clerk),
        Step("return", at - timedelta(hours=44), "chensiyuan", case.reason),
        Step("change", at - timedelta(minutes=30), clerk, "", {"registered_address": address}),
    ]


def _company(random: Random, number: int, case: Case) -> Company:
    city = words.BY_NAME[case.city]
    if not case.name:
        contact = {"name": "刘洋", "mobile": "13800132207", "is_primary": True}
        return Company({"department": "XS12"}, [contact])
    made = company.invent(random, number, city=city, kind=case.kind, name=case.name)
    made = story.dressed(random, made)
    department = made.values["department"]
    made.values["salesperson"] = cast.SELLERS_OF[department][0]
    made.values["credit_managed"] = bool(case.limit)
    made.values |= {"credit_limit": case.limit, "credit_days": 60} if case.limit else {}
    if not case.limit:
        made.values.pop("credit_limit", None)
        made.values.pop("credit_days", None)
    elif not made.accounts:
        made.accounts = company.accounts(random, city, case.name, 1)
    for name in UNFINISHED.get(case.name, ()):
        made.values.pop(name, None)
    if case.name in UNFINISHED and "uscc" in UNFINISHED[case.name]:
        made.accounts = []
    return made
