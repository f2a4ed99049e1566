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
from forgesim.products.confluence.world import Stamp, thread_of
from forgesim.site.model import Attachment, Comment, Label, Page, Site, Space

__all__ = [
    "RAISES",
    "attachment_event",
    "comment_event",
    "label_event",
    "page_content",
    "page_event",
    "space_event",
    "task_event",
]

Json = dict[str, Any]

_PAGE = "avi:confluence:{}:page"
_POST = "avi:confluence:{}:blogpost"
_COMMENT = "avi:confluence:{}:comment"
_FILE = "avi:confluence:{}:attachment"
_LABEL = "avi:confluence:{}:label"
_TASK = "avi:confluence:{}:task"
_SPACE = "avi:confluence:{}:space:V2"


def _names(pattern: str, *what: str) -> tuple[str, ...]:
    return tuple(pattern.format(each) for each in what)


_TASKS = _names(_TASK, "created", "updated", "removed")
_LABELLED = _names(_LABEL, "created", "added")
_PERMITTED = (_PAGE.format("permissions_updated"), _POST.format("permissions_updated"))
_V1 = "/wiki/rest/api/content/{id}"
_BY = f"{_V1}/restriction/byOperation/{{operationKey}}"

RAISES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "POST /wiki/api/v2/pages": (*_names(_PAGE, "created", "initialized"), _TASKS[0]),
        "PUT /wiki/api/v2/pages/{id}": (*_names(_PAGE, "created", "initialized", "updated", "moved"), *_TASKS),
        "PUT /wiki/api/v2/pages/{id}/title": (_PAGE.format("updated"),),
        "DELETE /wiki/api/v2/pages/{id}": _names(_PAGE, "trashed", "deleted"),
        "POST /wiki/api/v2/blogposts": (_POST.format("created"), _TASKS[0]),
        "PUT /wiki/api/v2/blogposts/{id}": (*_names(_POST, "created", "updated"), *_TASKS),
        "DELETE /wiki/api/v2/blogposts/{id}": _names(_POST, "trashed", "deleted"),
        "PUT /wiki/api/v2/tasks/{id}": (_TASK.format("updated"),),
        "POST /wiki/api/v2/footer-comments": (_COMMENT.format("created"),),
        "PUT /wiki/api/v2/footer-comments/{comment-id}": (_COMMENT.format("updated"),),
        "DELETE /wiki/api/v2/footer-comments/{comment-id}": (_COMMENT.format("deleted"),),
        "POST /wiki/api/v2/inline-comments": (_COMMENT.format("created"),),
        "PUT /wiki/api/v2/inline-comments/{comment-id}": (_COMMENT.format("updated"),),
        "DELETE /wiki/api/v2/inline-comments/{comment-id}": (_COMMENT.format("deleted"),),
        "POST /wiki/api/v2/spaces": (_SPACE.format("created"),),
        f"POST {_V1}/child/attachment": _names(_FILE, "created"),
        f"PUT {_V1}/child/attachment": _names(_FILE, "created", "updated"),
        f"POST {_V1}/child/attachment/{{attachmentId}}/data": _names(_FILE, "updated"),
        "DELETE /wiki/api/v2/attachments/{id}": _names(_FILE, "trashed", "deleted"),
        f"POST {_V1}/label": _LABELLED,
        f"DELETE {_V1}/label": _names(_LABEL, "removed"),
        f"DELETE {_V1}/label/{{label}}": _names(_LABEL, "removed"),
        f"POST {_V1}/restriction": _PERMITTED,
        f"PUT {_V1}/restriction": _PERMITTED,
        f"DELETE {_V1}/restriction": _PERMITTED,
        f"PUT {_BY}/user": _PERMITTED,
        f"DELETE {_BY}/user": _PERMITTED,
        f"PUT {_BY}/byGroupId/{{groupId}}": _PERMITTED,
        f"DELETE {_BY}/byGroupId/{{groupId}}": _PERMITTED,
        f"POST {_V1}/version": (*_names(_PAGE, "updated"), *_names(_POST, "updated"), *_TASKS),
        f"POST {_V1}/copy": (_PAGE.format("copied"),),
        "PUT /wiki/rest/api/content/{pageId}/move/{position}/{targetId}": (
            _PAGE.format("moved"),
            _PAGE.format("children_reordered"),
        ),
        **{
            f"{method} /wiki/api/v2/{path}": ()
            for of in (
                "pages/{page-id}",
                "blogposts/{blogpost-id}",
                "comments/{comment-id}",
                "attachments/{attachment-id}",
                "spaces/{space-id}",
            )
            for method, path in (
                ("POST", f"{of}/properties"),
                ("PUT", f"{of}/properties/{{property-id}}"),
                ("DELETE", f"{of}/properties/{{property-id}}"),
            )
        },
        "PUT /wiki/api/v2/app/properties/{propertyKey}": (),
        "DELETE /wiki/api/v2/app/properties/{propertyKey}": (),
    }
)
"""Operation → the events that it may bring about. Of content properties no event is documented."""


