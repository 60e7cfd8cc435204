"""Django's SQLite with the changes that our settings of it need."""
