"""The addresses of a site that has parcels only."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from core.access import requires
from core.views import health, record_urls
from tests.parcel import register

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"


@requires("parcel.add_parcel", "parcel.change_parcel")
def entry(request, pk=None):
    """Stands where the form will."""
    return HttpResponse()


pages = [
    path("parcels/add/", entry, name="parcel-add"),
    path("parcels/<int:pk>/edit/", entry, name="parcel-edit"),
    *record_urls.urls(register.PARCEL),
]
urlpatterns = [
    path("healthz", health.show),
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
    path("", include((pages, "parcel"))),
]
