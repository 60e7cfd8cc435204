"""Makes files of an import out of plain lists, and walks them through the pure pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from core.records import plain
from core.records.names import Names
from core.workbook.cells import Cell
from customers.imports.fields import targets
from customers.imports.fields.issues import Issue
from customers.imports.fields.vocabulary import Vocabulary, guessing
from customers.imports.heads import headers
from customers.imports.heads.layout import Layout, Remembered, SheetHead
from customers.imports.heads.memory import Answer
from customers.imports.plan.documents import Collector
from customers.imports.plan.planner import Planner
from customers.imports.plan.plans import Document, Known, Options, Planned, Snapshot
from customers.imports.plan.values import Parser

Sheets = Mapping[str, Sequence[Sequence[Cell]]]


def value(pk: int, code: str, name: str, **more: Any) -> SimpleNamespace:
    """Give something like a reference value."""
    return SimpleNamespace(pk=pk, code=code, name=name, is_active=more.pop("active", True), **more)


def vocabulary() -> Vocabulary:
    """Give a few values of every kind."""
    types = Names([value(1, "JS", "经销商", kind="company"), value(2, "GR", "个人", kind="person")])
    units = guessing([value(1, "T1", "销售一部"), value(2, "T2", "销售二部")], "unit")
    regions = guessing(
        [
            value(1, "110000", "北京市"),
            value(2, "110105", "朝阳区"),
            value(3, "220104", "朝阳区"),
            value(4, "990000", "旧地区", active=False),
        ],
        "region",
    )
    tags = Names([value(1, "VIP", "长期合作"), value(2, "HI", "高消费"), value(3, "AB", "甲、乙")])
    other = Names([value(1, "CNY", "人民币"), value(2, "USD", "美元")])
    own = {
        "customers.customer_type": types,
        "customers.department": units,
        "customers.region": regions,
        "customers.tags": tags,
    }
    return Vocabulary(
        {
            key: own.get(key, other)
            for key, target in targets.by_key().items()
            if target.kind in (plain.REFERENCE, plain.TAGS)
        }
    )


def layout_of(sheets: Sheets, memory: Remembered | None = None) -> Layout:
    """Understand the heads of a file."""
    heads = [
        SheetHead(index, name, list(enumerate(rows, start=1)))
        for index, (name, rows) in enumerate(sheets.items())
    ]
    return headers.recognise(heads, memory or {})


class Walk:
    """A file on its way: layout, issues so far, documents."""

    def __init__(
        self, sheets: Sheets, answers: Mapping[str, Mapping[str, Answer]] | None = None
    ) -> None:
        self.layout = layout_of(sheets)
        self.vocabulary = vocabulary()
        parser = Parser(self.layout.by_index, self.vocabulary, answers or {})
        collector = Collector(self.layout.by_index)
        self.issues: list[Issue] = list(self.layout.issues)
        for index, rows in enumerate(sheets.values()):
            parsed = parser.parse(index, range(1, len(rows) + 1), rows)
            self.issues += parsed.issues
            collector.add(parsed)
        self.issues += collector.finish()
        self.documents: list[Document] = list(collector.documents())

    def plans(
        self, known: Known | None = None, rights: Any = None, **options: Any
    ) -> list[Planned]:
        """Plan every document with everything allowed, unless said otherwise."""
        chosen = Options(given=self.layout.given, **options)
        planner = Planner(self.layout, chosen, rights or Everything(), self.vocabulary)
        return [planner.plan(document, known or Known()) for document in self.documents]

    def errors(self) -> list[tuple[str, str]]:
        """Give (cell, kind) of every error so far."""
        return [(issue.cell, issue.kind) for issue in self.issues if issue.is_error]


class Everything:
    """May change all fields."""

    def problem(self, sheet: str, name: str, current: Snapshot | None) -> str:
        """Give nothing against it."""
        return ""
