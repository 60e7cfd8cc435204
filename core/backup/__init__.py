"""One file that holds all of Kehu - database, secret key, stored files - and the way back from it.

Works on files and databases as a whole; knows nothing of what is in them.
"""
