"""Yearly updates, indicators and what is late: a later release fills this room."""
