"""What a line is, and what it is written in: it knows no statute, file or table."""
