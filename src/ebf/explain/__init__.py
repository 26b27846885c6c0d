"""Questions of one record, answered from the lines' own text."""
