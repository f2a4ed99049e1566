"""Attachments: their settings, what they are, their bytes, and taking them away (Atlassian's REST API documents)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forgesim.products.jira import parts
from forgesim.products.jira.call import Call, Raw, Result
from forgesim.products.jira.errors import bad_request, forbidden, not_found
from forgesim.products.jira.events import tell_attachment
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue
from forgesim.site.jira_parts import IssueAttachment

__all__ = ["add_attachments", "attachment_meta", "delete_attachment", "download_attachment", "get_attachment"]

UPLOAD_LIMIT = 1_073_741_824
MOST_NAME = 255
_BOUNDARY = re.compile(r'\s*multipart/form-data\s*;.*?boundary="?([^";]{1,70})"?', re.IGNORECASE)
_FILE = re.compile(rb'content-disposition:[^\r\n]*?\bname="?file"?[^\r\n]*', re.IGNORECASE)
_NAME = re.compile(rb'\bfilename="([^"\r\n]*)"', re.IGNORECASE)
_TYPE = re.compile(rb"content-type:\s*([^\s;]+)", re.IGNORECASE)


def attachment_meta(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload={"enabled": True, "uploadLimit": UPLOAD_LIMIT})


def add_attachments(world: World, call: Call) -> Result:
    """The parts of the form that are called ``file``, each an attachment. Without the header ``X-Atlassian-Token:
    no-check`` it is refused, for a browser could be tricked into it."""
    world.require_access(call.account)
    issue, shown = world.issue(call.account, call.params["issueIdOrKey"]), Shown(call.account)
    world.require(call.account, "CREATE_ATTACHMENTS", issue, "add attachments")
    if (call.header("x-atlassian-token") or "").lower() not in ("no-check", "nocheck"):
        raise forbidden("XSRF check failed")
    files = list(_files(call))
    if not files:
        raise bad_request("The form has no part that is called file.")
    made = [
        IssueAttachment(
            id=world.new_id(), title=name, media_type=kind, created_at=call.now_ms, author=call.account or "", data=data
        )
        for name, kind, data in files
    ]
    issue.attachments = (*issue.attachments, *made)
    issue.updated_at = max(issue.updated_at, call.now_ms)
    world.index.changed(issue)
    for each in made:
        tell_attachment(call, issue, each, "created")
    return Result(payload=[parts.attachment(world, each, shown) for each in made], reads=shown.refs)


def _files(call: Call) -> Iterator[tuple[str, str, bytes]]:
    """Name, media type and bytes of each file of the form."""
    found = _BOUNDARY.match(call.header("content-type") or "")
    if found is None:
        raise bad_request("The body must be multipart/form-data with a boundary.")
    for part in (b"\r\n" + call.body).split(b"\r\n--" + found[1].encode())[1:]:
        if part.startswith(b"--"):
            return
        head, gap, data = part.partition(b"\r\n\r\n")
        field, name = _FILE.search(head), _NAME.search(head)
        if not gap or field is None:
            continue
        title = name[1].decode(errors="replace") if name else ""
        if not title or len(title) > MOST_NAME or "/" in title or "\0" in title:
            raise bad_request("A file needs a name of 1 to 255 characters without a slash.")
        kind = _TYPE.search(head)
        yield title, kind[1].decode("ascii", errors="replace") if kind else "application/octet-stream", data


def get_attachment(world: World, call: Call) -> Result:
    _, found = _find(world, call)
    shown = Shown(call.account)
    return Result(payload=parts.attachment(world, found, shown, alone=True), reads=shown.refs)


def download_attachment(world: World, call: Call) -> Result:
    """The bytes themselves; Jira's redirect to where they lie has no place to lead to here."""
    _, found = _find(world, call)
    call.flag("redirect", default=True)
    return Result(payload=Raw(found.data, found.media_type), reads=(f"attachment/{found.id}",))


def delete_attachment(world: World, call: Call) -> Result:
    issue, found = _find(world, call)
    whose = "OWN" if found.author == call.account else "ALL"
    if not world.holds(call.account, f"DELETE_{whose}_ATTACHMENTS", issue):
        raise forbidden("You do not have permission to delete this attachment.")
    issue.attachments = tuple(each for each in issue.attachments if each.id != found.id)
    issue.updated_at = max(issue.updated_at, call.now_ms)
    tell_attachment(call, issue, found, "deleted")
    return Result(payload=None, status=204)


def _find(world: World, call: Call) -> tuple[Issue, IssueAttachment]:
    world.require_access(call.account)
    id_ = call.id("id")
    issue = world.holder(call.account, f"attachment/{id_}")
    found = next((each for each in issue.attachments if each.id == id_), None) if issue else None
    if issue is None or found is None:
        raise not_found(f"The attachment with id '{id_}' does not exist")
    return issue, found
