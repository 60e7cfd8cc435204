"""The addresses of the sales app."""

from core.views import record_urls
from sales import registers

app_name = "sales"
urlpatterns = record_urls.urls(registers.REGISTER)
