"""Charts: static pictures of results, made with Altair and drawn without browser or network."""
