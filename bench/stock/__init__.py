"""A stock Django admin over the same tables, to compare with; never part of the product."""
