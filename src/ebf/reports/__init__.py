"""What people ask of finished ledgers, ready to read."""
