"""Fields of many records set at once, in rooms: job > work, choice_form, shown > kept.

Selected and frozen, chosen, looked at, written, taken back: each block of records by itself.
"""
