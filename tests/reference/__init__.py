"""A second, plain computation of 105 ILCS 5/18-8.15, to hold the library against.

Written from the text of the formula alone, with the standard library alone, every number
a fraction; it shares no code with the library, nor its numbers. A unit is a dict by the
names of the library's columns, so that the two can be compared name by name. Where the
law is open it takes the library's numbered reading (docs/readings.md) and says so.

`whole.calculated` computes a case; `made_from_counts` and `made_distributions` have cases of
every fiscal year, the same in every run.

`neighbors` has the statutes beside the formula, each from its specification; the tests of
`test_neighbors_by_hand.py` hold them to its examples and to what was published.
"""
