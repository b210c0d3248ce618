"""Speed, size and quality, measured: `make bench`, or one of them by `make bench NAME=first-plan`.

A benchmark is a file here with TITLE and `measure() -> list[Figure]`; `python -m concord.commands.benchmarks`
runs all or the named ones, prints the figures and writes them to docs/benchmarks.md.
"""
