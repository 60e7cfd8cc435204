"""A disk that is really full, under a real Kehu, and room again: nobody has to restart anything."""

from __future__ import annotations

import contextlib
import http.cookiejar
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from core.probe import GOOD_FOR
from tests.config.running.serving import Serving

SIZE = 40 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path, var):
    """A copy of the folder on a disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        shutil.copytree(var, place / "var", ignore=shutil.ignore_patterns("running"))
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


class Browser:
    """Somebody with cookies."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def ask(self, path: str, **fields: str) -> tuple[int, str]:
        """Return status and page; with fields a form is sent."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self._opener.open(self._address + path, body, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def fill(place) -> None:
    with contextlib.suppress(OSError), (place / "filler").open("wb", buffering=0) as file:
        for size in (65536, 512):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)


def test_a_full_disk_is_told_and_room_is_enough_to_go_on(small_disk, free_port):
    serving = Serving(small_disk / "var", PORT=str(free_port))
    try:
        serving.until("Ctrl-C")
        somebody = Browser(free_port)
        assert somebody.ask("/healthz")[0] == 200
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', somebody.ask("/login/")[1])[1]
        form = {"csrfmiddlewaretoken": token, "username": "liwenjing", "password": "correct horse"}

        fill(small_disk)
        time.sleep(GOOD_FOR)  # what the probe found good a moment ago
        assert somebody.ask("/healthz")[0] == 503
        status, page = 0, ""
        for _ in range(40):  # what is left of the log file may take a few
            status, page = somebody.ask("/login/", **form | {"password": "wrong"})
            if status == 503:
                break
        assert status == 503, page
        assert 'name="username" value="liwenjing"' in page

        (small_disk / "filler").unlink()
        assert somebody.ask("/healthz")[0] == 200
        assert somebody.ask("/login/", **form)[1].count('name="password"') == 0
    finally:
        serving.end()
        serving.clear()
