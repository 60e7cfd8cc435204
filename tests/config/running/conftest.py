"""A folder with a migrated database, and what is started in it."""

from __future__ import annotations

import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import migrated
from tests.config.running.serving import Serving, manage

PERSON = (
    "from core.models import User;"
    "User.objects.create_user('liwenjing', display_name='x', password='correct horse')"
)


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder: tables, static files and one person, so that starting in it is quick."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("without /proc nobody can tell what is left running")
    folder = tmp_path_factory.mktemp("running") / "var"
    folder.mkdir()
    with suppress(FileNotFoundError):  # nothing is left to migrate where this is there
        shutil.copyfile(migrated.kept(), folder / "kehu.sqlite3")
    assert manage(folder, "migrate", "--verbosity", "0").returncode == 0
    assert manage(folder, "shell", "--command", PERSON).returncode == 0
    return folder


@pytest.fixture
def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(var: Path, free_port: int) -> Iterator[Callable[..., Serving]]:
    """Start serving in the folder: `start("dev", DEMO="1")`; in the end nothing is left of it."""
    begun: list[Serving] = []

    def make(*arguments: str, **more: str) -> Serving:
        begun.append(Serving(var, *arguments, **{"PORT": str(free_port)} | more))
        return begun[-1]

    yield make
    for serving in begun:
        if serving.process.poll() is None:
            serving.process.send_signal(signal.SIGKILL)
        serving.clear()
