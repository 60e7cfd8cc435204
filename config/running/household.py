"""The processes of one ./run: started, waited for, and ended together, whatever happens.

A signal is only noted and obeyed between two steps, so that no child is started and forgotten.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from config.running.lifeline import Lifeline
from config.running.records import Record

WINDOWS = os.name == "nt"
PATIENCE = 10.0
STEP = 0.1

Process = subprocess.Popen[bytes]


class Ended(Exception):  # noqa: N818 - not an error
    """Somebody asked us to end."""


class Household:
    """Everything that this ./run has started and that still runs."""

    def __init__(self, record: Record) -> None:
        self._record, self._lifeline = record, Lifeline()
        self._children: list[Process] = []
        self._signals = 0

    def obey_signals(self) -> None:
        """Note SIGINT, SIGTERM and SIGHUP from now on; what is ignored (nohup) stays so."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._note)

    def start(self, name: str, *arguments: str, fds: Sequence[int] = ()) -> Process:
        """Start .venv's Python in a group of its own: Ctrl-C reaches it through us alone, once."""
        self.pause(0)
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments],
            start_new_session=not WINDOWS,
            env=self._lifeline.environment(),
            pass_fds=() if WINDOWS else (self._lifeline.given, *fds),
        )
        self._children.append(child)
        self._record.note(name, child.pid)
        return child

    def call(self, name: str, *arguments: str) -> None:
        """Start it and wait for its end. Raises SystemExit when it fails: it has said why."""
        child = self.start(name, *arguments)
        while child.poll() is None:
            self.pause(STEP, child)
        self.forget(child)
        if child.returncode:
            sys.exit(child.returncode if child.returncode > 0 else 1)

    def forget(self, child: Process) -> None:
        """Leave out a child that has ended."""
        self._children.remove(child)

    def pause(self, seconds: float, child: Process | None = None) -> None:
        """Wait a little, no longer than the child lives. Raises Ended when a signal came."""
        if not self._signals and child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(seconds)
        elif not self._signals and seconds:
            time.sleep(seconds)
        if self._signals:
            raise Ended

    def end(self) -> None:
        """End all: politely, after ten seconds or another signal for certain."""
        told = self._signals
        deadline = time.monotonic() + PATIENCE
        for child in self._children:
            if child.poll() is None:
                child.terminate()
        for child in self._children:
            while child.poll() is None and time.monotonic() < deadline and self._signals == told:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(STEP)
            _kill(child)
        self._children.clear()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1


def _kill(child: Process) -> None:
    """End for certain what is left of a child and of those it started."""
    if WINDOWS:
        child.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
