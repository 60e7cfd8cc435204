"""Workers that come one after the other and die where FAULT says (argument: how many).

They are forked from a process that has loaded everything and no connection: each begins at once.
"""

from __future__ import annotations

import os
import signal
import sys

import django


def main(times: int) -> None:
    """Let so many workers die."""
    django.setup()
    from core.jobs.worker import Worker

    child = 0

    def end(*_signal: object) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for _death in range(times):
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            Worker(interval=0.05).run()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        print("died" if os.WIFSIGNALED(status) else "ended", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
