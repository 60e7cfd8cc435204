"""Addresses of signing in, own settings and people."""

from django.urls import path

from core.views import session

app_name = "core"

urlpatterns = [
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("password/", session.password, name="password"),
    path("preferences/", session.preferences, name="preferences"),
    path("display/", session.display, name="display"),
    path("language/", session.language, name="language"),
]
