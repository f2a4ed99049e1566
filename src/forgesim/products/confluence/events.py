"""Events of Confluence: what its writes tell triggers, and with which words (Forge documentation, "Confluence events",
October 2025).

Personal fields of people are replaced by their account id, as the platform does. A deletion tells of what was deleted
alone, never of what goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from forgesim.clock import iso_utc
from forgesim.products.answer import Happened
from forgesim.products.confluence.world import Stamp
from forgesim.site.model import Comment, Label, Page, Site

__all__ = ["RAISES", "comment_event", "label_event", "page_content", "page_event", "sample"]

_PAGE = "avi:confluence:{}:page"
_COMMENT = "avi:confluence:{}:comment"
_LABEL = "avi:confluence:{}:label"

RAISES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "POST /wiki/api/v2/pages": (_PAGE.format("created"), _PAGE.format("initialized")),
        "PUT /wiki/api/v2/pages/{id}": tuple(
            _PAGE.format(each) for each in ("created", "initialized", "updated", "moved")
        ),
        "PUT /wiki/api/v2/pages/{id}/title": (_PAGE.format("updated"),),
        "DELETE /wiki/api/v2/pages/{id}": (_PAGE.format("trashed"), _PAGE.format("deleted")),
        "POST /wiki/api/v2/footer-comments": (_COMMENT.format("created"),),
        "PUT /wiki/api/v2/footer-comments/{comment-id}": (_COMMENT.format("updated"),),
        "DELETE /wiki/api/v2/footer-comments/{comment-id}": (_COMMENT.format("deleted"),),
        "POST /wiki/rest/api/content/{id}/label": (_LABEL.format("created"), _LABEL.format("added")),
        "DELETE /wiki/rest/api/content/{id}/label": (_LABEL.format("removed"),),
        "DELETE /wiki/rest/api/content/{id}/label/{label}": (_LABEL.format("removed"),),
        "POST /wiki/api/v2/pages/{page-id}/properties": (),
        "PUT /wiki/api/v2/pages/{page-id}/properties/{property-id}": (),
        "DELETE /wiki/api/v2/pages/{page-id}/properties/{property-id}": (),
        "POST /wiki/api/v2/spaces/{space-id}/properties": (),
        "PUT /wiki/api/v2/spaces/{space-id}/properties/{property-id}": (),
        "DELETE /wiki/api/v2/spaces/{space-id}/properties/{property-id}": (),
    }
)
"""Operation → the events that it may bring about. Of content properties no event is documented."""


def page_event(
    site: Site, page: Page, what: str, at_ms: int, *, by: str | None, before: Mapping[str, Any] | None = None
) -> Happened:
    """A page was ``created``, ``updated``, ``moved``, ``trashed``, ``deleted``, … by somebody. ``before``: its
    ``page_content`` before it was moved."""
    payload = _payload(_PAGE.format(what), at_ms, by) | {"content": page_content(site, page)}
    if what == "updated":
        payload["updateTrigger"] = "updated"
    if before is not None:
        payload["prevContent"] = before
    return Happened(payload["eventType"], payload)


def comment_event(site: Site, page: Page, comment: Comment, what: str, at_ms: int, *, by: str | None,
                  stamp: Stamp) -> Happened:  # fmt: skip
    """A comment of a page was ``created``, ``updated`` or ``deleted``; ``stamp`` is its version."""
    payload = _payload(_COMMENT.format(what), at_ms, by)
    payload["content"] = {
        **_comment(site, page, comment),
        "space": _space(site, page),
        "version": _version(site, stamp.author, stamp.at, stamp.number),
        "ancestors": [_comment(site, page, each) for each in _thread(page, comment)],
        "container": page_content(site, page),
        "extensions": {"location": "inline" if comment.inline else "footer"},
    }
    if what == "updated":
        payload["updateTrigger"] = "updated"
    return Happened(payload["eventType"], payload)


def label_event(site: Site, page: Page, label: Label, what: str, at_ms: int, *, by: str | None) -> Happened:
    """A label was ``created`` on the site, ``added`` to a page or ``removed`` from it. ``labels`` are those that the
    page has by then."""
    payload = _payload(_LABEL.format(what), at_ms, by)
    del payload["suppressNotifications"]
    payload["label"] = _label(label)
    payload["content"] = page_content(site, page) | {"labels": [_label(each) for each in page.labels]}
    return Happened(payload["eventType"], payload)


def sample(site: Site, name: str, at_ms: int, about: str | None = None) -> Happened | None:
    """What Confluence would say of this event, about the page with the id ``about``, the site's ``$page``, or something
    on either, done by its last author; null for an event that no write raises, or where there is no such thing."""
    page = site.pages.get(about or "") or site.pages.get(site.variables.get("page", ""))
    if page is None or not any(name in names for names in RAISES.values()):
        return None
    _, _, what, kind = name.split(":")
    pages = [page, *(each for each in site.pages.values() if each is not page)]
    match kind:
        case "page":
            before = page_content(site, page) if what == "moved" else None
            return page_event(site, page, what, at_ms, by=page.updated_by, before=before)
        case "comment":
            found = next(((of, each) for of in pages for each in of.comments if not each.inline), None)
            if found is None:
                return None
            author, at = found[1].author, found[1].created_at
            stamp = Stamp(id=found[1].id, number=1, at=at, author=author, created_at=at)
            return comment_event(site, *found, what, at_ms, by=author, stamp=stamp)
        case _:
            labelled = next(((of, each) for of in pages for each in of.labels), None)
            return None if labelled is None else label_event(site, *labelled, what, at_ms, by=labelled[0].updated_by)


def page_content(site: Site, page: Page) -> dict[str, Any]:
    """A page as events show it: all but its body."""
    content: dict[str, Any] = {
        "id": page.id,
        "type": "page",
        "status": page.status,
        "title": page.title,
        "space": _space(site, page),
        "history": _history(site, page.author, page.owner, page.created_at),
        "version": _version(site, page.updated_by, page.updated_at, page.version),
    }
    if page.subtype is not None:
        content["subType"] = page.subtype
    return content


def _payload(name: str, at_ms: int, by: str | None) -> dict[str, Any]:
    """What all events have; an anonymous one has no ``atlassianId``."""
    payload: dict[str, Any] = {
        "eventType": name,
        "eventCreatedDate": iso_utc(at_ms),
        "suppressNotifications": False,
        "selfGenerated": False,
    }
    return payload if by is None else payload | {"atlassianId": by}


def _comment(site: Site, page: Page, comment: Comment) -> dict[str, Any]:
    """A comment as it is shown as an ancestor of another one."""
    return {
        "id": comment.id,
        "type": "comment",
        "status": "current",
        "title": f"Re: {page.title}",
        "history": _history(site, comment.author, comment.author, comment.created_at),
    }


def _thread(page: Page, comment: Comment) -> list[Comment]:
    """The comments that it replies to, the newest first; a loop ends where it closes."""
    by_id = {each.id: each for each in page.comments}
    found: list[Comment] = []
    here = by_id.get(comment.parent_id or "")
    while here is not None and here not in found:
        found.append(here)
        here = by_id.get(here.parent_id or "")
    return found


def _label(label: Label) -> dict[str, Any]:
    return {"id": label.id, "name": label.name, "prefix": label.prefix}


def _history(site: Site, author: str, owner: str | None, at_ms: int) -> dict[str, Any]:
    return {
        "latest": True,
        "createdBy": _person(site, author),
        "ownedBy": None if owner is None else _person(site, owner),
        "createdDate": iso_utc(at_ms),
    }


def _version(site: Site, author: str, at_ms: int, number: int) -> dict[str, Any]:
    return {"by": _person(site, author), "when": iso_utc(at_ms), "number": number}


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
