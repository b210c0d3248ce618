"""IATI activity files, 1.04 to 2.03: each activity becomes a row of Concord's own columns and is kept whole."""
