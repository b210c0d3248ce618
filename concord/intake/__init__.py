"""What partners hand in: reading files, checking them, showing what they would change, applying them."""
