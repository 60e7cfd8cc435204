"""The life of change requests of customers: the common one, by the rights of this app."""

from core.records.changes import request

LIFE = request.life("customer-change", "customers", "change")
