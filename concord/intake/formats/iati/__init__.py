"""IATI activity files, 1.04 to 2.03: an activity becomes a row of the template and is kept whole."""
