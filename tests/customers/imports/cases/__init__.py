"""Small files as other programs and people write them; table.py says what each has to give."""
