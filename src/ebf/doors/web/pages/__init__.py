"""The pages: a state in a browser, what if, and the walk down to the counts."""
