"""Customers from a workbook: headers, values, documents and plan, without a query or a write.

Only lookups.py reads the database; who stores, writes or shows the outcome stands elsewhere.
"""
