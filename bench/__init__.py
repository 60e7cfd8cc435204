"""Measurements of Kehu: data, lists, pages. README.md has the commands and the results."""

import os

os.environ.setdefault("KEHU_PROCESS", "command")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
