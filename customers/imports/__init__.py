"""Customers from a workbook, room by room: each room imports only those to its right.

desk (the one door) > pages > steps > kept > plan > heads > fields; docs/importing.md walks through.
"""
