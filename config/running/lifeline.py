"""How a child learns that the process that looks after it is gone, however that ended.

The parent holds one end of a pipe; when it dies the system closes it, and the child ends itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

NAME = "KEHU_LIFELINE"
PATIENCE = 20.0  # seconds to end in order


class Lifeline:
    """The parent's side: an end that only it holds, and one that children are given."""

    def __init__(self) -> None:
        self.given, self._held = os.pipe()

    def environment(self) -> dict[str, str]:
        """Return the environment that tells a child where its end is."""
        return {**os.environ, NAME: str(self.given)}


def watch() -> None:
    """End this process when the parent is gone: like SIGTERM, later like SIGKILL."""
    number = os.environ.pop(NAME, "")
    if not number.isdecimal():
        return
    with contextlib.suppress(OSError):
        os.set_inheritable(int(number), False)
        threading.Thread(target=_wait, args=(int(number),), name="lifeline", daemon=True).start()


def _wait(end: int) -> None:
    with contextlib.suppress(OSError):
        os.read(end, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)
