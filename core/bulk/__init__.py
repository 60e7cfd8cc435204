"""The private room of core/saving.py, where rows are written; everybody else enters by saving.

Nothing here is a model instance: values go in, rows go out, each table in one statement. One row
is written as many are.
"""
