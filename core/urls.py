"""Addresses of signing in, own settings and people."""

from django.urls import path

from core.views import choose, kept, session, user

app_name = "core"

urlpatterns = [
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("password/", session.password, name="password"),
    path("preferences/", session.preferences, name="preferences"),
    path("display/", session.display, name="display"),
    path("language/", session.language, name="language"),
    path("kept/", kept.save, name="kept-save"),
    path("kept/token/", kept.token, name="kept-token"),
    path("kept/<int:pk>/", kept.show, name="kept-show"),
    path("kept/<int:pk>/discard/", kept.discard, name="kept-discard"),
    path("choose/<str:source>/", choose.show, name="choose"),
    path("settings/users/", user.listing, name="user-list"),
    path("settings/users/add/", user.add, name="user-add"),
    path("settings/users/<int:pk>/", user.edit, name="user-edit"),
    path("settings/users/<int:pk>/toggle/", user.toggle, name="user-toggle"),
    path("settings/users/<int:pk>/password/", user.password, name="user-password"),
]
