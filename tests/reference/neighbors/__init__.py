"""A second, plain computation of the statutes beside the formula.

Written from their specification alone, as `reference` is from the formula's: every number
a fraction, every district a dict. "Section" is the specification's. Where it is open, a
comment says what was decided.
"""
