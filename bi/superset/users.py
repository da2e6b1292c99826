"""Who may log in to Superset: `admin`, and `reader` where it has been given a password."""

from __future__ import annotations

import secrets
from typing import Any

from pydantic import SecretStr

from flows.settings import Settings

# Beyond what Superset lets anybody see of a published dashboard, and beyond SQL Lab: the list of the dashboards, the
# table behind a chart, what its pages ask for themselves, and the data, of which there is one database, read-only.
_READER_ALSO = {
    ("menu_access", "Dashboards"),
    ("can_view_chart_as_table", "Dashboard"),
    ("can_drill", "Dashboard"),
    ("can_get_drill_info", "Dataset"),
    ("can_read", "Dataset"),
    ("can_csv", "Superset"),
    ("can_log", "Superset"),
    ("can_recent_activity", "Log"),
    ("can_get", "MenuApi"),
    ("can_read", "SecurityRestApi"),
    ("all_database_access", "all_database_access"),
    ("all_datasource_access", "all_datasource_access"),
}


def admin(settings: Settings, security: Any) -> str | None:
    """See that the user admin is there; returns the password only if it was made now."""
    given = _text(settings.superset_password)
    password = given or secrets.token_urlsafe(12)
    is_new = security.find_user(username="admin") is None
    if is_new or given:
        _user(security, "admin", "Admin", password)
    return password if is_new and not given else None


def reader(settings: Settings, security: Any) -> None:
    """See that the user reader is there and may look and ask but change nothing; without a password it cannot log in.

    Superset's own role Gamma would not do: it makes charts and dashboards, and sees no data until granted each dataset.
    """
    granted = {
        *security.PUBLIC_ROLE_PERMISSIONS,
        *security.SQLLAB_ONLY_PERMISSIONS,
        *security.SQLLAB_EXTRA_PERMISSION_VIEWS,
        *_READER_ALSO,
    }
    there = security.session.query(security.permissionview_model).all()
    security.set_role("Reader", lambda one: (one.permission.name, one.view_menu.name) in granted, there)
    if password := _text(settings.superset_reader_password):
        _user(security, "reader", "Reader", password)
    elif user := security.find_user(username="reader"):
        user.active = False
    security.session.commit()


def _user(security: Any, name: str, role: str, password: str) -> None:
    """A user with this password, made or set."""
    if user := security.find_user(username=name):
        user.active = True
        security.reset_password(user.id, password)
    else:
        security.add_user(name, "Warehouse", role, f"{name}@localhost", security.find_role(role), password)


def _text(password: SecretStr | None) -> str | None:
    return password.get_secret_value() or None if password else None
