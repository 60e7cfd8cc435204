"""The settings of a site that has parcels only: core without any app of the product."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

PRODUCT = ("customers", "sales")
INSTALLED_APPS = [
    *(name for name in INSTALLED_APPS if name.partition(".")[0] not in PRODUCT),
    "tests.parcel.apps.ParcelConfig",
]
ROOT_URLCONF = "tests.parcel.urls"
LOGIN_REDIRECT_URL = "parcel:parcel-list"
ZEAL_ALLOWLIST = []
if "postgresql" in DATABASES["default"]["ENGINE"]:  # beside that of a session around this one
    DATABASES["default"].setdefault("TEST", {})["NAME"] = "test_parcels"
