"""./run as whoever starts and stops it sees it: whatever happens, nothing is left running."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from config.running import supervisor
from tests.architecture.tree import ROOT
from tests.config.running.serving import wait_for

UP = "Ctrl-C stops it."
ADDRESS = "Kehu is at"
MOMENTS = 3
TOUCHED_EVERY = 100  # looks, twenty a second


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
        return answer.status == 200


def is_up(port: int) -> bool:
    with contextlib.suppress(OSError):
        return answers(port)
    return False


def children(var: Path) -> dict[str, list]:
    (file,) = (var / "running").glob("*.json")
    return json.loads(file.read_text())["children"]


def test_it_serves_and_ends_with_all_it_started(start, var, free_port):
    serving = start().until(UP)
    assert answers(free_port)
    assert set(children(var)) >= {"server", "worker"}

    assert serving.end(signal.SIGINT) == 0

    assert serving.left() == []
    assert list((var / "running").glob("*.json")) == []


def test_a_signal_while_the_logins_are_printed_is_obeyed(start):
    serving = start(DEMO="yes").until(ADDRESS)

    assert serving.end() == 0

    assert serving.left() == []
    assert UP not in serving.said


def test_a_signal_at_any_moment_leaves_nothing_running(start, seed):
    dice = random.Random(seed)
    for _ in range(MOMENTS):
        serving = start()
        moment = dice.uniform(0, 6)
        with pytest.raises(subprocess.TimeoutExpired):
            serving.process.wait(timeout=moment)

        serving.end(dice.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP]))

        assert serving.left() == [], f"after {moment} s: {serving.said}"


def test_what_a_killed_one_started_ends_by_itself(start, free_port):
    serving = start().until(UP)

    serving.end(signal.SIGKILL)

    wait_for(lambda: serving.left() == [], serving)
    again = start().until(UP)
    assert answers(free_port)
    assert "An earlier ./run was killed" not in again.said


def test_what_a_killed_one_left_frozen_is_ended_by_the_next(start, var, free_port):
    serving = start().until(UP)
    server = children(var)["server"][0]
    os.kill(server, signal.SIGSTOP)
    serving.end(signal.SIGKILL)

    again = start().until(UP)

    assert f"ending the server it left (process {server})" in again.said
    assert serving.left() == []
    assert answers(free_port)


def test_a_port_served_by_another_one_of_the_folder_is_said(start):
    first = start().until(UP)

    second = start()

    assert second.process.wait(timeout=60) == 1
    assert second.said.count("\n") == 1
    assert f"another ./run of this folder (process {first.process.pid})" in second.said
    assert first.process.poll() is None


def test_two_at_once_on_two_ports_prepare_one_after_the_other(start):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = str(probe.getsockname()[1])
    first, second = start(), start(PORT=other)

    first.until(UP)
    second.until(UP)

    assert "Traceback" not in first.said + second.said


def test_developers_get_a_server_and_a_worker_that_follow_the_code(start, free_port):
    serving = start("dev", DEBUG="1", LOG_LEVEL="INFO").until(UP)

    looks = itertools.count()

    def began_anew() -> bool:
        if next(looks) % TOUCHED_EVERY == 0:  # again: somebody may not have begun to watch
            os.utime(ROOT / "core" / "__init__.py")
        starts = ("Starting development server", "Starting worker")
        return all(serving.said.count(words) > 1 for words in starts)

    wait_for(began_anew, serving)
    wait_for(lambda: is_up(free_port), serving)
    assert serving.end() == 0
    assert serving.left() == []


class Dying:
    """Stands for the household: starts what has died already."""

    returncode = -9

    def start(self, *arguments: str) -> Dying:
        return self

    def forget(self, child: Dying) -> None:
        pass

    def poll(self) -> int:
        return self.returncode


def test_the_pause_before_a_worker_starts_again_grows_and_falls_back(monkeypatch, capsys):
    clock = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock[0])
    worker = supervisor.Worker(Dying())
    pauses = []
    for lived in (0, 0, 0, 0, 0, 0, 0, 0, 61, 0):
        clock[0] += lived
        worker.look_after()
        pauses.append(worker.wait_until - clock[0])
        clock[0] = worker.wait_until
        worker.look_after()

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 1, 2]
    assert "The worker ended with -9; again in 60 s." in capsys.readouterr().out
