"""Pages behind a link that was mailed: an organisation answers without an account."""
