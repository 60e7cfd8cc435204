"""The project: settings, root addresses and the server's entry point.

Reads the environment; holds no business rule and no view.
"""
