"""The backend that a person names."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from os import environ

from concord.engine.backends import Backend
from concord.engine.backends.duckdb import DuckDB
from concord.kernel.errors import BadInput

NAMES = ("duckdb", "spark")


def backend_named(name: str) -> Backend:
    """The backend of NAMES that is called so.

    Raises:
        BadInput: there is none of that name, or what it needs is not installed; the text says how to get it.
    """
    if name == "duckdb":
        return DuckDB()
    if name != "spark":
        raise BadInput(f"There is no engine “{name}”. Known: {', '.join(NAMES)}.")
    if missing := missing_for_spark():
        raise BadInput(missing)
    from concord.engine.backends.spark import Spark  # pyspark is no part of the usual installation

    return Spark()


def missing_for_spark() -> str:
    """What Spark needs and this machine lacks, with the remedy; empty if nothing."""
    if find_spec("pyspark") is None:
        return "Spark is not installed. Run `make setup-spark`, or leave --engine out: DuckDB needs nothing."
    if not (shutil.which("java") or "JAVA_HOME" in environ):
        return "Spark needs Java 17 or later. Install it, or leave --engine out: DuckDB needs nothing."
    return ""
