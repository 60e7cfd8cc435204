"""A small application and quick times, to try the server without Django.

Used by gunicorn in a process of its own: `--config python:tests.config.running.echo`.
"""

import hashlib

from config.running import patient
from config.running.server import *  # noqa: F403

wsgi_app = "tests.config.running.echo:answer"
patient.HEAD_TIME = patient.BODY_TIME = patient.SEND_TIME = 2.0
patient.LARGEST_BODY = 5_000_000
LONG = 30_000_000


def answer(environ, start_response):
    """Tell the length and the hash of the body; /long is more than a socket holds."""
    body = environ["wsgi.input"].read()
    told = f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()
    if environ["PATH_INFO"] == "/long":
        told = b"x" * LONG
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
