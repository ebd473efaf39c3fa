"""NOUNS: frozen values that the rest of the program reasons about. No I/O, no clock."""
