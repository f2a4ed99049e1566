"""Which kinds of content ids are of."""

from __future__ import annotations

from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import Refused, bad_request
from forgesim.products.confluence.world import World

__all__ = ["content_types"]


def content_types(world: World, call: Call) -> Result:
    """Id → page, blogpost, attachment, footer-comment or inline-comment; null for what the caller does not see."""
    ids = call.fields("contentIds")["contentIds"]
    if not isinstance(ids, list) or not all(isinstance(each, str) or type(each) is int for each in ids):
        raise bad_request("'contentIds' must be a list of ids")
    found: dict[str, str | None] = {}
    reads: list[str] = []
    for each in map(str, ids):
        kind, ref = _kind(world, call, each)
        found[each] = kind
        reads += [ref] if ref else []
    return Result(payload={"results": found}, reads=tuple(dict.fromkeys(reads)))


def _kind(world: World, call: Call, id_: str) -> tuple[str | None, str | None]:
    try:
        if id_.startswith("att"):
            return "attachment", f"attachment/{world.attachment(call.account, id_)[1].id}"
        if id_ in world.index.comments:
            comment = world.any_comment(call.account, id_)[1]
            return "inline-comment" if comment.inline else "footer-comment", f"comment/{id_}"
        return world.content(call.account, id_).kind, f"page/{id_}"
    except Refused:
        return None, None
