"""SQLMesh alone: the floor's statements as full models of a plain project."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench.floor import step
from bench.peers.dbt_peer import models


def write_project(inbox: Path, out: Path) -> None:
    """A SQLMesh project in `out`."""
    (out / "models").mkdir(parents=True, exist_ok=True)
    for name, query in models(inbox).items():
        plain = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"bench.\1 as \1", query)
        plain = re.sub(r"\bas (\w+) as (\w+)\b", r"as \2", plain)
        (out / "models" / f"{name}.sql").write_text(f"model (name bench.{name}, kind full);\n{plain}", encoding="utf-8")
    (out / "config.yaml").write_text(
        f"gateways:\n  local:\n    connection: {{type: duckdb, database: '{out}/peer.duckdb'}}\n"
        "default_gateway: local\nmodel_defaults: {dialect: duckdb, start: 2020-01-01}\n"
        "disable_anonymized_analytics: true\n",
        encoding="utf-8",
    )


def main(inbox: Path, out: Path) -> None:
    """The whole job. Raises CalledProcessError where SQLMesh fails."""
    write_project(inbox, out)
    step("build")
    sqlmesh = str(Path(sys.executable).with_name("sqlmesh"))
    subprocess.run([sqlmesh, "--paths", str(out), "plan", "--auto-apply", "--no-prompts"], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
