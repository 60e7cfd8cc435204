"""The steps of an import: read, check, check again, write, take back; each is a job that can die.

Only here is the database asked and written for the sake of customers; what to do is planned below.
"""
