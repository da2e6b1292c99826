"""dbt-duckdb alone: the floor's statements as models of a plain project, with its tests of keys and nulls."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench import floor
from bench.floor import step

TABLES = ("landed", "area", "cell", *floor.SUMS, *floor.MARTS)


def referring(query: str) -> str:
    """The statement with `ref` in place of every table it reads."""
    return re.sub(rf"\b(from|join) ({'|'.join(TABLES)})\b", r"\1 {{ ref('\2') }}", query)


def models(inbox: Path) -> dict[str, str]:
    """SQL of every model, by name."""
    files = [str(path) for path in sorted(inbox.glob("BACI_*.csv"))]
    queries = {"area": floor.AREAS, "landed": floor.landing(files), "cell": floor.CELLS}
    bare = {name: query.split(" as\n" if " as\n" in query else " as ", 1)[1] for name, query in queries.items()}
    return {name: referring(query) for name, query in (bare | floor.SUMS | floor.MARTS).items()}


def write_project(inbox: Path, out: Path) -> None:
    """A dbt project and its profile in `out`."""
    (out / "models").mkdir(parents=True, exist_ok=True)
    for name, query in models(inbox).items():
        (out / "models" / f"{name}.sql").write_text(query, encoding="utf-8")
    (out / "dbt_project.yml").write_text(
        "name: bench\nversion: '1.0.0'\nprofile: bench\nmodels:\n  +materialized: table\n", encoding="utf-8"
    )
    (out / "profiles.yml").write_text(
        f"bench:\n  target: bench\n  outputs:\n    bench: {{type: duckdb, path: '{out}/dbt.duckdb', threads: 2}}\n",
        encoding="utf-8",
    )
    key = "year_number || exporter_code || importer_code || product_code"
    (out / "models" / "cell.yml").write_text(
        f'models:\n  - name: cell\n    columns:\n      - name: "{key}"\n        data_tests: [unique, not_null]\n',
        encoding="utf-8",
    )


def main(inbox: Path, out: Path) -> None:
    """The whole job. Raises CalledProcessError where dbt fails."""
    write_project(inbox, out)
    step("build")
    command = [str(Path(sys.executable).with_name("dbt")), "--no-send-anonymous-usage-stats", "build"]
    subprocess.run([*command, "--project-dir", str(out), "--profiles-dir", str(out)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
