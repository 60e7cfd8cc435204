"""What every test of jobs begins with: kinds of jobs that leave traces, and a way to make one."""

from collections.abc import Callable
from typing import Any

import pytest

from core import extend, jobs
from core.models import Job
from tests.core.jobs import effects


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the kinds of the tests known, and forget them afterwards."""
    monkeypatch.setattr(extend, "_job_kinds", dict(extend.job_kinds()))
    effects.register()


@pytest.fixture
def make(clerk: Any) -> Callable[..., Job]:
    """Enqueue a job that writes so many rows: `make(90, fail_at=70)`."""

    def make(total: int = 30, **params: Any) -> Job:
        return jobs.enqueue(effects.KIND, {"total": total, **params}, by=clerk)

    return make
