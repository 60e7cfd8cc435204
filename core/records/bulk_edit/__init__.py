"""Fields of many records set at once: job > restoring > work > moved; choice_form, shown > kept.

Selected and frozen, chosen, looked at, written, taken back: each block of records by itself.
"""
