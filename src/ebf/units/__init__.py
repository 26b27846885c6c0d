"""Any file or frame of units made one checked table."""
