"""Text tables: comma, semicolon, tab or bar between the cells, in the encodings that offices use."""
