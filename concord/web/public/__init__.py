"""Public pages: they read editions through publication, and nothing else."""
