"""What stands between dbt and Spark: names in the lake, the landed files, the session's process, what is missing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
import pytest

from flows.errors import BuildFailed
from flows.ledger import Ledger
from flows.settings import Settings
from flows.steps import build, land
from flows.steps.building.spark import lake
from flows.steps.building.spark.client import Client
from flows.steps.building.spark.plugin import Plugin, in_lake

ANSWERS = f"""#!{sys.executable}
import json, sys
how = json.loads(sys.stdin.readline())
for line in sys.stdin:
    asked = json.loads(line)
    if asked["sql"] == "end":
        sys.exit(7)
    said = "" if asked["sql"].startswith("select") else "it is no query"
    print(line, file=sys.stderr, flush=True)
    print(json.dumps({{"error": said}}), flush=True)
"""


@pytest.fixture
def python(tmp_path: Path) -> str:
    """A program that answers as session.py does, without Spark, and logs what it was asked."""
    path = tmp_path / "python"
    path.write_text(ANSWERS, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def plugin(tmp_path: Path, python: str, landed: dict[str, list[str]]) -> Plugin:
    (tmp_path / "landed_files").write_text(json.dumps(landed), encoding="utf-8")
    told = {"python": python, "lake": str(tmp_path), "landed": "landed_files", "log": str(tmp_path / "spark.log")}
    session = {**told, "master": "local[1]", "options": {}, "patience": 1}
    return Plugin("plugin", {"session": json.dumps(session)})


def asked(tmp_path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (tmp_path / "spark.log").read_text(encoding="utf-8").splitlines() if line]


def test_relations_have_one_name_in_the_lake() -> None:
    sql = 'select a.x from "trade"."core"."trade_cell" as a join trade.renewal.yearly__part as b on a.x = b.x'
    assert (
        in_lake(sql)
        == "select a.x from trade__core__trade_cell as a join trade__renewal__yearly__part as b on a.x = b.x"
    )


def test_what_a_statement_reads_is_wanted_once_and_landed_files_and_results_never(tmp_path: Path, python: str) -> None:
    seam = plugin(tmp_path, python, {"landed__raw__baci__trade_year": ["/lake/2020.parquet"]})
    sql = 'select * from "landed"."raw"."baci__trade_year" join "workings"."seed"."area" using (area_code)'
    file = str(tmp_path / "workings__seed__area" / "part-0.parquet")
    assert json.loads(seam.lake_wants(sql)) == [['"workings"."seed"."area"', file]]
    assert json.loads(seam.lake_wants(sql)) == []
    made = json.loads(seam.on_spark('"trade"."core"."trade_cell"', sql, json.dumps({"line": "bigint"})))
    assert made == {"folder": str(tmp_path / "trade__core__trade_cell"), "error": ""}
    assert json.loads(seam.lake_wants('select * from "trade"."core"."trade_cell"')) == []
    (first,) = asked(tmp_path)
    assert first["views"] == {
        "landed__raw__baci__trade_year": ["/lake/2020.parquet"],
        "workings__seed__area": [str(tmp_path / "workings__seed__area")],
    }
    assert first["columns"] == {"line": "bigint"}


def test_a_view_is_known_by_its_sql_after_what_it_reads(tmp_path: Path, python: str) -> None:
    seam = plugin(tmp_path, python, {})
    seam.lake_view('"workings"."intermediate"."priced_cell"', 'select 1 from "trade"."core"."trade_cell"')
    sql = 'select * from "workings"."intermediate"."priced_cell"'
    wanted = json.loads(seam.lake_wants(sql))
    assert [relation for relation, _ in wanted] == ['"trade"."core"."trade_cell"']
    seam.on_spark("trade.core.unit_value", sql, "{}")
    (first,) = asked(tmp_path)
    assert list(first["views"].items()) == [  # type: ignore[attr-defined]
        ("trade__core__trade_cell", [str(tmp_path / "trade__core__trade_cell")]),
        ("workings__intermediate__priced_cell", "select 1 from trade__core__trade_cell"),
    ]


def test_what_spark_could_not_make_is_told_and_is_not_in_the_lake(tmp_path: Path, python: str) -> None:
    seam = plugin(tmp_path, python, {})
    assert json.loads(seam.on_spark("trade.core.x", "delete", "{}"))["error"] == "it is no query"
    assert len(json.loads(seam.lake_wants("select * from trade.core.x"))) == 1


def test_a_session_that_ends_by_itself_is_told(tmp_path: Path, python: str) -> None:
    client = Client(python, tmp_path / "spark.log", "local[1]", {}, 1)
    assert client.make("select 1", {}, "folder", {}) == ""
    assert "the session has ended by itself (exit code 7)" in client.make("end", {}, "folder", {})


def test_landed_files_of_large_sources_are_written_once_and_go_with_their_rows(
    settings: Settings, ledger: Ledger
) -> None:
    land.prepare(settings)
    with duckdb.connect(str(settings.landed)) as con:
        con.execute("insert into raw.baci__trade_year by name select 2020 as t, 'one' as file_id, 1 as line")
        con.execute("insert into raw.baci__trade_year by name select 2021 as t, 'two' as file_id, 1 as line")
        for name in ("one", "two"):
            con.execute(
                "insert into raw.file by name select ? as file_id, 'baci' as source_code, 'trade_year' as table_name, "
                "'HS92/' || ? as partition_key, ? as sha256, 'c' as contract_fingerprint, 'landed' as state",
                [name] * 3,
            )
        (files,) = lake.keep_landed(settings, con).values()
        folder = settings.lake_folder.resolve() / "landed" / "baci__trade_year" / "source=baci"
        assert files == [str(folder / f"period=HS92_{name}" / f"{name}-c.parquet") for name in ("one", "two")]
        assert con.execute("select t, file_id, line from read_parquet(?)", [files[1]]).fetchall() == [(2021, "two", 1)]
        before = [Path(file).stat().st_mtime_ns for file in files]
        con.execute("delete from raw.file where file_id = 'two'")
        assert lake.keep_landed(settings, con) == {"landed__raw__baci__trade_year": files[:1]}
    assert Path(files[0]).stat().st_mtime_ns == before[0]
    assert not Path(files[1]).exists()


def test_a_build_says_what_spark_lacks(settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    on_spark = settings.model_copy(update={"heavy_engine": "spark"})
    land.prepare(on_spark)
    run = ledger.start("run", build.versions(), build.code_fingerprint())
    monkeypatch.setattr(lake, "PYTHON", Path("nowhere"))
    monkeypatch.setattr(lake.shutil, "which", lambda _: "/usr/bin/java")
    with pytest.raises(BuildFailed, match="Spark lacks its environment; `make spark` installs it"):
        build.build(on_spark, Ledger(on_spark), run)
    monkeypatch.setattr(lake, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(lake.shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(BuildFailed, match="Spark lacks Java 17 or newer"):
        build.build(on_spark, Ledger(on_spark), run)
    assert lake.missing(on_spark.model_copy(update={"spark_master": "sc://far:15002"})) == ""


def test_options_are_those_of_spark() -> None:
    with pytest.raises(ValueError, match=r"is not spark\.name=value"):
        Settings(spark_options=("executor.memory=1g",))
    told = json.loads(lake.told(Settings(spark_options=("spark.executor.memory=1g",), spark_master="spark://far:7077")))
    assert told["options"]["spark.executor.memory"] == "1g"
    assert "spark.driver.host" not in told["options"]
    server = Settings(spark_options=("spark.sql.shuffle.partitions=8",), spark_master="sc://127.0.0.1:15002")
    behind = json.loads(lake.told(server))["options"]
    assert behind["spark.sql.shuffle.partitions"] == "8"
    assert {name for name in behind if not name.startswith("spark.sql.")} == set()
    here = json.loads(lake.told(Settings(threads=3)))
    assert (here["master"], here["options"]["spark.driver.host"]) == ("local[3]", "127.0.0.1")
