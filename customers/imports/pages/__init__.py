"""What pages show of an import and what people answer on them: columns, words, rows, results.

They read what the steps stored and ask steps for what is to be done; nothing is judged here.
"""
