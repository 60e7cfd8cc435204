"""Business rules of customers as pure functions: values in, stored forms or problems out.

No query, no model and no request in this package; it may use core.text and nothing else of Kehu.
"""
