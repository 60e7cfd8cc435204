"""The real settings with the few differences that tests need.

Every test process has a directory of its own for its database: several can run side by side.
"""

import atexit
import importlib.util
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="kehu-tests-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["KEHU_VAR"] = _FOLDER
for _name in ("DEBUG", "DEMO", "HTTPS", "ALLOWED_HOSTS", "SECRET_KEY", "CSRF_TRUSTED_ORIGINS"):
    os.environ.pop(_name, None)
os.environ.setdefault("LOG_LEVEL", "WARNING")

from config.settings import *  # noqa: E402, F403
from config.settings import (  # noqa: E402
    ALLOWED_HOSTS,
    INSTALLED_APPS,
    MIDDLEWARE,
    STATIC_ROOT,
    STORAGES,
)

# However slow the machine, an import of a test is done in its request; others ask for the worker.
IMPORT_REQUEST_SECONDS = 600.0

STATIC_ROOT.mkdir()  # whitenoise warns when it is missing

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
# Argon2 is slow on purpose; test_settings proves that the site itself uses it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Names with a hash exist only after collectstatic.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# Tests of the throttle switch it on; elsewhere one test's wrong passwords must not lock another's.
AXES_ENABLED = False
# A page that asks the database again for every row fails its test.
if importlib.util.find_spec("zeal"):
    INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
    MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
    # Django itself reads a session once more to end it; two moves in one step read a record twice.
    ZEAL_ALLOWLIST = [
        # A job goes through a file block by block, a query or two for each thousand rows.
        {"model": "customers.Import*"},
        # A write that is refused is followed by a new check in the same request.
        {"model": "core.Job", "field": "get()"},
        {"model": "sessions.Session"},
        {"model": "customers.Customer", "field": "get()"},
    ]
