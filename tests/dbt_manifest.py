"""The manifest of the dbt project, parsed anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from flows.settings import Settings
from flows.steps.building import own


def parse_manifest(folder: Path) -> dict[str, Any]:
    """Parse the project into `folder` and return its manifest."""
    project = str(Settings().dbt_project)
    command = [str(Path(sys.executable).parent / "dbt"), "parse", "--project-dir", project, "--profiles-dir", project]
    command += ["--target-path", str(folder), "--log-path", str(folder), "--quiet", "--vars", own.variables(Settings())]
    environment = Settings().tool_environment(ENTREPOT_CANDIDATE="none", ENTREPOT_LANDED="none")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    parsed: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return parsed
