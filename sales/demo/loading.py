"""Enters the invented opportunities as the clerks of their customers would have."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from core.aggregate import RowInput
from core.history import Act
from core.records import transition
from core.records.record import Record
from core.records.save import save
from customers.models import Customer
from sales.lifecycle import FIRST, LOST, NEEDS, OFFER, TALKS, WON
from sales.services.kinds import KIND

REASON = "价格高出对手一成，客户改用现有供应商"
RIVALS = ("许继电气", "", "国电南瑞、许继电气", "")


class Plan(NamedTuple):
    """An opportunity: its name, its product with number and price, its stage, days to go."""

    name: str
    product: str
    quantity: int
    price: int
    stage: str
    days: int


PLANS = (
    Plan("站用电源改造", "直流屏", 6, 42_800, TALKS, 12),
    Plan("二期厂房配电", "低压开关柜", 24, 18_600, OFFER, 34),
    Plan("年度备件框架", "断路器", 120, 860, NEEDS, 20),
    Plan("储能示范项目", "储能变流器", 4, 168_000, FIRST, 95),
    Plan("实验室不间断电源", "不间断电源", 3, 56_000, WON, -8),
    Plan("数据中心扩容", "精密配电柜", 10, 73_500, LOST, -20),
    Plan("车间照明节能", "照明控制箱", 16, 4_200, OFFER, 5),
    Plan("光伏并网", "并网柜", 8, 39_900, TALKS, 48),
    Plan("老旧电缆更换", "电力电缆", 2_000, 310, FIRST, 60),
    Plan("备用发电机组", "柴油发电机组", 2, 215_000, WON, -35),
    Plan("智能电表替换", "智能电表", 800, 265, NEEDS, 15),
    Plan("污水站控制系统", "控制柜", 5, 47_000, LOST, -50),
)


def load(now: datetime) -> None:
    """Enter the opportunities of the customers that have been in use the longest."""
    customers = Customer.objects.enabled().filter(department__isnull=False).order_by("pk")
    known = customers.select_related("created_by__unit", "department", "salesperson")
    for number, (plan, customer) in enumerate(zip(PLANS, known, strict=False)):
        _enter(plan, customer, RIVALS[number % len(RIVALS)], now - timedelta(days=60 - number))


def _enter(plan: Plan, customer: Any, rivals: str, at: datetime) -> None:
    by = customer.created_by
    values = {
        "name": plan.name,
        "customer": customer,
        "amount": Decimal(plan.quantity * plan.price),
        "expected_date": (at + timedelta(days=60 + plan.days)).date(),
        "department": customer.department,
        "salesperson": customer.salesperson,
        "competitors": rivals,
        "next_step": "约技术交流" if plan.stage == FIRST else "跟进报价",
    }
    row = {"name": plan.product, "quantity": plan.quantity, "price": Decimal(plan.price)}
    record = Record(values, {"products": [RowInput(None, row)]})
    act = Act(by=by, source="form", reason="", key=None, at=at)
    one = save(KIND, None, record, version=None, submit=False, act=act)
    for turn, move in enumerate(KIND.life.path(plan.stage), 1):
        reason = REASON if move.comment_required else ""
        act = Act(by=by, source="form", reason=reason, key=None, at=at + timedelta(days=9 * turn))
        one = transition.perform(KIND, move.name, one.pk, version=one.version, act=act)
