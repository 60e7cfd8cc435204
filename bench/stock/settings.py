"""Our settings with Django's own admin and middleware as `startproject` writes them."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OURS
from config.settings import STORAGES as STORED

INSTALLED_APPS = [
    "django.contrib.admin" if app == "core.apps.SupportConfig" else app
    for app in OURS
    if app not in {"axes", "csp"}
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTHENTICATION_BACKENDS = ["core.access.RoleBackend"]
ROOT_URLCONF = "bench.stock.urls"
STORAGES = STORED | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
