"""The v1 operations that v2 lacks: how often a page was viewed, labels written, attachments downloaded."""

from __future__ import annotations

from forgesim.clock import parse_time
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, bad_request, not_found
from forgesim.products.confluence.events import label_event
from forgesim.products.confluence.world import World
from forgesim.site.model import Label, Page

__all__ = ["add_labels", "count_viewers", "count_views", "delete_label", "download_attachment"]

MAX_LABEL = 255
PREFIXES = ("my", "team", "global", "system")


def count_views(world: World, call: Call) -> Result:
    page = _counted(world, call)
    return _count(page, page.views)


def count_viewers(world: World, call: Call) -> Result:
    page = _counted(world, call)
    return _count(page, page.viewers_count)


def _counted(world: World, call: Call) -> Page:
    """The page; the site keeps totals, so a later start than its creation is not emulated."""
    page = world.page(call.account, call.id("contentId"))
    start = call.one("fromDate")
    if start is None:
        return page
    try:
        at = parse_time(start)
    except ValueError:
        raise bad_request(f"'fromDate' must be an ISO 8601 date, not '{start}'") from None
    if at > page.created_at:
        raise UnsupportedError(f"{call.operation.name} with a fromDate after the creation of the page")
    return page


def _count(page: Page, count: int) -> Result:
    return Result(payload={"id": int(page.id), "count": count}, reads=(f"page/{page.id}",))


def download_attachment(world: World, call: Call) -> Result:
    """The file itself: Confluence answers 302 to its media service, and Forge follows that inside the platform."""
    if call.one("version") not in (None, "1"):
        raise UnsupportedError(f"{call.operation.name} with an older version")
    page, found = world.attachment(call.account, call.params["attachmentId"])
    if page.id != call.id("id"):
        raise not_found()
    headers = (("content-type", found.media_type),)
    return Result(payload=found.data, reads=(f"attachment/{found.id}",), headers=headers)


def add_labels(world: World, call: Call) -> Result:
    page = world.page_to_edit(call.account, call.id("id"))
    given = call.json()
    items = given if isinstance(given, list) else [given]
    wanted = [_checked(item) for item in items]
    had = {(each.prefix, each.name) for each in page.labels}
    for prefix, name in dict.fromkeys(wanted):
        if (prefix, name) not in had:
            known = world.index.labels.get((prefix, name))
            label = Label(id=known or world.new_id(), name=name, prefix=prefix)
            page.labels.append(label)
            world.labelled(page)
            _tell(world, call, page, label, *(() if known else ("created",)), "added")
    return _labels(world, page)


def _tell(world: World, call: Call, page: Page, label: Label, *what: str) -> None:
    told = [label_event(world.site, page, label, each, call.now_ms, by=call.account) for each in what]
    call.happened.extend(told)


def _checked(item: object) -> tuple[str, str]:
    if not isinstance(item, dict):
        raise bad_request("a label must be an object with prefix and name")
    prefix, name = item.get("prefix"), item.get("name")
    if prefix not in PREFIXES:
        raise bad_request(f"'prefix' must be one of {', '.join(PREFIXES)}")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_LABEL or any(c.isspace() or c == "," for c in name):
        raise bad_request(f"'name' must be 1 to {MAX_LABEL} characters without blanks and commas")
    return prefix, name.lower()


def _labels(world: World, page: Page) -> Result:
    results = [{"prefix": each.prefix, "name": each.name, "id": each.id, "label": each.name} for each in page.labels]
    links = {"base": world.base, "context": "/wiki", "self": f"{world.base}/rest/api/content/{page.id}/label"}
    payload = {"results": results, "start": 0, "limit": 200, "size": len(results), "_links": links}
    return Result(payload=payload, reads=(f"page/{page.id}",))


def delete_label(world: World, call: Call) -> Result:
    """By ``name`` in the query or ``label`` in the path, with or without its prefix."""
    page = world.page_to_edit(call.account, call.id("id"))
    name = call.params.get("label") or call.one("name")
    if not name:
        raise bad_request("'name' is required")
    kept = [each for each in page.labels if name not in (each.name, f"{each.prefix}:{each.name}")]
    if len(kept) == len(page.labels):
        raise not_found()
    gone = [each for each in page.labels if each not in kept]
    page.labels[:] = kept
    world.changed()
    for label in gone:
        _tell(world, call, page, label, "removed")
    return Result(payload=None, status=204)
