"""Core works for a kind of record without any app of the product: a site that has parcels only."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.skipif(
    settings.ROOT_URLCONF == "tests.parcel.urls", reason="this is that site"
)


def test_parcels_pass_their_tests_alone(db):
    """Runs them in a process of its own, on the same kind of database."""
    mine = ("-q", "-p", "no:cacheprovider", "tests/parcel", "tests/core/records")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.parcel.settings"}
    env.pop("KEHU_SHARE", None)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *mine], cwd=ROOT, env=env, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
