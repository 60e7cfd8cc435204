"""Rules are tested on their English sentences; the translations have tests of their own."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english(_known_start: None) -> Iterator[None]:
    with translation.override("en"):
        yield
