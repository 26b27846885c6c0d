"""The ways in: requests made calls, and results pages; they decide nothing."""
