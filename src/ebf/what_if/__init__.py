"""More than one state: scenarios and what comes of them."""
