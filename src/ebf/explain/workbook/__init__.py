"""A record as an Excel workbook whose cells are live formulas."""
