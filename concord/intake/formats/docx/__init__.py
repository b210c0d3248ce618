"""Word documents (.docx): their tables."""
