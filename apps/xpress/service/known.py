"""What a document holds: which links lead inside it, and which pictures are there."""

from __future__ import annotations

import re
import string
from urllib.parse import unquote

import typst

from service.literal import literal
from service.pictures import Image, image_of
from service.request import Order, Page

__all__ = ["Known"]

COLOURED = 2000
"""Lines of code that have colours in a document."""

_ADDRESS = re.compile(r"(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
"""RFC 3986, appendix B. The standard library's ``urlsplit`` remembers what it has split, and nothing may stay here."""
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._~")
_PAGE_URL = re.compile(r"/spaces/[^/]+/pages/(\d+)")
_PAGE_QUERY = re.compile(r"(?:^|&)pageId=(\d+)")


class Known:
    """The pages and pictures of one order, and how many lines of code may still have colours."""

    def __init__(self, order: Order) -> None:
        self.children: dict[str, list[Page]] = {}
        for page in order.pages:
            self.children.setdefault(page.parent, []).append(page)
        self._colours = COLOURED
        self._space = order.space
        self._ids = {page.id for page in order.pages}
        self._titles = {page.title.casefold(): page.id for page in reversed(order.pages)}
        self._pictures = {(picture.page, picture.name): picture.data for picture in order.pictures}
        self._shown: dict[tuple[str, str], Image | None] = {}
        self._site = order.site.rstrip("/")
        scheme, self._host, _, _ = _split(order.site)
        self._origin = f"{scheme}://{self._host}"

    def may_colour(self, code: str) -> bool:
        """Whether these lines have colours: each takes a millisecond or two, and one answer is awaited for 14 s."""
        self._colours -= code.count("\n") + 1
        return self._colours >= 0

    def picture(self, page: Page, name: str) -> Image | None:
        """The picture that a page shows under this name; null where it was not sent or cannot be shown."""
        key = (page.id, name)
        if key not in self._shown:
            data = self._pictures.get(key)
            image = None if data is None else image_of(data)
            self._shown[key] = image if image is not None and _can_be_set(image) else None
        return self._shown[key]

    def page_target(self, title: str, space: str) -> str | None:
        """Where a link by title leads, as typst code: into the document, else to the page in Confluence; null where it
        has no title."""
        id_ = self._titles.get(title.casefold()) if space in ("", self._space) else None
        if id_ is not None:
            return f"<page-{id_}>"
        if not title:
            return None
        # By key and title, as Confluence itself addresses a page: its id is not known here.
        return self._web(f"{self._site}/display/{_escaped(space or self._space)}/{_escaped(title)}")

    def address_target(self, address: str) -> str | None:
        """Where an address leads: a place of the document, an address of the web, or nowhere that may be linked."""
        scheme, host, path, query = _split(address.strip())
        if host in ("", self._host) and scheme in ("", "http", "https"):
            found = _PAGE_URL.search(unquote(path)) or _PAGE_QUERY.search(query)
            if found is not None and found[1] in self._ids:
                return f"<page-{found[1]}>"
            return literal(self._origin + address.strip()) if path.startswith("/") and not host else self._web(address)
        return self._web(address)

    def _web(self, address: str) -> str | None:
        scheme = address.strip().partition(":")[0].lower()
        return literal(address.strip()) if scheme in ("http", "https", "mailto") else None


def _can_be_set(image: Image) -> bool:
    """Whether typst takes the picture; one that is broken inside would spoil the whole document."""
    source = f'#image(bytes({literal(image.svg)}), format: "svg", width: 10pt)'
    try:
        typst.compile(source.encode(), format="pdf", ignore_system_fonts=True)
    except RuntimeError:
        return False
    return True


def _escaped(text: str) -> str:
    """For the path of an address. The standard library's ``quote`` remembers what it has seen."""
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


def _split(address: str) -> tuple[str, str, str, str]:
    """Scheme, host, path and query of an address; what it lacks is empty."""
    found = _ADDRESS.fullmatch(address.translate({9: None, 10: None, 13: None}))
    assert found is not None, "every text has this form"
    scheme, host, path, query = (part or "" for part in found.groups())
    return scheme.lower(), host, path, query
