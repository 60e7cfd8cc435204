"""Language, time zone, prefix and connections are kept for each thread, where Django looks."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.core.cache import caches
from django.db import connections
from django.urls import base
from django.utils import timezone, translation

from core.threads import PLACES


def test_django_looks_where_they_are_kept() -> None:
    kept = {(owner, name): getattr(owner, name) for owner, name in PLACES}

    assert all(type(one) is threading.local for one in kept.values())
    with translation.override("en"), timezone.override("Asia/Tokyo"):
        (language, zone, *_rest) = kept.values()
        assert language.value.to_language() == "en"
        assert str(zone.value) == "Asia/Tokyo"
    assert base.get_script_prefix() == "/"
    assert caches["default"] is caches._connections.default
    assert connections["default"] is connections._connections.default


def test_another_thread_has_its_own() -> None:
    with translation.override("en"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(translation.get_language).result() == "zh-hans"
        assert pool.submit(lambda: connections["default"]).result() is not connections["default"]
