"""Events of Confluence pages (Forge documentation, "Confluence events", August 2026).

Personal fields of people are replaced by their account id, as the platform does.
"""

from __future__ import annotations

from typing import Any

from forgesim.clock import iso_utc
from forgesim.platform.trigger.service import Raised
from forgesim.site.model import Page, Site

__all__ = ["page_event"]


def page_event(site: Site, page: Page, what: str, at_ms: int, *, by: str | None, by_itself: bool = False) -> Raised:
    """A page was ``created``, ``updated`` or ``trashed`` by somebody; ``by_itself``: by the app that is told."""
    name = f"avi:confluence:{what}:page"
    payload: dict[str, Any] = {
        "eventType": name,
        "eventCreatedDate": iso_utc(at_ms),
        "suppressNotifications": False,
        "selfGenerated": by_itself,
        "content": _content(site, page),
    }
    if by is not None:
        payload["atlassianId"] = by
    if what == "updated":
        payload["updateTrigger"] = "updated"
    return Raised(name, payload)


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
    user = site.users.get(account)
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
