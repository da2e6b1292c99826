"""The files of `deploy/`: every variable they name is one that Prefect or this project reads."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prefect.settings.models.root import Settings as PrefectSettings

from flows.settings import ROOT, Settings
from tests.team import environment_of

DEPLOY = ROOT / "deploy"


def prefects(model: type = PrefectSettings, found: frozenset[str] = frozenset()) -> set[str]:
    """The variables of Prefect's settings."""
    names: set[str] = set(found)
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]
        inner = field.annotation
        if isinstance(inner, type) and hasattr(inner, "model_fields"):
            names |= prefects(inner)
        else:
            names.add(f"{model.model_config.get('env_prefix', 'PREFECT_')}{name}".upper())  # type: ignore[attr-defined]
    return names


@pytest.mark.parametrize("file", ["server.env", "worker.env"])
def test_every_variable_is_known(file: str) -> None:
    known = prefects() | {f"ENTREPOT_{name.upper()}" for name in Settings.model_fields} | {"DO_NOT_TRACK"}
    assert "PREFECT_API_URL" in known
    assert set(environment_of(file)) - known == set()


def test_the_server_and_its_clients_have_the_same_credentials_and_address() -> None:
    server, worker = environment_of("server.env"), environment_of("worker.env")
    assert server["PREFECT_SERVER_API_AUTH_STRING"] == worker["PREFECT_API_AUTH_STRING"]
    where = f"http://{server['PREFECT_SERVER_API_HOST']}:{server['PREFECT_SERVER_API_PORT']}"
    assert where == server["PREFECT_UI_URL"] == server["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"]
    assert worker["PREFECT_API_URL"] == f"{where}/api"


@pytest.mark.parametrize("unit", ["server", "worker"])
def test_systemd_reads_the_unit_and_finds_what_it_starts(tmp_path: Path, unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed (Debian: apt-get install systemd)")
    text = (DEPLOY / f"entrepot-{unit}.service").read_text(encoding="utf-8")
    path = tmp_path / f"entrepot-{unit}.service"
    here = text.replace("/opt/entrepot/.venv/bin", str(Path(sys.executable).parent)).replace("/opt/entrepot", str(ROOT))
    path.write_text(here.replace("/etc/entrepot", str(DEPLOY)), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if path.name in line] == []


def test_the_containers_start_what_there_is_with_environments_that_are_known() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    own = {name: each for name, each in services.items() if each.get("image") == "entrepot"}
    assert set(own) == {"server", "deploy", "worker", "fetchers"}
    for each in own.values():
        program = each["command"].split()[0].removeprefix(".venv/bin/")
        assert (Path(sys.executable).parent / program).is_file()
        assert (DEPLOY / each["env_file"]).is_file()
        assert (
            set(each["environment"]) - (prefects() | {f"ENTREPOT_{name.upper()}" for name in Settings.model_fields})
            == set()
        )
        assert set(each["depends_on"]) <= set(services)
        assert {volume.split(":")[0] for volume in each["volumes"]} <= set(compose["volumes"])
    assert (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8").count("make .venv/installed") == 1


def test_superset_is_a_container_that_only_the_proxy_reaches() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    superset, proxy = compose["services"]["superset"], compose["services"]["proxy"]
    assert "ports" not in superset
    assert superset["network_mode"] == "service:proxy"
    assert set(superset["environment"]) <= {f"ENTREPOT_{name.upper()}" for name in Settings.model_fields}
    made = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM (\S+) AS (\w+)$", made, re.MULTILINE)
    assert stages[1:] == [("project", superset["build"]["target"]), ("project", "entrepot")]
    program = superset["command"].split()[0]
    assert f"make {program.split('/')[0]}/installed" in made
    mounted = dict(volume.split(":")[:2] for volume in proxy["volumes"])
    assert mounted["./superset.caddy"].startswith("/etc/caddy/more/")
    assert f"{{$PROXY_MORE:{Path(mounted['./superset.caddy']).parent}}}/*.caddy" in (DEPLOY / "Caddyfile").read_text()


def test_caddy_reads_both_sites(tmp_path: Path) -> None:
    caddy = shutil.which("caddy", path=f"{os.defpath}:/usr/local/bin:/usr/sbin")
    if caddy is None:
        pytest.skip("caddy is not installed (Debian: apt-get install caddy)")
    known = {"HOME": str(tmp_path), "PROXY_NAME": "trade.example.org", "PROXY_MORE": str(DEPLOY)}
    command = [caddy, "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sites = json.loads(done.stdout)["apps"]["http"]["servers"].values()
    by_port = {each["listen"][0]: json.dumps(each) for each in sites}
    assert set(by_port) == {":443", ":8443"}
    assert '"dial": "127.0.0.1:8088"' in by_port[":8443"]
    assert '"dial": "127.0.0.1:4200"' in by_port[":443"]


def test_compose_accepts_the_file_and_asks_for_what_it_lacks() -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed (Debian: apt-get install docker-compose)")
    asked = {"POSTGRES_PASSWORD": "chosen", "SUPERSET_PASSWORD": "chosen", "PROXY_NAME": "trade.example.org"}
    known = {"PATH": os.defpath, **asked}
    command = ["docker-compose", "--file", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for name in asked:
        lacking = {each: value for each, value in known.items() if each != name}
        done = subprocess.run(command, env=lacking, capture_output=True, text=True, check=False)
        assert f"required variable {name} is missing" in done.stderr


def test_the_image_holds_no_credentials() -> None:
    """What is copied into it leaves out the environments people fill in beside the compose file."""
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "deploy/*.env", ".git", ".venv*"} <= set(left_out)
