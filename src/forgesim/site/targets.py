"""What the addresses in a Markdown file lead to: pages, attachments, places elsewhere."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from forgesim.ids import derive
from forgesim.site.folder import INDEX_NAMES, MARKDOWN, Folder
from forgesim.site.model import Attachment, Page
from forgesim.site.storage import escape
from forgesim.site.tree import Place, published_path

__all__ = ["MAX_ATTACHMENT_BYTES", "FileTargets"]

MAX_ATTACHMENT_BYTES = 20_000_000
_LINK_END = "</ac:link-body></ac:link>"
_TYPES = mimetypes.MimeTypes()


class FileTargets:
    """Resolves the addresses of the file ``here`` and collects what ``page`` must have attached.

    ``published``: ``published_path`` of every page → its key. A link to a Markdown file that is not there
    becomes a link to a page that is not there, named by the path.
    """

    def __init__(
        self,
        folder: Folder,
        tree: Mapping[PurePosixPath, Place],
        published: Mapping[str, PurePosixPath],
        here: PurePosixPath,
        page: Page,
    ) -> None:
        self._folder = folder
        self._tree = tree
        self._here = here
        self._published = published
        self._page = page
        self._names: dict[PurePosixPath, str] = {}
        self.attachments: list[Attachment] = []

    def link(self, address: str) -> tuple[str, str]:
        """Markup that opens and closes a link to ``address``."""
        path, mark, anchor = address.partition("#")
        if not path and mark:
            return f'<ac:link ac:anchor="{escape(anchor)}"><ac:link-body>', _LINK_END
        target = None if _is_elsewhere(address) else self._inside(path)
        if target is None:
            return f'<a href="{escape(address)}">', "</a>"
        jump = f' ac:anchor="{escape(anchor)}"' if anchor else ""
        place = self._place(target)
        if place is not None or target.suffix.lower() in MARKDOWN:
            title = place.title if place is not None else str(target)
            return f'<ac:link{jump}><ri:page ri:content-title="{escape(title)}" /><ac:link-body>', _LINK_END
        name = self._attach(target)
        if name is None:
            return f'<a href="{escape(address)}">', "</a>"
        return f'<ac:link><ri:attachment ri:filename="{escape(name)}" /><ac:link-body>', _LINK_END

    def image(self, address: str, alt: str) -> str:
        """Markup that shows a picture; one that is not there stays a reference to an attachment that is not
        there."""
        words = f' ac:alt="{escape(alt)}"' if alt else ""
        path = address.partition("#")[0].partition("?")[0]
        if address.startswith("data:") or not path:
            return escape(alt)
        target = None if _is_elsewhere(address) else self._inside(path)
        if target is None:
            return f'<ac:image{words}><ri:url ri:value="{escape(address)}" /></ac:image>'
        name = self._attach(target) or target.name
        return f'<ac:image{words}><ri:attachment ri:filename="{escape(name)}" /></ac:image>'

    def _inside(self, path: str) -> PurePosixPath | None:
        """Where in the folder an address leads; ``None`` when it leaves the folder, or starts with a slash
        and fits nothing here."""
        plain = unquote(path.partition("?")[0]).replace("\\", "/")
        if "\0" in plain:
            return None
        if plain.startswith("/"):
            return self._from_top(plain.strip("/"))
        joined = posixpath.normpath(posixpath.join(str(self._here.parent), plain))
        return None if joined.startswith("..") else PurePosixPath(joined)

    def _from_top(self, plain: str) -> PurePosixPath | None:
        """A path from the top of the published site: its top is a folder above this file, or the parent of
        one."""
        joined = posixpath.normpath(plain) if plain else "."
        if joined.startswith(".."):
            return None
        rest = joined.partition("/")[2]
        for top in reversed(self._here.parents):
            for path in filter(None, (joined, rest)):
                found = top / path
                if self._place(found) or self._file(found):
                    return found
        return None

    def _place(self, target: PurePosixPath) -> Place | None:
        for key in _candidates(target):
            place = self._tree.get(key)
            if place is not None:
                return place
            above = self._tree.get(key.parent)
            if above is not None and above.file is not None and above.file.path == key:
                return above
        found = self._published.get(published_path(target))
        return None if found is None else self._tree[found]

    def _file(self, target: PurePosixPath) -> Path | None:
        """The file at ``target`` if it may be attached: regular, inside the folder, not too large."""
        path = self._folder.root / target
        try:
            fits = path.is_file() and path.resolve().is_relative_to(self._folder.root)
            return path if fits and path.stat().st_size <= MAX_ATTACHMENT_BYTES else None
        except (OSError, ValueError, RuntimeError):
            return None

    def _attach(self, target: PurePosixPath) -> str | None:
        """The name under which the file is attached to the page; ``None`` where there is no such file."""
        if target in self._names:
            return self._names[target]
        path = self._file(target)
        if path is None:
            return None
        name = target.name
        if name in self._names.values():
            name = str(target).replace("/", "-")
        try:
            data = path.read_bytes()
        except OSError as error:
            self._folder.notes.append(f"{target}: {error.strerror or 'cannot be read'}, not attached")
            return None
        self._names[target] = name
        self.attachments.append(
            Attachment(
                id=str(3_000_000_000 + derive("attachment", self._page.id, target) % 1_000_000_000),
                title=name,
                media_type=_TYPES.guess_type(name)[0] or "application/octet-stream",
                created_at=self._page.created_at,
                author=self._page.author,
                data=data,
            )
        )
        return name


def _is_elsewhere(address: str) -> bool:
    head = address.partition("/")[0]
    return address.startswith("//") or ":" in head


def _candidates(target: PurePosixPath) -> Iterator[PurePosixPath]:
    """The keys and files that an address may mean: with its ending, another, none, or as a folder."""
    yield target
    bare = target.with_suffix("") if target.suffix.lower() in (".html", ".htm", *MARKDOWN) else target
    if not bare.name:
        return
    for ending in MARKDOWN:
        yield bare.with_name(bare.name + ending)
    if target.suffix.lower() in (".html", ".htm") and bare.name.lower() in INDEX_NAMES:
        yield bare.parent
