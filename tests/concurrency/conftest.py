"""Fixtures of tests with several processes: a crew of workers, and imports that need one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customers.imports import steps
from tests.core.jobs.processes import Workers, workers


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Workers]:
    """Workers that end with the test."""
    with workers(tmp_path) as crew:
        yield crew


@pytest.fixture
def in_worker(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on even the smallest import is left to the worker."""

    def switch() -> None:
        monkeypatch.setattr(steps, "SMALL_BYTES", 0)
        monkeypatch.setattr(steps, "SMALL_CUSTOMERS", 0)

    return switch
