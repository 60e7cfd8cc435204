"""Records leave as files: what the list shows, made part by part, and written down."""
