"""The page of one district: what a board is shown of it, and the walk to the last cent."""
