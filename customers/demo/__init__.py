"""Invented customers of an invented company, for demonstrations and measurements.

Pure and deterministic but for loading.py, which writes them through the services.
"""
