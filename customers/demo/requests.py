"""What people asked to change of customers in use: what waits, came back, holds, or was withdrawn.

Pure; the requests are made and decided one by one through the services.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from customers.demo import company, story, words

CLERK, FINANCE, REVIEWER = "liwenjing", "sunyue", "chensiyuan"


@dataclass(frozen=True)
class Turn:
    """What became of a request: a move, who made it how many hours ago, and why."""

    move: str
    by: str
    hours: float
    reason: str = ""
    pinned: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request about a customer by name; `city` is where its new account is, "" for none.

    Where it waits for its day, that is the first of the next month.
    """

    name: str
    by: str
    hours: float
    reason: str
    values: dict[str, Any] = field(default_factory=dict)
    city: str = ""
    waits: bool = False
    turns: tuple[Turn, ...] = ()

    def holds_from(self, now: datetime) -> date | None:
        """Give the day from which it holds, where it waits for one."""
        return (
            (now.date().replace(day=1) + timedelta(days=32)).replace(day=1) if self.waits else None
        )

    def accounts(self) -> Iterator[dict[str, Any]]:
        """Give the new account, which is the one to pay from."""
        if self.city:
            random = Random(f"{story.SEED} {self.name} {self.reason}")
            [made] = company.accounts(random, words.BY_NAME[self.city], self.name, 1)
            yield {**made, "is_default": True}


ALL = (
    Asked(
        "西安秦岭新能源装备股份有限公司", FINANCE, 310, "客户来函：发票抬头加注分公司。",
        {"invoice_title": "西安秦岭新能源装备股份有限公司高新分公司"},
        turns=(Turn("approve", REVIEWER, 286),),
    ),
    Asked(
        "苏州澜舟计量技术有限公司", CLERK, 170, "客户告知即将更名。",
        {"name": "苏州澜舟智能计量技术有限公司"},
        turns=(Turn("withdraw", CLERK, 166, "客户推迟更名，下季度再办。"),),
    ),
    Asked(
        "广州粤海通达供应链有限公司", FINANCE, 76, "年度授信复核：账期内两次逾期，下调额度。",
        {"credit_limit": Decimal("500000.00"), "credit_days": 45}, waits=True,
        turns=(Turn("approve", REVIEWER, 52),),
    ),
    Asked(
        "青岛琴岛海洋食品有限公司", CLERK, 47, "客户改制为股份有限公司。",
        {"name": "青岛琴岛海洋食品股份有限公司"},
        turns=(
            Turn(
                "return", REVIEWER, 27, "信息有误：与营业执照不一致，请核对。",
                {"name": "营业执照上是“青岛琴岛海洋食品集团有限公司”，请核对后再提交。"},
            ),
        ),
    ),
    Asked(
        "上海澜舟精密仪器有限公司", FINANCE, 23, "客户来函：收款改用新开的基本户，已电话回访核实。",
        city="上海",
    ),
    Asked(
        "深圳市蔚然电子有限公司", FINANCE, 5.5, "年度授信复核：近 12 个月回款及时，上调额度。",
        {"credit_limit": Decimal("1800000.00"), "credit_days": 90},
    ),
    Asked(
        "南京钟山自动化设备有限公司", CLERK, 2.6, "客户已完成工商更名，新营业执照已收到。",
        {"name": "南京钟山智能装备有限公司"},
    ),
)  # fmt: skip
