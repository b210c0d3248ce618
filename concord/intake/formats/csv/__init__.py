"""Text tables: comma, semicolon or tab between the cells, in the encodings that offices use."""
