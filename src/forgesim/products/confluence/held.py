"""The page or blog post that a call is about: both have the same operations, under paths of their own."""

from __future__ import annotations

from forgesim.products.confluence.call import Call
from forgesim.products.confluence.errors import forbidden
from forgesim.products.confluence.world import World
from forgesim.site.model import Page

__all__ = ["address", "held", "held_to_edit", "kind_of"]

_POSTS = "/wiki/api/v2/blogposts"
_NAMES = ("id", "page-id", "blogpost-id", "contentId", "pageId")


def kind_of(call: Call) -> str:
    """What the operation's path speaks of: ``blogpost`` or ``page``."""
    return "blogpost" if call.operation.path.startswith(_POSTS) else "page"


def held(world: World, call: Call) -> Page:
    """What the call's path names, if the caller sees it: in v1 a page or blog post, in v2 what the path says."""
    id_ = call.id(next(name for name in _NAMES if name in call.params))
    if call.operation.path.startswith("/wiki/rest/"):
        return world.content(call.account, id_)
    return (world.post if kind_of(call) == "blogpost" else world.page)(call.account, id_)


def held_to_edit(world: World, call: Call) -> Page:
    page = held(world, call)
    if not world.edits(call.account, page):
        raise forbidden()
    return page


def address(page: Page) -> str:
    """``/wiki/api/v2/pages/123``."""
    return f"/wiki/api/v2/{page.kind}s/{page.id}"
