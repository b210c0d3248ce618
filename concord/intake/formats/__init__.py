"""Readers of files, one folder per format. Nothing here knows Django, plans or people."""
