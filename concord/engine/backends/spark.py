"""Spark: the same steps on a cluster, or on this machine. The only file that knows pyspark."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from concord.engine.backends import PieceFunction, Step

_PIECES = "number int, piece binary"
#: The one word in which the two databases differ in our steps: a row per member of a list.
_UNNEST = re.compile(r"\bunnest\(")


class Spark:
    """Runs steps as Spark SQL and functions over pieces by `mapInArrow`.

    The session is the one that is active (as under spark-submit), else a local one. Pieces carry their
    number, so answers come back in the order of the table however many machines worked on them. The
    temporary folder of a large set (TMPDIR) must be one that all executors see.

    Args:
        threads: how many threads a local session uses.
    """

    name = "spark"

    def __init__(self, *, threads: int = 2) -> None:
        self.session = SparkSession.getActiveSession() or _local_session(threads)

    def run(self, steps: Sequence[Step], tables: Mapping[str, pa.Table], schema: pa.Schema) -> pa.Table:
        """See `Backend.run`. The order of rows is that of the last step's ORDER BY."""
        kept: list[DataFrame] = []
        try:
            for name, table in tables.items():
                self._name(self.session.createDataFrame(table), name, kept)
            for step in steps[:-1]:
                self._name(self._sql(step), step.name, kept)
            return self._sql(steps[-1]).toArrow().cast(schema)
        finally:
            for frame in kept:
                frame.unpersist()
            for name in (*tables, *(step.name for step in steps)):
                self.session.catalog.dropTempView(name)

    def map_pieces(
        self, table: pa.Table, function: PieceFunction, schema: pa.Schema, *, rows: int
    ) -> Iterator[pa.Table]:
        """See `Backend.map_pieces`. All pieces are worked on before the first answer is given."""
        pieces = [_packed(table.slice(begin, rows)) for begin in range(0, len(table), rows)]
        if not pieces:
            return
        numbered = pa.table({"number": pa.array(range(len(pieces)), pa.int32()), "piece": pieces})
        frame = self.session.createDataFrame(numbered, schema=_PIECES).repartitionByRange(
            len(pieces), "number"
        )
        answers = frame.mapInArrow(_Answers(function), _PIECES).persist(StorageLevel.DISK_ONLY)
        try:
            answers.count()  # works on all partitions at once; the iterator asks for one after the other
            for row in answers.sort("number").toLocalIterator():
                yield _unpacked(row["piece"]).cast(schema)
        finally:
            answers.unpersist()

    def _sql(self, step: Step) -> DataFrame:
        return self.session.sql(_UNNEST.sub("explode(", step.sql))

    @staticmethod
    def _name(frame: DataFrame, name: str, kept: list[DataFrame]) -> None:
        """Later steps read it by name; it is worked out once however many do."""
        kept.append(frame.persist())
        frame.createOrReplaceTempView(name)


class _Answers:
    """What an executor does with the pieces of its partition."""

    def __init__(self, function: PieceFunction) -> None:
        self.function = function

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            answers = [_packed(self.function(_unpacked(piece.as_py()))) for piece in batch["piece"]]
            yield pa.RecordBatch.from_arrays(
                [batch["number"], pa.array(answers, pa.binary())], batch.schema.names
            )


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(piece: bytes) -> pa.Table:
    return pa.ipc.open_stream(piece).read_all()


def _local_session(threads: int) -> SparkSession:
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": str(2 * threads),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
    }
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers run this very Python, not the system's
    builder = SparkSession.builder.master(f"local[{threads}]").appName("concord")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
