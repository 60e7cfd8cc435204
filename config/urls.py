"""The root addresses: the health probe, the support site, then the apps.

Says where things are; what a page does is in the apps' own urls.py.
"""

from django.contrib import admin
from django.urls import include, path

from core.views import health

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"

urlpatterns = [
    path("healthz", health.show),
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
    path("", include("customers.urls")),
    path("", include("sales.urls")),
]
