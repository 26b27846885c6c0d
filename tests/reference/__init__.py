"""A second, plain computation of 105 ILCS 5/18-8.15, to hold the library against.

Written from the text of the formula alone, with the standard library alone, one unit a
dict, every number a fraction; it shares nothing with the library, not even its numbers.
"""
