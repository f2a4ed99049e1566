"""Who likes pages, blog posts and comments. No operation likes anything."""

from __future__ import annotations

from collections.abc import Sequence

from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.held import held
from forgesim.products.confluence.paging import listing
from forgesim.products.confluence.world import World

__all__ = ["count_likes", "list_likes"]


def _liked(world: World, call: Call) -> tuple[str, Sequence[str]]:
    """What the path names, as a ref, and who likes it."""
    path = call.operation.path
    if "-comments/" in path:
        _, comment = world.comment(call.account, call.id("id"), inline="/inline-comments/" in path)
        return f"comment/{comment.id}", comment.likes
    page = held(world, call)
    return f"page/{page.id}", page.likes


def count_likes(world: World, call: Call) -> Result:
    ref, likes = _liked(world, call)
    return Result(payload={"count": len(likes)}, reads=(ref,))


def list_likes(world: World, call: Call) -> Result:
    ref, likes = _liked(world, call)
    return listing(
        call,
        world.base,
        sorted(likes),
        ident=str,
        show=lambda each: {"accountId": each},
        reads=lambda _: ref,
    )
