"""What ./run does once everything is installed: prepare, start server and worker, look after them.

Runs in a process of its own, beside those it starts; knows nothing of what they do.
"""
