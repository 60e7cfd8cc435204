"""Addresses of signing in, own settings and people."""

from django.urls import path

from core.views import session, user

app_name = "core"

urlpatterns = [
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("password/", session.password, name="password"),
    path("preferences/", session.preferences, name="preferences"),
    path("display/", session.display, name="display"),
    path("language/", session.language, name="language"),
    path("settings/users/", user.listing, name="user-list"),
    path("settings/users/add/", user.add, name="user-add"),
    path("settings/users/<int:pk>/", user.edit, name="user-edit"),
    path("settings/users/<int:pk>/toggle/", user.toggle, name="user-toggle"),
    path("settings/users/<int:pk>/password/", user.password, name="user-password"),
]
