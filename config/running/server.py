"""Gunicorn's settings: `gunicorn --config python:config.running.server`.

What an administrator may want to change is named in docs/operations.md.
"""

import gc
from typing import Any

from config.running import lifeline

wsgi_app = "config.wsgi"
worker_class = "config.running.patient.Worker"
workers, threads = 2, 4
timeout = 60
# Shorter than the ten seconds after which ./run ends what is left.
graceful_timeout = 8
loglevel = "warning"
control_socket_disable = True
# patient.py bounds the headers as a whole; what an address may hold is said by our own pages.
limit_request_line = 0


def post_worker_init(worker: Any) -> None:
    """Leave out of every later collection what was loaded: it stays as long as the process."""
    gc.collect()
    gc.freeze()


def on_starting(server: Any) -> None:
    """End with the ./run that started us."""
    lifeline.watch()
