"""Real Chromium on a live server: who opens a page, how wide, with or without script.

Every page is watched: an error in the console, a report of the content security policy or an
answer of 500 fails the test that caused it, when the test is over.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core.models import User
from tests.e2e.watch import Watch

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:
    sync_playwright = None  # type: ignore[assignment]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE, SMALL_PHONE = (1440, 900), (390, 844), (360, 740)
PATIENCE = 15_000


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; without one the test is skipped, with REQUIRE_E2E=1 it fails."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    reason = ""
    if sync_playwright is None:
        reason = "playwright is not installed (./run test installs it)"
    elif path is None:
        reason = f"none of {', '.join(BROWSERS)} is on the PATH"
    if reason and os.environ.get("REQUIRE_E2E") == "1":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)
    return str(path)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all journeys; its event loop must not keep Django from the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a page of a fresh browser profile: `open_page(script=False, size=PHONE)`."""
    contexts, watches = [], []

    def make(*, script: bool = True, size: tuple[int, int] = DESKTOP, **more: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=script,
            viewport={"width": size[0], "height": size[1]},
            **more,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page))
        return page

    yield make
    for watch in watches:
        watch.wait_until_quiet()
    for context in contexts:
        context.close()
    found = [line for watch in watches for line in watch.found]
    assert found == [], "\n".join(found)


@pytest.fixture
def as_user(open_page: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """Open a page of somebody who has signed in: `as_user(clerk, script=False)`."""

    def make(user: User, **over: Any) -> Page:
        client = Client()
        client.force_login(user)
        page = open_page(**over)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return page

    return make


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Both worlds: with JavaScript and without."""
    return request.param
