"""What the service is asked: checked once, so that the rest of it can rely on it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["BadRequestError", "Order", "Page", "Picture", "Template", "read_request"]

_DIGITS = re.compile(r"[0-9]{1,20}")
PAPERS = {"a4": "a4", "a5": "a5", "legal": "us-legal", "letter": "us-letter"}
MARGINS = {"narrow": "13mm", "normal": "21mm", "wide": "32mm"}
HEADERS = frozenset({"none", "title", "space"})
FOOTERS = frozenset({"none", "number", "pages", "date"})
FORMATS = frozenset({"storage", "adf"})
_LANGUAGE = re.compile(r"[a-z]{2}")
ACCENTS = {"blue": "#0b4f9e", "green": "#1d6b3e", "grey": "#444b54", "red": "#a02020"}


class BadRequestError(ValueError):
    """The request is not what the service understands; the message holds none of its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """How a document looks. ``size`` is in points, ``language`` an ISO 639-1 code.

    ``header`` is none, title or space; ``footer`` none, number, pages (3 / 12) or date (that, and the day).
    """

    paper: str
    landscape: bool
    margins: str
    header: str
    footer: str
    language: str
    hyphenate: bool
    accent: str
    size: int
    cover: bool
    contents: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``depth`` 0 is the first page; ``parent`` is a page id, or empty. ``url`` is where the page is read.

    ``format`` says what ``body`` is: storage or adf.
    """

    format: str
    id: str
    parent: str
    depth: int
    title: str
    url: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image attachment of a page."""

    page: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A document to write. ``space`` is the space's key, ``site`` the address that paths belong to."""

    space: str
    site: str
    at_ms: int
    template: Template
    pages: tuple[Page, ...]
    pictures: tuple[Picture, ...]


def read_request(body: bytes) -> Order:
    """Raises BadRequestError."""
    try:
        data = json.loads(body)
        return _order(data)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, binascii.Error) as error:
        raise BadRequestError(f"The request is not understood ({type(error).__name__}).") from None


def _order(data: Mapping[str, Any]) -> Order:
    pages = tuple(_page(page) for page in data["pages"])
    if not pages or len({page.id for page in pages}) < len(pages):
        raise ValueError("no pages, or one of them twice")
    return Order(
        space=_text(data["space"]),
        site=_text(data["site"]),
        at_ms=int(data["at"]),
        template=_template(data["template"]),
        pages=pages,
        pictures=tuple(_picture(picture) for picture in data["pictures"]),
    )


def _template(data: Mapping[str, Any]) -> Template:
    return Template(
        paper=PAPERS[data["paper"]],
        landscape=bool(data.get("landscape", False)),
        margins=MARGINS[data.get("margins", "normal")],
        header=_one(data.get("header", "none"), HEADERS),
        footer=_one(data.get("footer", "number"), FOOTERS),
        language=_language(data.get("language", "en")),
        hyphenate=bool(data.get("hyphenate", False)),
        accent=ACCENTS[data["accent"]],
        size=min(14, max(8, int(data["size"]))),
        cover=bool(data["cover"]),
        contents=bool(data["contents"]),
    )


def _page(data: Mapping[str, Any]) -> Page:
    return Page(
        format=_one(data.get("format", "storage"), FORMATS),
        id=_id(data["id"]),
        parent=_id(data["parent"]) if data.get("parent") else "",
        depth=min(20, max(0, int(data["depth"]))),
        title=_text(data["title"]),
        url=_text(data["url"]),
        body=_text(data["body"]),
    )


def _picture(data: Mapping[str, Any]) -> Picture:
    return Picture(page=_id(data["page"]), name=_text(data["name"]), data=base64.b64decode(data["data"], validate=True))


def _id(value: object) -> str:
    if not isinstance(value, str) or _DIGITS.fullmatch(value) is None:
        raise ValueError("not an id")
    return value


def _one(value: object, choices: frozenset[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ValueError("none of the choices")
    return value


def _language(value: object) -> str:
    if not isinstance(value, str) or _LANGUAGE.fullmatch(value) is None:
        raise ValueError("not a language")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
