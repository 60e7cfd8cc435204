"""The addresses of the sales app."""

from django.urls import path

from core.views import record_urls
from sales import registers
from sales.views import opportunity

app_name = "sales"
urlpatterns = [
    *record_urls.urls(registers.OPPORTUNITY),
    path("opportunities/add/", opportunity.add, name="opportunity-add"),
    path("opportunities/<int:pk>/edit/", opportunity.edit, name="opportunity-edit"),
]
