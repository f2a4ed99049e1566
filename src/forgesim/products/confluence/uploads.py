"""Files that callers attach, as forms (RFC 7578): new attachments, and new versions of those that are there."""

from __future__ import annotations

import email.policy
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.parser import BytesParser

from forgesim.clock import iso_utc
from forgesim.products.confluence import serialise
from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import UnsupportedError, bad_request, forbidden, not_found
from forgesim.products.confluence.events import attachment_event
from forgesim.products.confluence.held import held
from forgesim.products.confluence.users import profile_of
from forgesim.products.confluence.world import World
from forgesim.site.access import ANONYMOUS, may_attach
from forgesim.site.model import Attachment, FileVersion, Page

__all__ = ["add_attachments", "add_version", "put_attachments"]

TOKENS = frozenset({"no-check", "nocheck"})
PLAIN = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file of a form, with what the form says of it."""

    name: str
    media_type: str
    data: bytes
    comment: str
    minor: bool


def add_attachments(world: World, call: Call) -> Result:
    """A file of a name that the page has already is a 400."""
    page, files = _received(world, call)
    had = _by_name(page)
    for file in files:
        if file.name in had:
            raise bad_request(f"Cannot add a new attachment with same file name as an existing attachment: {file.name}")
    return _shown(world, page, [_add(world, call, page, file) for file in files])


def put_attachments(world: World, call: Call) -> Result:
    """A file of a name that the page has already is its next version."""
    page, files = _received(world, call)
    done = []
    for file in files:
        old = _by_name(page).get(file.name)
        done.append(_add(world, call, page, file) if old is None else _advance(world, call, page, old, file))
    return _shown(world, page, done)


def add_version(world: World, call: Call) -> Result:
    """The next version of one attachment, whatever its file is called now."""
    page, files = _received(world, call)
    _, old = world.attachment(call.account, call.params["attachmentId"])
    if old not in page.attachments:
        raise not_found()
    if len(files) != 1:
        raise bad_request("the form must have one 'file'")
    new = _advance(world, call, page, old, files[0])
    return Result(payload=_content(world, page, new), reads=(f"attachment/{new.id}",))


def _by_name(page: Page) -> dict[str, Attachment]:
    return {each.title: each for each in page.attachments if each.status == "current"}


def _received(world: World, call: Call) -> tuple[Page, list[_File]]:
    """What the files go on, and they themselves, once the caller may attach them."""
    if call.header("x-atlassian-token").lower() not in TOKENS:
        raise forbidden("XSRF check failed")
    page = held(world, call)
    if not may_attach(world.site, call.account, page):
        raise forbidden()
    if call.choice("status", ("current", "draft")) == "draft":
        raise UnsupportedError(f"{call.operation.name} with status=draft")
    files = list(_files(call))
    if len({file.name for file in files}) != len(files) or not files:
        raise bad_request("the form must have one 'file' or more, of names that differ")
    return page, files


def _files(call: Call) -> Iterator[_File]:
    kind = call.header("content-type")
    if not kind.lower().startswith("multipart/form-data"):
        raise bad_request("the body must be a form of the type multipart/form-data")
    form = BytesParser(policy=email.policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body)
    if not form.is_multipart() or form.defects:
        raise bad_request("the body is no form with the boundary of its content type")
    fields: dict[str, str] = {}
    files = []
    for part in form.iter_parts():
        name, data = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if not isinstance(data, bytes):
            raise bad_request("a part of the form is neither a file nor a field")
        if name == "file":
            title = part.get_filename() or ""
            guessed = part.get_content_type() if part["content-type"] else mimetypes.guess_type(title)[0]
            files.append((title, guessed or PLAIN, data))
        else:
            fields[str(name)] = data.decode(errors="replace")
    minor = fields.get("minorEdit", "").strip()
    if minor not in ("true", "false"):
        raise bad_request("'minorEdit' must be true or false")
    for title, media_type, data in files:
        if not title.strip() or any(char in title for char in "/\\\0"):
            raise bad_request("'file' needs a file name without slashes")
        yield _File(
            name=title, media_type=media_type, data=data, comment=fields.get("comment", ""), minor=minor == "true"
        )


def _add(world: World, call: Call, page: Page, file: _File) -> Attachment:
    new = Attachment(
        id=world.new_id(),
        title=file.name,
        media_type=file.media_type,
        created_at=call.now_ms,
        author=call.account or ANONYMOUS,
        data=file.data,
        comment=file.comment,
        minor=file.minor,
    )
    page.attachments.append(new)
    world.changed()
    _tell(world, call, page, new, "created")
    return new


def _advance(world: World, call: Call, page: Page, old: Attachment, file: _File) -> Attachment:
    """The next version; what the attachment was stays among its versions."""
    at = old.created_at if old.updated_at is None else old.updated_at
    kept = FileVersion(number=old.version, at=at, author=old.author, title=old.title, media_type=old.media_type,
                       data=old.data, comment=old.comment, minor=old.minor)  # fmt: skip
    new = replace(
        old,
        title=file.name,
        media_type=file.media_type,
        data=file.data,
        comment=file.comment,
        minor=file.minor,
        version=old.version + 1,
        updated_at=call.now_ms,
        author=call.account or ANONYMOUS,
        past=(*old.past, kept),
    )
    world.replace_file(page, new)
    _tell(world, call, page, new, "updated")
    return new


def _tell(world: World, call: Call, page: Page, file: Attachment, what: str) -> None:
    call.happened.append(attachment_event(world.site, page, file, what, call.now_ms, by=call.account))


def _shown(world: World, page: Page, files: list[Attachment]) -> Result:
    payload = {
        "results": [_content(world, page, each) for each in files],
        "start": 0,
        "limit": len(files),
        "size": len(files),
        "_links": {"base": world.base, "context": "/wiki"},
    }
    return Result(payload=payload, reads=tuple(f"attachment/{each.id}" for each in files))


def _content(world: World, page: Page, file: Attachment) -> dict[str, object]:
    """An attachment as v1 shows it."""
    now = serialise.file_version(file)
    shown = serialise.attachment(world, page, file)
    return {
        "id": shown["id"],
        "type": "attachment",
        "status": file.status,
        "title": file.title,
        "version": {
            "by": profile_of(world, file.author),
            "when": iso_utc(now.at),
            "message": file.comment,
            "number": file.version,
            "minorEdit": file.minor,
        },
        "metadata": {"mediaType": file.media_type, "comment": file.comment},
        "extensions": {
            "mediaType": file.media_type,
            "fileSize": len(file.data),
            "comment": file.comment,
            "fileId": shown["fileId"],
        },
        "_expandable": {"container": "", "space": f"/rest/api/space/{world.site.spaces[page.space_id].key}"},
        "_links": {
            "webui": shown["webuiLink"],
            "download": shown["downloadLink"],
            "self": f"{world.base}/rest/api/content/{shown['id']}",
        },
    }
