"""The entry point for web servers.

Marks the process as a web process, so that the database cuts slow statements off.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ["KEHU_PROCESS"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
