"""The addresses of a site that has parcels only."""

from django.contrib import admin
from django.urls import include, path

from core.views import health, record_urls
from tests.parcel import register

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"

urlpatterns = [
    path("healthz", health.show),
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
    path("", include((record_urls.urls(register.REGISTER), "parcel"))),
]
