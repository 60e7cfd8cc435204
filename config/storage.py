"""How static files are kept: compressed, and named after their content for browsers' caches.

Used when the site serves them; tests and DEBUG use Django's plain storage.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports inside JavaScript modules to the names with a hash."""

    support_js_module_import_aggregation = True
