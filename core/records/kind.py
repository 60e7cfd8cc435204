"""A kind of record, as data and names of functions: its pages are made from it, each written once.

It holds no option that switches behaviour: a page that needs more than its kind says is written by
hand in the app, or is a template of the app's own in the place of the common one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse

from core.aggregate import Aggregate
from core.listing import Listing
from core.workflow import Workflow

# A person -> cells by column, as core.templatetags.ui_list makes them.
Cells = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of record; `app` and `stem` name its addresses, templates and permissions.

    `place` is where its addresses begin, `title` heads its list, and `cells(user)` gives by
    column the cells that show more than their field.
    """

    app: str
    stem: str
    place: str
    title: Any
    icon: str
    aggregate: Aggregate
    life: Workflow
    listing: Listing
    cells: Cells

    @property
    def model(self) -> type[models.Model]:
        """The table of its roots."""
        return self.aggregate.root

    @property
    def label(self) -> str:
        """How people call one of them."""
        return str(self.model._meta.verbose_name)

    @property
    def plural(self) -> str:
        """How people call many of them."""
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def moving(self) -> tuple[str, ...]:
        """The permissions of which any one allows some move."""
        return tuple(sorted({move.permission for move in self.life.transitions}))

    def right(self, verb: str) -> str:
        """Give the permission to do something with them: view, add, change, export …"""
        return f"{self.app}.{verb}_{self.stem}"

    def url(self, page: str, *args: Any) -> str:
        """Give the address of one of its pages. Raises NoReverseMatch if there is none."""
        return reverse(f"{self.app}:{self.stem}-{page}", args=args)

    def templates(self, page: str) -> list[str]:
        """Give the app's own template of a page, then the common one."""
        return [f"{self.app}/{self.stem}/{page}.html", f"record/{page}.html"]

    def seen_by(self, user: Any) -> Any:
        """Give the records that a person may see."""
        return self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
