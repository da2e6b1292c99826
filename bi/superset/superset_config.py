"""How Apache Superset runs here: on loopback, read-only over the published file, and asking no other host.

Superset reads every name in capitals. Nothing is read from the environment here: flows/settings.py does that.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL

from bi.superset.state import secret_key
from flows.settings import get_settings

SETTINGS = get_settings()

SECRET_KEY = secret_key(SETTINGS.superset)
SQLALCHEMY_DATABASE_URI = f"sqlite:///{SETTINGS.superset / 'superset.db'}"
APP_NAME = "Entrepôt"
LOGO_TARGET_PATH = "/dashboard/list/"

# A chart asks the published file each time, so that a new release shows at the next refresh.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# One file may be asked, and none of what DuckDB can reach beyond it.
WAREHOUSE_URI = f"duckdb:///{SETTINGS.published}"
READ_ONLY: dict[str, Any] = {
    "read_only": True,
    "config": {
        **SETTINGS.duckdb_config,
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "lock_configuration": True,
    },
}


def DB_SQLA_URI_VALIDATOR(uri: URL) -> None:  # noqa: N802  Superset looks for this name
    """Refuse every database but the warehouse, whoever adds it. Raises ValueError."""
    if str(uri) != WAREHOUSE_URI:
        raise ValueError("This Superset reads the published warehouse and no other database.")


def DB_CONNECTION_MUTATOR(  # noqa: N802  Superset looks for this name
    uri: URL, params: dict[str, Any], username: str | None, security_manager: object, source: object
) -> tuple[URL, dict[str, Any]]:
    """Open the warehouse read-only and locked down, whatever the stored connection says."""
    DB_SQLA_URI_VALIDATOR(uri)
    return uri, {**params, "connect_args": READ_ONLY}


# No address but this server's own: neither the pixel Superset's pages carry nor anything else leaves the machine.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,  # loopback
    "session_cookie_secure": False,
}
SESSION_COOKIE_SAMESITE = "Lax"

# Colours the colour-blind can tell apart: Okabe and Ito's, the two sides of a pair first, then Tol's muted ones.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "entrepot",
        "label": "Entrepôt",
        "description": "Colours the colour-blind can tell apart",
        "isDefault": True,
        "colors": [
            *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#B8A400"),
            *("#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#882255", "#661100"),
        ],
    }
]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {
        "id": "entrepot_blues",
        "label": "Entrepôt, more or less",
        "description": "From little to much",
        "isDiverging": False,
        "isDefault": True,
        "colors": ["#E6F0F7", "#9CC7E3", "#4C9CCB", "#0072B2", "#004C75"],
    }
]
THEME_DARK = None  # the charts' colours are chosen for a light ground


def FLASK_APP_MUTATOR(app: object) -> None:  # noqa: N802  Superset looks for this name
    """Let the `limit` a query has of its own hold in SQL Lab.

    Superset 6 writes the smaller of that limit and the drop-down's on the record of the query, but runs the query in
    another request context, whose database session reads the record as it was before: with the drop-down's limit.
    """
    from superset import sql_lab

    as_it_comes = sql_lab.apply_limit

    def apply_limit(query: Any, statement: Any) -> None:
        own = statement.get_limit_value()
        if own is not None and (not query.limit or own < query.limit):
            query.limit = own
        as_it_comes(query, statement)

    sql_lab.apply_limit = apply_limit
