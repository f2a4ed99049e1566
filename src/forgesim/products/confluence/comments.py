"""Reading footer and inline comments: of pages and blog posts, of attachments, of the whole site, and replies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forgesim.products.confluence import serialise
from forgesim.products.confluence.bodies import ALL_FORMATS, Bodies, bodies
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, not_found
from forgesim.products.confluence.held import held
from forgesim.products.confluence.paging import collection, listing, ordered
from forgesim.products.confluence.properties import properties_of
from forgesim.products.confluence.world import World, by_id, comment_versions
from forgesim.site.access import may_delete_comment
from forgesim.site.model import Comment, Page, Version

__all__ = [
    "belonging",
    "comment_result",
    "get_comment",
    "get_version",
    "is_inline",
    "list_attachment_comments",
    "list_comments",
    "list_operations",
    "list_page_comments",
    "list_replies",
    "list_versions",
    "operations_on",
]

STATUSES = ("current", "archived", "trashed", "deleted", "historical", "draft")
RESOLUTIONS = ("resolved", "open", "dangling", "reopened")

Json = dict[str, object]
Found = tuple[Page, Comment]

_SORTS: dict[str, Callable[[Found], object]] = {
    "created-date": lambda found: found[1].created_at,
    "modified-date": lambda found: comment_versions(found[1])[-1].at,
}


def is_inline(call: Call) -> bool:
    """What kind of comment the path speaks of."""
    return "inline-comments" in call.operation.path


def list_comments(world: World, call: Call) -> Result:
    """Every comment of the kind on the site, replies too, by id."""
    return _list(world, call, world.index.said[is_inline(call)], by_age=False)


def list_page_comments(world: World, call: Call) -> Result:
    page, inline = held(world, call), is_inline(call)
    states = call.choices("resolution-status", RESOLUTIONS, RESOLUTIONS) if inline else frozenset(RESOLUTIONS)
    kept = "current" in call.choices("status", STATUSES, STATUSES)
    roots = [
        (page, each)
        for each in sorted(page.comments, key=by_id)
        if kept and each.inline == inline and each.parent_id is None and each.attachment_id is None
        if not inline or (each.resolution or "open") in states
    ]
    return _list(world, call, roots)


def list_attachment_comments(world: World, call: Call) -> Result:
    page, file = world.attachment(call.account, call.params["id"])
    if call.number("version", file.version, 1, 2**31 - 1) != file.version:
        raise UnsupportedError(f"{call.operation.name} with an older version")
    roots = [(page, each) for each in page.comments if each.attachment_id == file.id and each.parent_id is None]
    return _list(world, call, roots)


def list_replies(world: World, call: Call) -> Result:
    page, parent = world.comment(call.account, call.id("id"), inline=is_inline(call))
    return _list(world, call, [(page, each) for each in page.comments if each.parent_id == parent.id])


def _list(world: World, call: Call, found: Sequence[Found], *, by_age: bool = True) -> Result:
    body = bodies(world, call)
    shown = listing(
        call,
        world.base,
        ordered(call, found, _SORTS, "created-date" if by_age else None),
        ident=lambda each: each[1].id,
        show=lambda each: serialise.comment(world, *each, body=body) | belonging(*each),
        reads=lambda each: f"comment/{each[1].id}",
        wanted=lambda each: world.sees(call.account, each[0]) and (by_age or each[0].status == "current"),
    )
    return body.told(shown)


def belonging(page: Page, comment: Comment) -> Json:
    """The id of what a comment is on: another comment, a file, a page or a blog post."""
    if comment.parent_id is not None:
        return {"parentCommentId": comment.parent_id}
    if comment.attachment_id is not None:
        return {"attachmentId": f"att{comment.attachment_id.removeprefix('att')}"}
    return {"blogPostId" if page.kind == "blogpost" else "pageId": page.id}


def _asked(world: World, call: Call) -> Found:
    name = "comment-id" if "comment-id" in call.params else "id"
    return world.comment(call.account, call.id(name), inline=is_inline(call))


def get_comment(world: World, call: Call) -> Result:
    body = bodies(world, call, ALL_FORMATS)
    page, comment = _asked(world, call)
    now = comment_versions(comment)[-1].number
    past = _version(comment, call.number("version", now, 1, 2**31 - 1))
    with_version = call.flag("include-version", True)
    shown = _included(world, call, page, comment)
    return comment_result(world, page, comment, body=body, past=past, with_version=with_version, also=shown)


def _included(world: World, call: Call, page: Page, comment: Comment) -> Json:
    if call.flag("include-collaborators"):
        raise UnsupportedError(f"{call.operation.name} with include-collaborators")
    parts: dict[str, Callable[[], Sequence[object]]] = {
        "properties": lambda: properties_of(world, page, comment),
        "operations": lambda: operations_on(world, call, page, comment),
        "likes": lambda: [{"accountId": each} for each in comment.likes],
        "versions": lambda: [serialise.version(each) for each in reversed(comment_versions(comment))],
    }
    kind = "inline" if comment.inline else "footer"
    base = f"/wiki/api/v2/{kind}-comments/{comment.id}"
    return {
        name: collection(f"{base}/{name}", items()) for name, items in parts.items() if call.flag(f"include-{name}")
    }


def comment_result(
    world: World,
    page: Page,
    comment: Comment,
    *,
    body: Bodies,
    past: Version | None = None,
    with_version: bool = True,
    also: Json | None = None,
    status: int = 200,
) -> Result:
    """The answer that is one comment. A reply has the ids of its page and of what it replies to."""
    shown = serialise.comment(world, page, comment, body=body, past=past)
    marked, also = shown.get("properties"), also or {}
    shown |= {"blogPostId" if page.kind == "blogpost" else "pageId": page.id, **belonging(page, comment), **also}
    if "properties" in also and isinstance(marked, dict) and isinstance(also["properties"], dict):
        shown["properties"] = marked | also["properties"]
    if not with_version:
        del shown["version"]
    links = shown["_links"]
    assert isinstance(links, dict)
    links["base"] = world.base
    kind = "inline" if comment.inline else "footer"
    location = (("location", f"/wiki/api/v2/{kind}-comments/{comment.id}"),) if status == 201 else ()
    return body.told(Result(payload=shown, reads=(f"comment/{comment.id}",), status=status, headers=location))


def operations_on(world: World, call: Call, page: Page, comment: Comment) -> list[dict[str, str]]:
    may = ["read"]
    may += ["update"] if comment.author == call.account else []
    may += ["delete"] if may_delete_comment(world.site, call.account, page, comment) else []
    return [{"operation": each, "targetType": "comment"} for each in may]


def list_operations(world: World, call: Call) -> Result:
    page, comment = _asked(world, call)
    return Result(payload={"operations": operations_on(world, call, page, comment)}, reads=(f"comment/{comment.id}",))


def list_versions(world: World, call: Call) -> Result:
    page, comment = _asked(world, call)
    body = bodies(world, call)
    sorts: dict[str, Callable[[Version], object]] = {"modified-date": lambda each: each.number}
    shown = listing(
        call,
        world.base,
        ordered(call, comment_versions(comment)[::-1], sorts),
        ident=lambda each: str(each.number),
        show=lambda each: serialise.comment_version(page, comment, each, body=body),
        reads=lambda _: f"comment/{comment.id}",
    )
    return body.told(shown)


def _version(comment: Comment, number: int) -> Version:
    found = next((each for each in comment_versions(comment) if each.number == number), None)
    if found is None:
        raise not_found()
    return found


def get_version(world: World, call: Call) -> Result:
    _, comment = _asked(world, call)
    found = _version(comment, int(call.id("version-number")))
    numbers = [each.number for each in comment_versions(comment)]
    return Result(payload=serialise.version_detail(numbers, found), reads=(f"comment/{comment.id}",))
