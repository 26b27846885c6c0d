"""Statutes as lines, and every number and name that they read."""
