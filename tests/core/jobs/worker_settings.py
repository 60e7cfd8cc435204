"""The real settings for worker processes of tests: the counting job, and leases of a second."""

import gc
import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.jobs.apps.EffectsConfig"]
JOB_BEAT = 0.2
JOB_LEASE = float(os.environ.get("KEHU_TEST_LEASE", "1.5"))
JOB_SWEEP = 0.3
JOB_MEND = 0.5
JOB_PAUSE, JOB_LONGEST_PAUSE = 0.3, 1.0
if os.environ.get("KEHU_TEST_BEATS") == "0":  # after its first beat the heart writes nothing
    JOB_BEAT = JOB_SWEEP = JOB_MEND = 3600
if options := DATABASES["default"]["OPTIONS"].get("options"):
    # PostgreSQL lets go of a worker that is frozen in a transaction: here after 2 s, not 30.
    idle = "idle_in_transaction_session_timeout"
    assert f"{idle}=30s" in options
    DATABASES["default"]["OPTIONS"]["options"] = options.replace(f"{idle}=30s", f"{idle}=2s")
# Many small chunks, so that there is something to interrupt.
IMPORT_CHUNK = 10
# A worker of a test lives for seconds; a quarter of its start was looking for garbage.
gc.set_threshold(20_000)
