"""OpenDocument sheets (.ods)."""
