"""Attachments: their settings, what they are, their bytes, and taking them away (Atlassian's REST API documents)."""

from __future__ import annotations

from forgesim.products.jira import parts
from forgesim.products.jira.call import Call, Raw, Result
from forgesim.products.jira.errors import forbidden, not_found
from forgesim.products.jira.events import tell_attachment
from forgesim.products.jira.serialise import Shown
from forgesim.products.jira.world import World
from forgesim.site.jira_model import Issue
from forgesim.site.jira_parts import IssueAttachment

__all__ = ["attachment_meta", "delete_attachment", "download_attachment", "get_attachment"]

UPLOAD_LIMIT = 1_073_741_824


def attachment_meta(world: World, call: Call) -> Result:
    world.require_access(call.account)
    return Result(payload={"enabled": True, "uploadLimit": UPLOAD_LIMIT})


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
