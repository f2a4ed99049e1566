"""Writing comments. Commenting is for those whom the space lets comment on what they see, changing a comment for its
author, deleting one also for those who may edit the page; resolving an inline comment for all who may comment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from forgesim.products.confluence.bodies import Bodies
from forgesim.products.confluence.call import Call, Result, version_message
from forgesim.products.confluence.comments import comment_result, is_inline
from forgesim.products.confluence.content import written_body
from forgesim.products.confluence.errors import Refused, UnsupportedError, bad_request, forbidden
from forgesim.products.confluence.events import comment_event
from forgesim.products.confluence.marking import mark, unmark
from forgesim.products.confluence.world import Stamp, World, comment_versions
from forgesim.site.access import ANONYMOUS, may_comment, may_delete_comment
from forgesim.site.model import Comment, Page, Version
from forgesim.site.storage import marker_ref

__all__ = ["create_comment", "delete_comment", "update_comment"]

Json = dict[str, Any]
HOLDERS = ("pageId", "blogPostId", "parentCommentId", "attachmentId", "customContentId")


def create_comment(world: World, call: Call) -> Result:
    if call.account is None and not world.site.anonymous:
        raise forbidden("Nobody is logged in to comment")
    fields, inline = call.fields("body"), is_inline(call)
    page, comment = _target(world, call, fields, inline=inline)
    if not may_comment(world.site, call.account, page):
        raise forbidden("The caller may not comment here")
    text, body = written_body(world, call, fields["body"], f"page/{page.id}")
    if inline and comment.parent_id is None:
        comment.selection, where = _selection(fields)
        marked = mark(page.body, comment.selection, where, marker_ref(world.site.cloud_id, str(world.site.next_id)))
        comment.id, page.body = world.new_id(), marked
        comment.resolution = "open"
    else:
        comment.id = world.new_id()
    comment.body = text
    page.comments.append(comment)
    world.commented(page, comment)
    _tell(world, call, page, comment, "created")
    return comment_result(world, page, comment, body=body, status=201)


def _target(world: World, call: Call, fields: Json, *, inline: bool) -> tuple[Page, Comment]:
    """What to comment on, and the comment to be, without its text."""
    given = [name for name in HOLDERS if fields.get(name) is not None]
    if len(given) != 1:
        raise bad_request(f"the body must have either 'pageId' or one other of {', '.join(HOLDERS[1:])}")
    name, id_ = given[0], str(fields[given[0]])
    comment = Comment(id="", author=call.account or ANONYMOUS, created_at=call.now_ms, body="", inline=inline)
    match name:
        case "pageId":
            return world.page(call.account, id_), comment
        case "blogPostId":
            return world.post(call.account, id_), comment
        case "parentCommentId":
            page, parent = world.comment(call.account, id_, inline=inline)
            comment.parent_id, comment.attachment_id = parent.id, parent.attachment_id
            return page, comment
        case "attachmentId" if not inline:
            page, file = world.attachment(call.account, id_)
            comment.attachment_id = file.id
            return page, comment
        case "attachmentId":
            raise bad_request("'attachmentId' is not for inline comments")
        case _:
            raise UnsupportedError(f"{call.operation.name} with {name}")


def _selection(fields: Json) -> tuple[str, tuple[int, int]]:
    """The text to comment on, how often it is there and which of those is meant."""
    given = fields.get("inlineCommentProperties")
    if not isinstance(given, dict):
        raise bad_request("'inlineCommentProperties' is required in the body")
    text, names = given.get("textSelection"), ("textSelectionMatchCount", "textSelectionMatchIndex")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("'inlineCommentProperties.textSelection' must be a text")
    count, index = (given.get(name) for name in names)
    if type(count) is not int or type(index) is not int or not 0 <= index < count:
        raise bad_request(f"'{names[0]}' and '{names[1]}' must be whole numbers, the second below the first")
    return text, (count, index)


def _tell(world: World, call: Call, page: Page, comment: Comment, what: str) -> None:
    now = comment_versions(comment)[-1]
    stamp = Stamp(id=comment.id, number=now.number, at=now.at, author=now.author, created_at=comment.created_at)
    told = comment_event(world.site, page, comment, what, call.now_ms, by=call.account, stamp=stamp)
    call.happened.append(told)


def update_comment(world: World, call: Call) -> Result:
    page, comment = world.comment(call.account, call.id("comment-id"), inline=is_inline(call))
    fields = call.fields("version") if is_inline(call) else call.fields("version", "body")
    resolves = _resolves(comment, fields)
    text, body = None, Bodies(world, call, "storage")
    if fields.get("body") is not None:
        text, body = written_body(world, call, fields["body"], f"comment/{comment.id}")
    if text is not None and (comment.author != call.account or call.account is None):
        raise forbidden()
    if not may_comment(world.site, call.account, page):
        raise forbidden()
    _advance(call, comment, fields["version"], text)
    if resolves is not None and resolves != (comment.resolution == "resolved"):
        comment.resolution = "resolved" if resolves else "reopened"
        world.stamps["resolution", comment.id] = Stamp(
            id=comment.id, number=1, at=call.now_ms, author=call.account or ANONYMOUS, created_at=call.now_ms
        )
    _tell(world, call, page, comment, "updated")
    return comment_result(world, page, comment, body=body)


def _resolves(comment: Comment, fields: Json) -> bool | None:
    """Whether an inline comment shall be resolved; null leaves it as it is."""
    asked = fields.get("resolved") if comment.inline else None
    if asked is None:
        return None
    if not isinstance(asked, bool):
        raise bad_request("'resolved' must be true or false")
    if comment.parent_id is not None:
        raise bad_request("a reply cannot be resolved")
    if comment.resolution == "dangling":
        raise bad_request("a dangling comment cannot be updated")
    return asked


def _advance(call: Call, comment: Comment, given: object, body: str | None) -> None:
    """The next version of the comment; the one before keeps its text."""
    number = given.get("number") if isinstance(given, dict) else None
    if type(number) is not int:
        raise bad_request("'version.number' is required in the body")
    old = comment_versions(comment)
    if number != old[-1].number + 1:
        raise Refused(409, f"The next version is {old[-1].number + 1}, not {number}")
    message = version_message(given)
    new = Version(number=number, at=call.now_ms, author=call.account or ANONYMOUS, message=message)
    comment.versions = (*old[:-1], replace(old[-1], body=comment.body), new)
    comment.body = comment.body if body is None else body


def delete_comment(world: World, call: Call) -> Result:
    page, comment = world.comment(call.account, call.id("comment-id"), inline=is_inline(call))
    if not may_delete_comment(world.site, call.account, page, comment):
        raise forbidden()
    _tell(world, call, page, comment, "deleted")
    gone = {comment.id}
    while more := {each.id for each in page.comments if each.parent_id in gone} - gone:
        gone |= more
    page.comments[:] = [each for each in page.comments if each.id not in gone]
    if comment.inline and comment.parent_id is None:
        page.body = unmark(page.body, comment.marker or marker_ref(world.site.cloud_id, comment.id))
    world.changed()
    return Result(payload=None, status=204)
