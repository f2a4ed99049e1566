"""Creating, changing and deleting pages and blog posts. What an app writes here is really there afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from forgesim.clock import parse_time
from forgesim.products.confluence import serialise
from forgesim.products.confluence.bodies import Bodies
from forgesim.products.confluence.call import Call, Result, version_message
from forgesim.products.confluence.content import written_body
from forgesim.products.confluence.errors import (
    Refused,
    UnsupportedError,
    bad_request,
    forbidden,
    not_found,
)
from forgesim.products.confluence.events import page_content, page_event
from forgesim.products.confluence.held import held, held_to_edit, kind_of
from forgesim.products.confluence.pages import page_result
from forgesim.products.confluence.tasks import tasks_in, tell_of_tasks
from forgesim.products.confluence.world import World, ancestors_of
from forgesim.site.access import ANONYMOUS, may, may_delete_page
from forgesim.site.model import Page, Space, Version

__all__ = ["advance", "check_title", "create_page", "delete_page", "update_page", "update_title", "written_at"]

MAX_TITLE = 255
"""Characters of a page's title."""


def create_page(world: World, call: Call) -> Result:
    if call.flag("embedded"):
        raise UnsupportedError(f"{call.operation.name} with embedded")
    private, at_root, kind = call.flag("private"), call.flag("root-level"), kind_of(call)
    fields = call.fields("spaceId")
    space = world.space(call.account, str(fields["spaceId"]))
    if not may(world.site, call.account, f"create:{kind}", space):
        raise forbidden(f"The caller may not create a {kind} in this space")
    author = call.account or ANONYMOUS
    status = fields.get("status", "current")
    if status not in ("current", "draft"):
        raise bad_request("'status' must be current or draft")
    title = check_title(world, space, fields.get("title"), draft=status == "draft", kind=kind)
    post = kind == "blogpost"
    parent = None if post else _new_parent(world, call, space, fields.get("parentId"), at_root)
    alone = [author] if private else None
    id_ = world.new_id()
    text, body = "", Bodies(world, call, "storage")
    if "body" in fields:
        text, body = written_body(world, call, fields["body"], f"page/{id_}")
    page = Page(
        id=id_,
        space_id=space.id,
        title=title,
        body=text,
        author=author,
        owner=author,
        created_at=written_at(call, fields) if post else call.now_ms,
        updated_at=call.now_ms,
        updated_by=author,
        parent_id=parent,
        position=0 if post else len(world.index.children.get(parent or "", ())),
        status=status,
        kind="blogpost" if post else "page",
        subtype="live" if fields.get("subtype") == "live" and not post else None,
        viewers=alone,
        editors=None if alone is None else list(alone),
    )
    world.site.pages[page.id] = page
    world.added(page)
    _tell(world, call, page, _begun(page))
    tell_of_tasks(world, call, page, ())
    return _written(world, page, body)


def written_at(call: Call, fields: Mapping[str, object]) -> int:
    """When a blog post was written, as its writer says."""
    given = fields.get("createdAt")
    if given is None:
        return call.now_ms
    try:
        return parse_time(str(given))
    except ValueError:
        raise bad_request(f"'createdAt' must be an ISO 8601 date, not '{given}'") from None


def _begun(page: Page) -> str:
    """What is told of a page that comes into being; nothing of a draft, which is its author's alone."""
    return "draft" if page.status == "draft" else "initialized" if page.subtype == "live" else "created"


def _tell(world: World, call: Call, page: Page, *what: str) -> None:
    for each in what:
        if each != "draft":
            call.happened.append(page_event(world.site, page, each, call.now_ms, by=call.account))


def _new_parent(world: World, call: Call, space: Space, given: object, at_root: bool) -> str | None:
    if given is None:
        return None if at_root else space.homepage_id
    if at_root:
        raise bad_request("'parentId' does not go with root-level=true")
    return _parent(world, call, space.id, given)


def _parent(world: World, call: Call, space_id: str, given: object) -> str:
    parent = world.page(call.account, str(given))
    if parent.space_id != space_id:
        raise bad_request("'parentId' is a page of another space")
    return parent.id


def check_title(
    world: World, space: Space, given: object, *, draft: bool = False, own: str | None = None, kind: str = "page"
) -> str:
    """A title that no other page of the space has; ``own`` is the page that may have it. Blog posts may share one."""
    if draft and not given:
        return ""
    if not isinstance(given, str) or not 0 < len(given.strip()) <= MAX_TITLE:
        raise bad_request(f"'title' must be a string of 1 to {MAX_TITLE} characters")
    title = given.strip()
    if kind == "blogpost":
        return title
    for page in world.index.by_space.get(space.id, ()):
        if page.title == title and page.id != own and page.status in ("current", "archived"):
            raise bad_request("A page with this title already exists in this space")
    return title


