"""The real settings for worker processes of tests: the counting job, and leases of a second."""

import gc

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.jobs.apps.EffectsConfig"]
JOB_BEAT = 0.2
JOB_LEASE = 1.5
JOB_SWEEP = 0.3
# Many small chunks, so that there is something to interrupt.
IMPORT_CHUNK = 10
# A worker of a test lives for seconds; a quarter of its start was looking for garbage.
gc.set_threshold(20_000)
