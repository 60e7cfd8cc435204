"""Parcels are tried on a site of their own: see tests/core/test_records_alone.py."""

from tests.conftest import IS_ALONE

collect_ignore_glob = [] if IS_ALONE else ["test_*.py"]