def update_page(world: World, call: Call) -> Result:
    page = held_to_edit(world, call)
    fields = call.fields("id", "status", "title", "body", "version")
    if str(fields["id"]) != page.id:
        raise bad_request("'id' is not the page of the path")
    publishes = _check_status(page, call, fields["status"])
    message = _check_version(page, fields["version"], publishes=publishes)
    space = world.site.spaces[page.space_id]
    if fields.get("spaceId") not in (None, space.id, int(space.id)):
        raise bad_request("'spaceId' cannot be changed")
    title = check_title(world, space, fields["title"], own=page.id, kind=page.kind)
    text, body = written_body(world, call, fields["body"], f"page/{page.id}")
    post, had = page.kind == "blogpost", tasks_in(page)
    parent = None if post else _moved_to(world, call, page, fields.get("parentId"))
    owner = page.owner if post else fields.get("ownerId", page.owner)
    if owner is not None and owner != page.owner and not (isinstance(owner, str) and owner in world.site.users):
        raise bad_request("'ownerId' is no account of this site")
    before = page_content(world.site, page) if parent != page.parent_id and not publishes else None
    page.parent_id, page.owner = parent, owner
    if post and fields.get("createdAt") is not None:
        page.created_at = written_at(call, fields)
    if publishes:
        page.status, page.title, page.body = "current", title, text
        page.updated_at, page.updated_by = call.now_ms, call.account or page.updated_by
    else:
        advance(call, page, title, text, message)
    world.changed()
    _tell(world, call, page, _begun(page) if publishes or page.status == "draft" else "updated")
    tell_of_tasks(world, call, page, () if publishes else had)
    if before is not None and page.status != "draft":
        call.happened.append(
            page_event(world.site, page, "moved", call.now_ms, by=call.account, before=before)
        )  # fmt: skip
    return _written(world, page, body)


def _check_status(page: Page, call: Call, given: object) -> bool:
    """Whether the update publishes a draft."""
    if given not in ("current", "draft"):
        raise bad_request("'status' must be current or draft")
    if given == "draft" and page.status != "draft":
        raise UnsupportedError(f"{call.operation.name} with a draft of a published page")
    if page.status == "trashed":
        raise bad_request("a page in the trash cannot be updated")
    return page.status == "draft" and given == "current"


def _check_version(page: Page, given: object, *, publishes: bool) -> str:
    """The message of the new version, whose number must be the next one (1 to publish a draft)."""
    number = given.get("number") if isinstance(given, dict) else None
    if type(number) is not int:
        raise bad_request("'version.number' is required in the body")
    if number != (1 if publishes else page.version + 1):
        raise Refused(
            409,
            "Version must be incremented when updating a page. "
            f"Current Version: [{page.version}]. Provided version: [{number}]",
        )
    return version_message(given)


def _moved_to(world: World, call: Call, page: Page, given: object) -> str | None:
    """The parent after the update: unchanged, or a page of the space that is not below this one."""
    if given is None or str(given) == page.parent_id:
        return page.parent_id
    parent = _parent(world, call, page.space_id, given)
    if parent == page.id or any(each.id == page.id for each in ancestors_of(world, world.site.pages[parent])):
        raise bad_request("'parentId' is below the page itself")
    return parent


def update_title(world: World, call: Call) -> Result:
    page = held_to_edit(world, call)
    fields = call.fields("status", "title")
    if fields["status"] != page.status:
        raise bad_request(f"'status' must be {page.status}, as the page is")
    title = check_title(world, world.site.spaces[page.space_id], fields["title"], own=page.id)
    advance(call, page, title, page.body, "")
    world.changed()
    _tell(world, call, page, "draft" if page.status == "draft" else "updated")
    return _written(world, page, Bodies(world, call, "storage"))


def advance(call: Call, page: Page, title: str, body: str, message: str) -> None:
    """The next version of the page; the one before keeps its title and body in the history."""
    author = call.account or ANONYMOUS
    places = {each.number: place for place, each in enumerate(page.versions)}
    if page.version not in places:
        places[page.version] = len(page.versions)
        page.versions.append(Version(number=page.version, at=page.updated_at, author=page.updated_by))
    place = places[page.version]
    page.versions[place] = replace(page.versions[place], title=page.title, body=page.body)
    page.title, page.body, page.version = title, body, page.version + 1
    page.updated_at, page.updated_by = call.now_ms, author
    page.versions.append(Version(number=page.version, at=call.now_ms, author=author, message=message))


def _written(world: World, page: Page, body: Bodies) -> Result:
    return page_result(world, page, serialise.page(world, page, body=body), body)


def delete_page(world: World, call: Call) -> Result:
    """To the trash; from the trash for good with ``purge``; a draft for good with ``draft``."""
    page = held(world, call)
    if not may_delete_page(world.site, call.account, page):
        raise forbidden()
    purge, draft = call.flag("purge"), call.flag("draft")
    if draft != (page.status == "draft"):
        raise not_found()
    if purge and page.status != "trashed":
        raise bad_request("only a page in the trash can be purged")
    if page.status == "trashed" and not purge:
        raise not_found()
    _leave_tree(world, page)
    if purge or draft:
        del world.site.pages[page.id]
    else:
        page.status = "trashed"
    world.changed()
    _tell(world, call, page, "draft" if draft else "deleted" if purge else "trashed")
    return Result(payload=None, status=204)


def _leave_tree(world: World, page: Page) -> None:
    """Children move up to the page's parent; the space forgets it as its homepage."""
    for each in world.index.children.get(page.id, ()):
        each.parent_id = page.parent_id
    space = world.site.spaces[page.space_id]
    if space.homepage_id == page.id:
        space.homepage_id = None
