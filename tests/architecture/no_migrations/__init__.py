"""No migrations: what test_migrations shows to its check."""