def page_event(
    site: Site,
    page: Page,
    what: str,
    at_ms: int,
    *,
    by: str | None,
    before: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> Happened:
    """A page or blog post was ``created``, ``updated``, ``moved``, ``trashed``, ``deleted``, … by somebody.

    ``before``: its ``page_content`` before it was moved; ``also``: what this event has besides.
    """
    name = f"avi:confluence:{what}:{page.kind}"
    payload = _payload(name, at_ms, by) | {"content": page_content(site, page), **(also or {})}
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
        "ancestors": [_comment(site, page, each) for each in thread_of(page, comment)],
        "container": page_content(site, page),
        "extensions": {"location": "inline" if comment.inline else "footer"},
    }
    if what == "updated":
        payload["updateTrigger"] = "updated"
    return Happened(payload["eventType"], payload)


def attachment_event(
    site: Site, page: Page, file: Attachment, what: str, at_ms: int, *, by: str | None
) -> Happened:  # fmt: skip
    """A file on a page or blog post was ``created``, ``updated``, ``trashed`` or ``deleted``."""
    payload = _payload(_FILE.format(what), at_ms, by)
    at = file.created_at if file.updated_at is None else file.updated_at
    payload["content"] = {
        "id": f"att{file.id.removeprefix('att')}",
        "type": "attachment",
        "status": file.status,
        "title": file.title,
        "space": _space(site, page),
        "history": _history(site, file.author, file.author, file.created_at),
        "version": _version(site, file.author, at, file.version),
        "container": page_content(site, page),
    }
    return Happened(payload["eventType"], payload)


def task_event(
    site: Site, page: Page, task: Json, what: str, at_ms: int, *, by: str | None, before: Json | None = None
) -> Happened:
    """A task of a page's body was ``created``, ``updated`` or ``removed``; ``before`` is how it was."""
    payload = _payload(_TASK.format(what), at_ms, by) | {"task": task, "content": page_content(site, page)}
    if before is not None:
        payload["oldTask"] = before
    return Happened(payload["eventType"], payload)


def space_event(space: Space, what: str, at_ms: int, *, by: str | None) -> Happened:
    """A space was ``created``."""
    payload = _payload(_SPACE.format(what), at_ms, by) | {"space": _space_content(space)}
    return Happened(payload["eventType"], payload)


def label_event(site: Site, page: Page, label: Label, what: str, at_ms: int, *, by: str | None) -> Happened:
    """A label was ``created`` on the site, ``added`` to a page or ``removed`` from it. ``labels`` are those that the
    page has by then."""
    payload = _payload(_LABEL.format(what), at_ms, by)
    del payload["suppressNotifications"]
    payload["label"] = _label(label)
    payload["content"] = page_content(site, page) | {"labels": [_label(each) for each in page.labels]}
    return Happened(payload["eventType"], payload)


def page_content(site: Site, page: Page) -> Json:
    """A page as events show it: all but its body."""
    content: Json = {
        "id": page.id,
        "type": page.kind,
        "status": page.status,
        "title": page.title,
        "space": _space(site, page),
        "history": _history(site, page.author, page.owner, page.created_at),
        "version": _version(site, page.updated_by, page.updated_at, page.version),
    }
    if page.subtype is not None:
        content["subType"] = page.subtype
    return content


def _payload(name: str, at_ms: int, by: str | None) -> Json:
    """What all events have; an anonymous one has no ``atlassianId``."""
    payload: Json = {
        "eventType": name,
        "eventCreatedDate": iso_utc(at_ms),
        "suppressNotifications": False,
        "selfGenerated": False,
    }
    return payload if by is None else payload | {"atlassianId": by}


def _comment(site: Site, page: Page, comment: Comment) -> Json:
    """A comment as it is shown as an ancestor of another one."""
    return {
        "id": comment.id,
        "type": "comment",
        "status": "current",
        "title": f"Re: {page.title}",
        "history": _history(site, comment.author, comment.author, comment.created_at),
    }


def _label(label: Label) -> Json:
    return {"id": label.id, "name": label.name, "prefix": label.prefix}


def _history(site: Site, author: str, owner: str | None, at_ms: int) -> Json:
    return {
        "latest": True,
        "createdBy": _person(site, author),
        "ownedBy": None if owner is None else _person(site, owner),
        "createdDate": iso_utc(at_ms),
    }


def _version(site: Site, author: str, at_ms: int, number: int) -> Json:
    return {"by": _person(site, author), "when": iso_utc(at_ms), "number": number}


def _space(site: Site, page: Page) -> Json:
    return _space_content(site.spaces[page.space_id])


def _space_content(space: Space) -> Json:
    return {
        "id": int(space.id) if space.id.isdecimal() else space.id,
        "key": space.key,
        "alias": space.key,
        "name": space.name,
        "type": space.kind,
        "icon": {"path": "/images/logo/default-space-logo.svg", "width": 48, "height": 48, "isDefault": True},
        "status": space.status,
    }


def _person(site: Site, account: str) -> Json:
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
