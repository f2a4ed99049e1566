"""Footer and inline comments: reading, and writing footer comments.

Commenting needs sight of the page and somebody who comments. Changing a comment is for its author; deleting
one also for those who may edit the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.content import storage_body
from forgesim.products.confluence.errors import (
    Refused,
    UnsupportedError,
    bad_request,
    forbidden,
)
from forgesim.products.confluence.events import comment_event
from forgesim.products.confluence.paging import listing, ordered
from forgesim.products.confluence.world import Stamp, World, by_id
from forgesim.site.model import Comment, Page

__all__ = [
    "create_footer_comment",
    "delete_footer_comment",
    "get_footer_comment",
    "get_inline_comment",
    "list_footer_children",
    "list_footer_comments",
    "list_inline_children",
    "list_inline_comments",
    "update_footer_comment",
]

STATUSES = ("current", "archived", "trashed", "deleted", "historical", "draft")
RESOLUTIONS = ("resolved", "open", "dangling", "reopened")
INCLUDES = ("properties", "operations", "likes", "versions", "collaborators")

Json = dict[str, object]


def _stamp(world: World, comment: Comment) -> Stamp:
    first = Stamp(id=comment.id, number=1, at=comment.created_at, author=comment.author, created_at=comment.created_at)
    return world.stamps.get(("comment", comment.id), first)


def list_footer_comments(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    roots = [each for each in page.comments if not each.inline and each.parent_id is None]
    return _list(world, call, page, roots, {"pageId": page.id})


def list_inline_comments(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    states = call.choices("resolution-status", RESOLUTIONS, RESOLUTIONS)
    roots = [
        each
        for each in page.comments
        if each.inline and each.parent_id is None and (each.resolution or "open") in states
    ]
    return _list(world, call, page, roots, {"pageId": page.id})


def list_footer_children(world: World, call: Call) -> Result:
    return _replies(world, call, inline=False)


def list_inline_children(world: World, call: Call) -> Result:
    return _replies(world, call, inline=True)


def _replies(world: World, call: Call, *, inline: bool) -> Result:
    page, parent = world.comment(call.account, call.id("id"), inline=inline)
    replies = [each for each in page.comments if each.parent_id == parent.id]
    return _list(world, call, page, replies, {"parentCommentId": parent.id})


def _list(world: World, call: Call, page: Page, found: Sequence[Comment], belongs: Json) -> Result:
    body = serialise.body_format(call)
    kept = found if "current" in call.choices("status", STATUSES, STATUSES) else []
    sorts: dict[str, Callable[[Comment], object]] = {
        "created-date": lambda each: each.created_at,
        "modified-date": lambda each: _stamp(world, each).at,
    }
    return listing(
        call,
        world.base,
        ordered(call, sorted(kept, key=by_id), sorts, "created-date"),
        ident=lambda each: each.id,
        show=lambda each: serialise.comment(world, page, each, _stamp(world, each), body=body) | belongs,
        reads=lambda each: f"comment/{each.id}",
    )


def get_footer_comment(world: World, call: Call) -> Result:
    return _get(world, call, inline=False)


def get_inline_comment(world: World, call: Call) -> Result:
    return _get(world, call, inline=True)


def _get(world: World, call: Call, *, inline: bool) -> Result:
    for name in INCLUDES:
        if call.flag(f"include-{name}"):
            raise UnsupportedError(f"{call.operation.name} with include-{name}")
    body = serialise.body_format(call, serialise.ALL_FORMATS)
    page, comment = world.comment(call.account, call.id("comment-id"), inline=inline)
    return _one(world, page, comment, body=body)


def _one(world: World, page: Page, comment: Comment, *, body: bool, status: int = 200) -> Result:
    shown: Json = serialise.comment(world, page, comment, _stamp(world, comment), body=body)
    shown["pageId"] = page.id
    if comment.parent_id is not None:
        shown["parentCommentId"] = comment.parent_id
    location = (("location", f"/wiki/api/v2/footer-comments/{comment.id}"),) if status == 201 else ()
    return Result(payload=shown, reads=(f"comment/{comment.id}",), status=status, headers=location)


def create_footer_comment(world: World, call: Call) -> Result:
    if call.account is None:
        raise forbidden("Nobody is logged in to comment")
    fields = call.fields("body")
    for name in ("blogPostId", "attachmentId", "customContentId"):
        if fields.get(name) is not None:
            raise UnsupportedError(f"{call.operation.name} with {name}")
    page, parent = _target(world, call, fields)
    comment = Comment(
        id=world.new_id(),
        author=call.account,
        created_at=call.now_ms,
        body=storage_body(call, fields["body"]),
        parent_id=parent,
    )
    page.comments.append(comment)
    world.commented(page, comment)
    _tell(world, call, page, comment, "created")
    return _one(world, page, comment, body=True, status=201)


def _tell(world: World, call: Call, page: Page, comment: Comment, what: str) -> None:
    stamp = _stamp(world, comment)
    told = comment_event(world.site, page, comment, what, call.now_ms, by=call.account, stamp=stamp)
    call.happened.append(told)


def _target(world: World, call: Call, fields: Json) -> tuple[Page, str | None]:
    """The page to comment on, and the comment to reply to."""
    parent, page_id = fields.get("parentCommentId"), fields.get("pageId")
    if (parent is None) == (page_id is None):
        raise bad_request("the body must have either 'pageId' or 'parentCommentId'")
    if parent is not None:
        page, found = world.comment(call.account, str(parent), inline=False)
        return page, found.id
    return world.page(call.account, str(page_id)), None


def update_footer_comment(world: World, call: Call) -> Result:
    page, comment = world.comment(call.account, call.id("comment-id"), inline=False)
    if comment.author != call.account:
        raise forbidden()
    fields = call.fields("version", "body")
    given, current = fields["version"], _stamp(world, comment)
    number = given.get("number") if isinstance(given, dict) else None
    if type(number) is not int:
        raise bad_request("'version.number' is required in the body")
    if number != current.number + 1:
        raise Refused(409, f"The next version is {current.number + 1}, not {number}")
    comment.body = storage_body(call, fields["body"])
    world.stamps["comment", comment.id] = Stamp(
        id=comment.id,
        number=number,
        at=call.now_ms,
        author=call.account,
        created_at=comment.created_at,
        message=str(given.get("message") or ""),
    )
    _tell(world, call, page, comment, "updated")
    return _one(world, page, comment, body=True)


def delete_footer_comment(world: World, call: Call) -> Result:
    page, comment = world.comment(call.account, call.id("comment-id"), inline=False)
    if comment.author != call.account and not world.edits(call.account, page):
        raise forbidden()
    _tell(world, call, page, comment, "deleted")
    gone = {comment.id}
    while more := {each.id for each in page.comments if each.parent_id in gone} - gone:
        gone |= more
    page.comments[:] = [each for each in page.comments if each.id not in gone]
    world.changed()
    return Result(payload=None, status=204)
