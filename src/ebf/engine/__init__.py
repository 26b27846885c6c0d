"""A checked table and the law made a record of every number: plan, calculation, refusals."""
