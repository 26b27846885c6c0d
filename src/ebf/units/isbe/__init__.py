"""The State Board's own workbooks, read."""
