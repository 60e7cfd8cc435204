"""How tests set fields of many customers: frozen, chosen, looked at, carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core import saving, verify
from core.models import BulkEdit
from core.records.bulk_edit import job, kept, proof
from customers.services.aggregates import REFERENCE
from customers.services.kinds import KIND
from tests.cast import act_by


def set_to(value: Any) -> dict[str, Any]:
    """Say that a field gets a value, references by their keys."""
    return {"way": kept.SET, "value": getattr(value, "pk", value)}


def tags(way: str, *chosen: Any) -> dict[str, Any]:
    """Say what becomes of the tags."""
    return {"way": way, "value": [one.pk for one in chosen]}


def outcome_of(edit: BulkEdit) -> dict[int, kept.Done]:
    """Give what came of each record by its key."""
    edit.refresh_from_db()
    return {one.pk: one for one in kept.outcomes(edit)}


def findings() -> list[str]:
    """Say where edits do not tell what the history tells."""
    tally = verify.Tally("bulk edits")
    proof.check_edits(tally)
    return tally.findings


@pytest.fixture(autouse=True)
def _proven(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, its edits tell what the history tells."""
    yield
    assert not request.node.get_closest_marker("django_db") or findings() == []


@pytest.fixture
def look() -> Callable[..., BulkEdit]:
    """Freeze some records as they are and look at what would come of an edit."""

    def look(user: Any, records: Any, *, kind: Any = KIND, reason: str = "", **choice: Any) -> Any:
        edit = kept.freeze(kind, [(one.pk, one.version) for one in records], by=user)
        job.choose(edit, choice, reason)
        edit.refresh_from_db()
        return edit

    return look


@pytest.fixture
def carry_out(look: Callable[..., BulkEdit]) -> Callable[..., BulkEdit]:
    """Set fields of some records, as they are now."""

    def carry_out(user: Any, records: Any, **more: Any) -> BulkEdit:
        edit = look(user, records, **more)
        job.write(edit, look=edit.job_id or 0)
        edit.refresh_from_db()
        return edit

    return carry_out


@pytest.fixture
def successor(world: Any, system_user: Any) -> Any:
    """Who takes over the customers of the first department."""
    values = {"code": "T3", "name": "王海涛", "unit": world.units.first}
    return saving.create(REFERENCE["salesperson"], values, act=act_by(system_user))
