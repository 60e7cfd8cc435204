"""Fixtures of tests with several processes: a crew of workers, and imports that need one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core.jobs.processes import Workers, workers


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Workers]:
    """Workers that end with the test."""
    with workers(tmp_path) as crew:
        yield crew


@pytest.fixture
def in_worker(settings: Any) -> Callable[[], None]:
    """From now on even the smallest import is left to the worker."""

    def switch() -> None:
        settings.IMPORT_REQUEST_SECONDS = 0

    return switch
