"""Events as triggers get them: of the app's own life, and of changes that people make on the site.

Shapes: Forge documentation, "Life cycle events" and "Confluence events", August 2026. Personal fields of people are
replaced by their account id, as the platform does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from forgesim.clock import iso_utc
from forgesim.gateway.call import Installation
from forgesim.ids import derived_uuid
from forgesim.platform.trigger.service import Raised
from forgesim.site.model import Page, Site, User

__all__ = ["PAGE_UPDATED", "Life", "lifecycle", "page_updated"]

Life = Literal["installed", "upgraded", "uninstalled"]

PAGE_UPDATED = "avi:confluence:updated:page"
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


def page_updated(site: Site, page: Page, at_ms: int) -> Raised:
    """A person changed a page."""
    payload: dict[str, Any] = {
        "eventType": PAGE_UPDATED,
        "atlassianId": page.updated_by,
        "eventCreatedDate": iso_utc(at_ms),
        "suppressNotifications": False,
        "selfGenerated": False,
        "updateTrigger": "updated",
        "content": _content(site, page),
    }
    return Raised(PAGE_UPDATED, payload)


def _content(site: Site, page: Page) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": page.id,
        "type": "page",
        "status": page.status,
        "title": page.title,
        "space": _space(site, page),
        "history": {
            "latest": True,
            "createdBy": _person(site, page.author),
            "ownedBy": None if page.owner is None else _person(site, page.owner),
            "createdDate": iso_utc(page.created_at),
        },
        "version": {
            "by": _person(site, page.updated_by),
            "when": iso_utc(page.updated_at),
            "number": page.version,
        },
    }
    if page.subtype is not None:
        content["subType"] = page.subtype
    return content


def _space(site: Site, page: Page) -> dict[str, Any]:
    space = site.spaces[page.space_id]
    return {
        "id": int(space.id) if space.id.isdecimal() else space.id,
        "key": space.key,
        "alias": space.key,
        "name": space.name,
        "type": space.kind,
        "icon": {"path": "/images/logo/default-space-logo.svg", "width": 48, "height": 48, "isDefault": True},
        "status": space.status,
    }


def _person(site: Site, account: str) -> dict[str, Any]:
    user: User | None = site.users.get(account)
    return {
        "type": "unknown" if user is None else "known",
        "username": account,
        "accountId": account,
        "accountType": "app" if user is not None and user.kind == "app" else "atlassian",
        "email": account,
        "profilePicture": {"path": account, "width": 48, "height": 48, "isDefault": False},
        "displayName": account,
        "publicName": account,
        "isExternalCollaborator": False,
    }
