"""Events of the app's own life, as triggers get them (Forge documentation, "Life cycle events", August 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from forgesim.gateway.call import Installation
from forgesim.ids import derived_uuid
from forgesim.platform.trigger.service import Raised

__all__ = ["Life", "lifecycle"]

Life = Literal["installed", "upgraded", "uninstalled"]

_BY: Mapping[Life, str] = {"installed": "installerAccountId", "upgraded": "upgraderAccountId"}


def lifecycle(what: Life, installation: Installation) -> Raised:
    """``avi:forge:installed:app`` and its like; who did it is the site's first administrator."""
    name = f"avi:forge:{what}:app"
    manifest = installation.app.manifest
    payload: dict[str, Any] = {
        "eventType": name,
        "id": installation.id,
        "app": {"id": manifest.app_id, "version": installation.app.version},
        "environment": {"id": derived_uuid("environment", manifest.app_id)},
    }
    admin = next((user.account_id for user in installation.site.users.values() if user.admin), None)
    if admin is not None and what in _BY:
        payload[_BY[what]] = admin
    if what == "upgraded":
        payload["permissions"] = {
            "scopes": sorted(installation.scopes),
            "external": {"fetch": {"backend": [entry.address for entry in installation.egress]}},
        }
    return Raised(name, payload)
