"""Reading attachments, and deleting them: of pages and blog posts, of the whole site, by label, and older versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.confluence.events import attachment_event
from forgesim.products.confluence.held import held
from forgesim.products.confluence.pages import labelled
from forgesim.products.confluence.paging import collection, listing, ordered
from forgesim.products.confluence.properties import properties_of
from forgesim.products.confluence.world import World, by_id
from forgesim.site.access import may, may_attach
from forgesim.site.model import Attachment, FileVersion, Page, Version

__all__ = [
    "delete_attachment",
    "download_attachment",
    "get_attachment",
    "get_version",
    "list_attachments",
    "list_labelled",
    "list_of_page",
    "list_operations",
    "list_versions",
]

STATUSES = ("current", "archived", "trashed")
Found = tuple[Page, Attachment]

_SORTS: dict[str, Callable[[Found], object]] = {
    "created-date": lambda found: found[1].created_at,
    "modified-date": lambda found: serialise.file_version(found[1]).at,
}


def list_attachments(world: World, call: Call) -> Result:
    return _list(world, call, world.index.files)


def list_of_page(world: World, call: Call) -> Result:
    page = held(world, call)
    return _list(world, call, [(page, each) for each in sorted(page.attachments, key=by_id)])


def list_labelled(world: World, call: Call) -> Result:
    labelled(world, call)
    label = call.id("id")
    return _list(world, call, [each for each in world.index.files if any(of.id == label for of in each[1].labels)])


def _list(world: World, call: Call, found: Sequence[Found]) -> Result:
    statuses = call.choices("status", STATUSES, ("current", "archived"))
    media, name = call.one("mediaType"), call.one("filename")

    def wanted(each: Found) -> bool:
        page, file = each
        fits = file.status in statuses and media in (None, file.media_type) and name in (None, file.title)
        return fits and world.sees(call.account, page)

    return listing(
        call,
        world.base,
        ordered(call, found, _SORTS),
        ident=lambda each: each[1].id,
        show=lambda each: serialise.attachment(world, *each),
        reads=lambda each: f"attachment/{each[1].id}",
        wanted=wanted,
    )


def get_attachment(world: World, call: Call) -> Result:
    page, file = world.attachment(call.account, call.params["id"])
    if call.flag("include-collaborators"):
        raise UnsupportedError(f"{call.operation.name} with include-collaborators")
    shown = serialise.attachment(world, page, file, _past(file, call.number("version", file.version, 1, 2**31 - 1)))
    parts: dict[str, Callable[[], Sequence[object]]] = {
        "labels": lambda: [serialise.label(each) for each in file.labels],
        "properties": lambda: properties_of(world, page, file),
        "operations": lambda: _operations(world, call, page),
        "versions": lambda: [serialise.version(each) for each in _versions(file)],
    }
    for part, items in parts.items():
        if call.flag(f"include-{part}"):
            shown[part] = collection(f"/wiki/api/v2/attachments/{shown['id']}/{part}", items())
    if not call.flag("include-version", True):
        del shown["version"]
    links = shown["_links"]
    assert isinstance(links, dict)
    links["base"] = world.base
    return Result(payload=shown, reads=(f"attachment/{file.id}",))


def _past(file: Attachment, number: int) -> FileVersion | None:
    """An older version; null for the current one. Of one that is not kept there is none."""
    if number == file.version:
        return None
    found = next((each for each in file.past if each.number == number), None)
    if found is None:
        raise not_found()
    return found


def _versions(file: Attachment) -> list[Version]:
    """Newest first."""
    newest_first: list[Attachment | FileVersion] = [file, *reversed(file.past)]
    return [serialise.file_version(each) for each in newest_first]


def _operations(world: World, call: Call, page: Page) -> list[dict[str, str]]:
    may_all = ["read"]
    may_all += ["update"] if may_attach(world.site, call.account, page) else []
    may_all += ["delete"] if _may_delete(world, call, page) else []
    return [{"operation": each, "targetType": "attachment"} for each in may_all]


def _may_delete(world: World, call: Call, page: Page) -> bool:
    allowed = may(world.site, call.account, "delete:attachment", world.site.spaces[page.space_id])
    return allowed and world.edits(call.account, page)


def list_operations(world: World, call: Call) -> Result:
    page, file = world.attachment(call.account, call.params["id"])
    return Result(payload={"operations": _operations(world, call, page)}, reads=(f"attachment/{file.id}",))


def list_versions(world: World, call: Call) -> Result:
    _, file = world.attachment(call.account, call.params["id"])
    sorts: dict[str, Callable[[Version], object]] = {"modified-date": lambda each: each.number}
    titles = {each.number: each.title for each in file.past} | {file.version: file.title}
    id_ = f"att{file.id.removeprefix('att')}"
    return listing(
        call,
        world.base,
        ordered(call, _versions(file), sorts),
        ident=lambda each: str(each.number),
        show=lambda each: serialise.version(each) | {"attachment": {"id": id_, "title": titles[each.number]}},
        reads=lambda _: f"attachment/{file.id}",
    )


def get_version(world: World, call: Call) -> Result:
    _, file = world.attachment(call.account, call.params["attachment-id"])
    versions = _versions(file)
    found = next((each for each in versions if each.number == int(call.id("version-number"))), None)
    if found is None:
        raise not_found()
    shown = serialise.version_detail([each.number for each in versions], found)
    return Result(payload=shown, reads=(f"attachment/{file.id}",))


def delete_attachment(world: World, call: Call) -> Result:
    """To the trash; from the trash for good with ``purge``, which takes an administrator of the space."""
    page, file = world.attachment(call.account, call.params["id"])
    purge = call.flag("purge")
    space = world.site.spaces[page.space_id]
    if not _may_delete(world, call, page) or (purge and not world.administers(call.account, space)):
        raise forbidden()
    if purge and file.status != "trashed":
        raise bad_request("only an attachment in the trash can be purged")
    if file.status == "trashed" and not purge:
        raise not_found()
    if purge:
        page.attachments[:] = [each for each in page.attachments if each.id != file.id]
        world.changed()
    else:
        file = replace(file, status="trashed")
        world.replace_file(page, file)
    what = "deleted" if purge else "trashed"
    call.happened.append(attachment_event(world.site, page, file, what, call.now_ms, by=call.account))
    return Result(payload=None, status=204)


def download_attachment(world: World, call: Call) -> Result:
    """The file itself: Confluence answers 302 to its media service, and Forge follows that inside the platform."""
    page, file = world.attachment(call.account, call.params["attachmentId"])
    call.choice("status", ("current", "draft", "archived", "trashed"))
    if page.id != call.id("id"):
        raise not_found()
    found = _past(file, call.number("version", file.version, 1, 2**31 - 1)) or file
    headers = (("content-type", found.media_type),)
    return Result(payload=found.data, reads=(f"attachment/{file.id}",), headers=headers)
