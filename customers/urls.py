"""The addresses of the customers app: one line per view, grouped by stem."""

from django.urls import URLPattern

app_name = "customers"
urlpatterns: list[URLPattern] = []
