"""dlt loads the files as Arrow batches; the floor's SQL does the rest of the job."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import dlt
import duckdb
import pyarrow as pa
from pyarrow import csv

from bench import floor
from bench.floor import step

TYPES = {"t": pa.int16(), "i": pa.int32(), "j": pa.int32(), "k": pa.string(), "v": pa.float64(), "q": pa.string()}


def batches(inbox: Path) -> Iterator[pa.RecordBatch]:
    """Rows of all files as they are, quantities as text."""
    for file in sorted(inbox.glob("BACI_*.csv")):
        yield from csv.open_csv(file, convert_options=csv.ConvertOptions(column_types=TYPES))


def main(inbox: Path, out: Path) -> None:
    """The whole job. Raises AssertionError where a cell comes twice."""
    out.mkdir(parents=True, exist_ok=True)
    target = out / "dlt.duckdb"
    step("land")
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(out / "pipelines"),
        dataset_name="raw",
        destination=dlt.destinations.duckdb(str(target)),
    )
    pipeline.run(dlt.resource(batches(inbox), name="landed"), loader_file_format="parquet")
    with duckdb.connect(str(target)) as con:
        con.execute(floor.AREAS)
        con.execute("create view landed as select t, i, j, k, v, try_cast(trim(q) as double) as q from raw.landed")
        floor.transform(con)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
