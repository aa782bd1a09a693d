"""What the dictionary of sync is trained on."""
