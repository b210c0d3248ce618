"""Editions: what the public reads, made from versions by redaction, signed, chained and exported."""
