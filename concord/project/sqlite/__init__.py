"""Django's SQLite backend on the bundled engine, which refuses one that can corrupt data."""
