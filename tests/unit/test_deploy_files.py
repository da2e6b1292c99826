"""The files of `deploy/`: every variable they name is one that Prefect or this project reads."""

from __future__ import annotations

import pytest
from prefect.settings.models.root import Settings as PrefectSettings

from flows.settings import Settings
from tests.team import environment_of


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
