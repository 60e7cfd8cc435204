"""Named places where a test lets a process die, freeze, fail or sleep; without FAULT, nothing.

FAULT=kill|stop|raise|sleep@NAME:N strikes when the place is passed for the Nth time.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

SLEEP = 3600.0
_FORM = re.compile(r"(kill|stop|raise|sleep)@([\w.]+):([1-9]\d*)")


class Fault(RuntimeError):
    """What `raise@…` raises."""


class _Plan:
    def __init__(self, text: str) -> None:
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError(f"FAULT is {text!r}; write kill|stop|raise|sleep@NAME:N.")
        self.action, self.name, self.left = found[1], found[2], int(found[3])


def _of_environment() -> _Plan | None:
    """Give the plan of the environment; a wrong one stops the start, as any wrong variable does."""
    try:
        return _Plan(os.environ["FAULT"]) if os.environ.get("FAULT") else None
    except ValueError as problem:
        raise SystemExit(f"Kehu cannot start: {problem}") from None


_plan = _of_environment()


def point(name: str) -> None:
    """Pass a named place; raises Fault, sleeps, kills or freezes the process if FAULT asks."""
    if _plan is None or _plan.name != name:
        return
    _plan.left -= 1
    if _plan.left != 0:
        return
    if _plan.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if _plan.action == "stop":  # all threads stand still until SIGCONT, which goes on from here
        signal.raise_signal(signal.SIGSTOP)
        return
    if _plan.action == "raise":
        raise Fault(name)
    time.sleep(SLEEP)


@contextmanager
def armed(text: str) -> Iterator[None]:
    """Act inside the block as if FAULT were `text`. Raises ValueError if it cannot be read."""
    global _plan
    before, _plan = _plan, _Plan(text)
    try:
        yield
    finally:
        _plan = before
