"""Concord's own JSON (editions and drafts), and plain lists of records in the names of the template."""
