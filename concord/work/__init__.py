"""Long work in the background: jobs, their true progress, and the worker that does them."""
