"""What each customer of a file would become: values, documents, matches, plans. Pure."""
