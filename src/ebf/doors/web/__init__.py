"""A state in a browser, and as JSON: pages and answers of one state that all requests share."""
