"""Documents, tables and numbers in words: how results show themselves; it knows no law."""
