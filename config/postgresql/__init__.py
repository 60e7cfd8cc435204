"""Django's PostgreSQL with the one change that repeating a cut request needs."""
