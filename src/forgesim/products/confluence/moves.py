"""Pages moved and copied, older versions restored, and what lies below a page: v1."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from forgesim.clock import iso_utc
from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.content import written_body
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.confluence.events import page_content, page_event
from forgesim.products.confluence.held import held_to_edit
from forgesim.products.confluence.page_writes import advance, check_title
from forgesim.products.confluence.tasks import tasks_in, tell_of_tasks
from forgesim.products.confluence.users import profile_of
from forgesim.products.confluence.world import World, ancestors_of, by_id, versions_of
from forgesim.site.access import ANONYMOUS, may, may_restrict_page
from forgesim.site.model import Page, Space

__all__ = ["copy_page", "move_page", "restore_version"]

POSITIONS = ("before", "after", "append")
KEPT = ("copyAttachments", "copyPermissions", "copyProperties", "copyLabels", "copyCustomContents")


def move_page(world: World, call: Call) -> Result:
    """``append``: below the target; ``before`` and ``after``: beside it. Everything below the page goes with it."""
    position = call.params["position"]
    if position not in POSITIONS:
        raise bad_request(f"the position must be one of {', '.join(POSITIONS)}")
    page = world.page(call.account, call.id("pageId"))
    target = world.page(call.account, call.id("targetId"))
    parent = target if position == "append" else world.site.pages.get(target.parent_id or "")
    _check_move(world, call, page, target)
    before, home = page_content(world.site, page), page.parent_id
    old = [each.id for each in _children(world, parent, target.space_id)]
    _to_space(world, page, target.space_id)
    page.parent_id = None if parent is None else parent.id
    _place(world, page, target, position)
    world.changed()
    if home != page.parent_id:
        call.happened.append(page_event(world.site, page, "moved", call.now_ms, by=call.account, before=before))
    elif parent is not None:
        new = [each.id for each in _children(world, parent, target.space_id)]
        also = {"oldSortedChildPageIds": list(map(int, old)), "newSortedChildPageIds": list(map(int, new))}
        call.happened.append(
            page_event(world.site, parent, "children_reordered", call.now_ms, by=call.account, also=also)
        )
    return Result(payload={"pageId": page.id}, reads=(f"page/{page.id}",))


def _check_move(world: World, call: Call, page: Page, target: Page) -> None:
    space = world.site.spaces[target.space_id]
    if not world.edits(call.account, page) or not may(world.site, call.account, "create:page", space):
        raise forbidden()
    if target.id == page.id or any(each.id == page.id for each in ancestors_of(world, target)):
        raise bad_request("the target is the page itself or below it")
    if target.status != "current":
        raise bad_request("the target is no current page")
    if target.space_id != page.space_id:
        for each in (page, *_below(world, page)):
            check_title(world, space, each.title or "x", own=each.id)
            if not world.edits(call.account, each):
                raise forbidden()


def _children(world: World, parent: Page | None, space: str) -> list[Page]:
    if parent is not None:
        return list(world.index.children.get(parent.id, ()))
    tops = (each for each in world.index.by_space.get(space, ()) if each.parent_id is None)
    return sorted(tops, key=lambda each: (each.position, *by_id(each)))


def _below(world: World, page: Page) -> Iterator[Page]:
    seen, level = {page.id}, [page]
    while level:
        level = [each for of in level for each in world.index.children.get(of.id, ()) if each.id not in seen]
        seen |= {each.id for each in level}
        yield from level


def _to_space(world: World, page: Page, space: str) -> None:
    if page.space_id == space:
        return
    old = world.site.spaces[page.space_id]
    for each in (page, *_below(world, page)):
        each.space_id = space
        old.homepage_id = None if old.homepage_id == each.id else old.homepage_id


def _place(world: World, page: Page, target: Page, position: str) -> None:
    """Give the page its place among its new siblings."""
    world.changed()
    parent = world.site.pages.get(page.parent_id or "")
    order = [each for each in _children(world, parent, page.space_id) if each.id != page.id]
    at = len(order) if position == "append" else order.index(target) + (position == "after")
    for number, each in enumerate([*order[:at], page, *order[at:]]):
        each.position = number


def copy_page(world: World, call: Call) -> Result:
    page = world.page(call.account, call.id("id"))
    fields = call.fields("destination")
    if call.many("expand"):
        raise UnsupportedError(f"{call.operation.name} with expand")
    wants = {name: _flag(fields, name) for name in KEPT}
    space, parent = _destination(world, call, fields["destination"])
    if not may(world.site, call.account, "create:page", space):
        raise forbidden("The caller may not create pages in this space")
    if wants["copyPermissions"] and not may_restrict_page(world.site, call.account, page):
        raise forbidden("The caller may not copy the restrictions of this page")
    title = check_title(world, space, fields.get("pageTitle") or page.title)
    id_ = world.new_id()
    body = page.body
    if fields.get("body") is not None:
        body, _ = written_body(world, call, fields["body"], f"page/{id_}")
    author = call.account or ANONYMOUS
    copied = replace(
        page,
        id=id_,
        space_id=space.id,
        title=title,
        body=body,
        author=author,
        owner=author,
        created_at=call.now_ms,
        updated_at=call.now_ms,
        updated_by=author,
        version=1,
        parent_id=parent,
        position=len(world.index.children.get(parent or "", ())),
        status="current",
        likes=(),
        labels=list(page.labels) if wants["copyLabels"] else [],
        comments=[],
        attachments=_copied_files(world, call, page) if wants["copyAttachments"] else [],
        versions=[],
        properties=deepcopy(page.properties) if wants["copyProperties"] else {},
        viewers=_names(page.viewers) if wants["copyPermissions"] else None,
        editors=_names(page.editors) if wants["copyPermissions"] else None,
        views=0,
        viewers_count=0,
    )
    world.site.pages[copied.id] = copied
    world.changed()
    also = {"originContentId": page.id}
    call.happened.append(page_event(world.site, copied, "copied", call.now_ms, by=call.account, also=also))
    tell_of_tasks(world, call, copied, ())
    return Result(payload=_content(world, copied), reads=(f"page/{copied.id}",))


def _names(listed: list[str] | None) -> list[str] | None:
    return None if listed is None else list(listed)


def _flag(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise bad_request(f"'{name}' must be true or false")
    return value


def _copied_files(world: World, call: Call, page: Page) -> list[Any]:
    """The current versions of its files, as new files of the copy."""
    author = call.account or ANONYMOUS
    return [
        replace(each, id=world.new_id(), created_at=call.now_ms, author=author, version=1, updated_at=None,
                labels=(), properties={}, past=())
        for each in page.attachments
        if each.status == "current"
    ]  # fmt: skip


def _destination(world: World, call: Call, given: object) -> tuple[Space, str | None]:
    """The space and the parent of the copy."""
    kind, value = (given.get("type"), given.get("value")) if isinstance(given, dict) else (None, None)
    if value is None or kind not in ("space", "existing_page", "parent_page", "parent_content"):
        raise bad_request("'destination' needs a type and a value")
    if kind in ("existing_page", "parent_content"):
        raise UnsupportedError(f"{call.operation.name} to {kind}")
    if kind == "parent_page":
        parent = world.page(call.account, str(value))
        return world.site.spaces[parent.space_id], parent.id
    found = next((space for space in world.site.spaces.values() if space.key == value), None)
    if found is None:
        raise not_found()
    return world.space(call.account, found.id), None


def _content(world: World, page: Page) -> dict[str, object]:
    """A page as v1 shows it, with its version and space named alone."""
    key = world.site.spaces[page.space_id].key
    return {
        "id": page.id,
        "type": page.kind,
        "status": page.status,
        "title": page.title,
        "_expandable": {"space": f"/rest/api/space/{key}", "body": "", "version": "", "history": "", "ancestors": ""},
        "_links": {
            "webui": serialise.web_path(key, page, page.title),
            "self": f"{world.base}/rest/api/content/{page.id}",
            "base": world.base,
            "context": "/wiki",
        },
    }


def restore_version(world: World, call: Call) -> Result:
    """An older version becomes the newest one again; the title stays unless it is asked for."""
    page = held_to_edit(world, call)
    fields = call.fields("operationKey", "params")
    params = fields["params"]
    if fields["operationKey"] != "restore" or not isinstance(params, dict):
        raise bad_request("'operationKey' must be restore, with 'params'")
    number, message = params.get("versionNumber"), params.get("message")
    if type(number) is not int or not isinstance(message, str):
        raise bad_request("'params' needs a versionNumber and a message")
    past = next((each for each in versions_of(page) if each.number == number), None)
    if past is None:
        raise bad_request(f"the page has no version {number}")
    if call.many("expand"):
        raise UnsupportedError(f"{call.operation.name} with expand")
    current = number == page.version
    if past.body is None and not current:
        raise UnsupportedError(f"{call.operation.name} of version {number}, which is not kept")
    wants_title = params.get("restoreTitle") is True and not current
    title = page.title
    if wants_title and past.title and past.title != page.title:
        title = check_title(world, world.site.spaces[page.space_id], past.title, own=page.id, kind=page.kind)
    had = tasks_in(page)
    advance(call, page, title, page.body if past.body is None else past.body, message)
    world.changed()
    if page.status != "draft":
        call.happened.append(page_event(world.site, page, "updated", call.now_ms, by=call.account))
    tell_of_tasks(world, call, page, had)
    shown = {
        "by": profile_of(world, page.updated_by),
        "when": iso_utc(page.updated_at),
        "message": message,
        "number": page.version,
        "minorEdit": False,
        "_expandable": {"content": f"/rest/api/content/{page.id}"},
    }
    return Result(payload=shown, reads=(f"page/{page.id}", f"user/{page.updated_by}"))
